"""Calls of the probe through our client, by somebody who may."""

from typing import Any
from uuid import UUID, uuid4

from libs.common.actor import Actor
from libs.common.bus.rpc_client import RpcClient

OWN = frozenset({"session.own", "probe.ask", "probe.do"})
LI = Actor(UUID(int=1), "李雷", permissions=OWN)
BOSS = Actor(UUID(int=2), "韩梅梅", permissions=OWN | {"failure.list", "failure.discard"})
ROLE = "probe.rpc"


def query(client: RpcClient, method: str, *, actor: Actor = LI, **arguments: Any) -> Any:
    return client.query("probe", method, arguments, actor=actor, request_id="r-1", timeout=15)


def command(
    client: RpcClient,
    method: str,
    *,
    actor: Actor = LI,
    command_id: str | None = None,
    timeout: float = 15,
    **arguments: Any,
) -> Any:
    return client.command(
        "probe",
        method,
        arguments,
        actor=actor,
        command_id=command_id or str(uuid4()),
        request_id="r-1",
        timeout=timeout,
    )


def some_key() -> str:
    return uuid4().hex
