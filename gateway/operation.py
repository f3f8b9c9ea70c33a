"""Asks everybody how they are, all at once: whoever does not answer holds nobody up."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from gateway.converters import SERVICES
from libs.common.actor import Actor
from libs.common.bus.connection import BROKER_TROUBLE
from libs.common.bus.queue_depths import queue_depths
from libs.common.bus.topology import committed
from libs.common.clock import utc_now
from libs.common.database.operation import describe_operation
from libs.common.database.unit_of_work import Database
from libs.common.errors import DeskError

if TYPE_CHECKING:
    from gateway.parts import Rpc

_PATIENCE = 2.0  # seconds for one service
_FRESH = 2.0  # seconds for which an answer serves everybody who looks
_UNKNOWN: dict[str, Any] = {
    **dict.fromkeys(("outbox", "sent", "failures", "timers", "database_bytes")),
    "processes": [],
}
_OURSELVES = Actor(
    subject=None, name="网关", kind="gateway", permissions=frozenset({"operation.read"})
)


@dataclass
class Overview:
    """The newest answers, for one gateway process; a look costs a connection at the broker."""

    broker: str | None = field(default=None, repr=False)
    _taken: tuple[float, dict[str, Any]] | None = None
    _lock: Lock = field(default_factory=Lock)

    def look(self, rpc: "Rpc", database: Database, request_id: str) -> dict[str, Any]:
        """As it was at most two seconds ago."""
        with self._lock:
            if self._taken is None or time.monotonic() - self._taken[0] > _FRESH:
                self._taken = (time.monotonic(), _ask(rpc, database, self.broker, request_id))
            return self._taken[1]


def _ask(rpc: "Rpc", database: Database, broker: str | None, request_id: str) -> dict[str, Any]:
    with ThreadPoolExecutor(len(SERVICES) + 1) as threads:
        queues = threads.submit(_queues, broker)
        services = threads.map(lambda name: _service(rpc, name, request_id), SERVICES)
        return {
            "taken_at": utc_now().isoformat(),
            "services": [_gateway(database), *services],
            "queues": queues.result(),
        }


def _gateway(database: Database) -> dict[str, Any]:
    with database.begin(read_only=True, timeout=_PATIENCE) as uow:
        found = describe_operation(uow.session.connection())
    return {"service": "gateway", "is_answering": True, **found}


def _service(rpc: "Rpc", name: str, request_id: str) -> dict[str, Any]:
    try:
        found = rpc.query(
            name,
            "describe_operation",
            {},
            actor=_OURSELVES,
            request_id=request_id,
            timeout=_PATIENCE,
        )
    except DeskError:
        return {"service": name, "is_answering": False, **_UNKNOWN}
    return {"service": name, "is_answering": True, **found}


def _queues(broker: str | None) -> list[dict[str, Any]] | None:
    if broker is None:
        return None
    try:
        return list(_shown(queue_depths(broker, committed())))
    except BROKER_TROUBLE:
        return None


def _shown(depths: Iterable[Any]) -> Iterable[dict[str, Any]]:
    return (vars(one) for one in depths)
