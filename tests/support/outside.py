"""The other services and the gateway, as far as one service's processes see them."""

from collections.abc import Iterable
from typing import Any

from libs.common.actor import Actor
from libs.common.bus.connection import connect
from libs.common.bus.publisher import ConfirmingChannel, Letter, durable_json, publish_all
from libs.common.bus.rpc_client import RpcClient
from libs.common.bus.topology import committed, declare, generate
from libs.common.contracts.envelope import REGISTRY, Event, dump_event
from libs.common.ids import uuid7


class Outside:
    """Tells events and calls `owner`; `boss` is who calls unless somebody else is named."""

    def __init__(self, installation: dict[str, str], owner: str, boss: Actor) -> None:
        self._uri = installation["AMQP_URI"]
        with connect(self._uri, "outside") as connection:
            declare(connection.channel(), generate(committed()))
        self._owner, self._boss = owner, boss
        self._rpc = RpcClient(self._uri, bytes.fromhex(installation["ACTOR_KEY"]))

    def close(self) -> None:
        self._rpc.close()

    def tell(self, *events: Event) -> None:
        """Publish events as their producers would, and wait for the confirms."""
        with connect(self._uri, "outside") as connection:
            publish_all(ConfirmingChannel(connection), letters_of(events))

    def ask(self, method: str, who: Actor | None = None, **arguments: Any) -> Any:
        """A query."""
        who = who or self._boss
        return self._rpc.query(
            self._owner, method, arguments, actor=who, request_id="r", timeout=20
        )

    def command(
        self, method: str, who: Actor | None = None, command_id: str | None = None, **arguments: Any
    ) -> Any:
        """Done once, unless a command id is given again."""
        return self._rpc.command(
            self._owner,
            method,
            arguments,
            actor=who or self._boss,
            command_id=command_id or str(uuid7()),
            request_id="r",
            timeout=20,
        )


def letters_of(events: Iterable[Event]) -> list[Letter]:
    """As their producers publish them."""
    letters = []
    for event in events:
        schema = REGISTRY[event.type]
        body = dump_event(schema, event.id, event.subject, event.time, event.data)
        letters.append((f"{schema.producer}.private", event.type, durable_json(body), True))
    return letters
