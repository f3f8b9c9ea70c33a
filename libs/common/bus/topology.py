"""Exchanges, queues and bindings, generated from all subscriptions into one committed file.

    python -m libs.common.bus.topology            compare (exit 1 if the file is stale)
    python -m libs.common.bus.topology --write    write the file
    python -m libs.common.bus.topology --declare  declare it at the broker
    python -m libs.common.bus.topology --prune    remove what no release uses

All of it stands before any relay starts, so no starting order loses an event: see `standing`.
"""

import argparse
import hashlib
import importlib
import json
import sys
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from libs.common.bus import replay_stream
from libs.common.config import Config

FILE = Path(__file__).with_name("topology.json")
RPC_EXCHANGE = "nameko-rpc"
_SERVICES = Path(__file__).resolve().parents[3] / "services"

Binding = tuple[str, str]
Bindings = dict[str, tuple[Binding, ...]]


@dataclass(frozen=True)
class Topology:
    """What stands at the broker. `retired` is what earlier releases had, to be pruned.

    `callees` are the services that answer calls. `streams` keep events to be read again.
    """

    exchanges: tuple[str, ...] = ()
    queues: Bindings = field(default_factory=dict)
    retired: Bindings = field(default_factory=dict)
    callees: tuple[str, ...] = ()
    streams: Bindings = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """An exchange that stands when all the rest does; each topology has its own.

        Nobody can ask a broker for bindings, but everybody whether an exchange is there.
        """
        rest = json.dumps([self.queues, self.callees, self.streams], sort_keys=True)
        return f"tidedesk.topology-{hashlib.sha256(rest.encode()).hexdigest()[:12]}"

    def subscribed_types(self) -> frozenset[str]:
        """Types that somebody must receive: publishing them unroutably is an error."""
        return frozenset(key for bindings in self.queues.values() for _, key in bindings)

    def retired_types(self, service: str) -> frozenset[str]:
        """Types that may still stand in a service's queues although it wants them no more."""
        return frozenset(
            key
            for queue, bindings in self.retired.items()
            for _, key in bindings
            if owner_of(queue) == service
        )

    def retired_queues(self, service: str) -> tuple[str, ...]:
        """A service's queues that only an earlier release has; there may be something in them."""
        gone = self.retired.keys() - self.queues.keys()
        return tuple(sorted(queue for queue in gone if owner_of(queue) == service))

    def with_queue(self, queue: str, bindings: tuple[Binding, ...]) -> "Topology":
        """The same with a queue that must have these bindings at least."""
        together = tuple(sorted({*self.queues.get(queue, ()), *bindings}))
        return replace(self, queues=dict(sorted({**self.queues, queue: together}.items())))

    def with_callee(self, service: str) -> "Topology":
        """The same with a service that answers calls."""
        return replace(self, callees=tuple(sorted({*self.callees, service})))

    def dump(self) -> str:
        """The committed form."""
        form = {
            "exchanges": self.exchanges,
            "queues": self.queues,
            "retired": self.retired,
            "callees": self.callees,
            "streams": self.streams,
        }
        return json.dumps(form, indent=1) + "\n"


def owner_of(name: str) -> str:
    """`ticketing.private` → `ticketing`: exchanges and queues begin with their owner's name."""
    return name.partition(".")[0]


def call_queue(service: str) -> str:
    """The queue of a service's calls, as nameko names it."""
    return f"rpc-{service}"


@cache
def committed() -> Topology:
    """The topology of this release."""
    form = json.loads(FILE.read_text()) if FILE.exists() else {}
    return Topology(
        exchanges=tuple(form.get("exchanges", ())),
        queues=_bindings(form.get("queues", {})),
        retired=_bindings(form.get("retired", {})),
        callees=tuple(form.get("callees", ())),
        streams=_bindings(form.get("streams", {})),
    )


def _bindings(form: dict[str, list[list[str]]]) -> Bindings:
    return {name: tuple((pair[0], pair[1]) for pair in pairs) for name, pairs in form.items()}


def declare(channel: Any, topology: Topology | None = None) -> None:
    """Declare everything; repeating it changes nothing.

    The type is the only argument of event queues, because arguments cannot be changed later:
    limits are policies. Queues of calls are what nameko would declare.
    """
    topology = topology or committed()
    for exchange in sorted({*topology.exchanges, *_exchanges(), RPC_EXCHANGE}):
        declare_exchange(channel, exchange)
    for queue, bindings in topology.queues.items():
        _declare_bound(channel, queue, bindings, {"x-queue-type": "quorum"})
    for stream, bindings in topology.streams.items():
        _declare_bound(channel, stream, bindings, replay_stream.ARGUMENTS)
    for service in topology.callees:
        channel.queue_declare(call_queue(service), durable=True, auto_delete=False)
        channel.queue_bind(call_queue(service), RPC_EXCHANGE, f"{service}.*")
    declare_exchange(channel, topology.mark)


def _declare_bound(
    channel: Any, queue: str, bindings: tuple[Binding, ...], arguments: dict[str, Any]
) -> None:
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
    for exchange, key in bindings:
        channel.queue_bind(queue, exchange, key)


def declare_exchange(channel: Any, name: str) -> None:
    """Ours are all alike."""
    channel.exchange_declare(name, "topic", durable=True, auto_delete=False)


def _exchanges() -> list[str]:
    """Two per producer: the private one, and the one that other teams may read."""
    # Here and not above: whoever only reads the file needs no schemas.
    from libs.common.contracts.envelope import REGISTRY

    producers = {schema.producer for schema in REGISTRY.values()}
    return sorted(f"{name}.{side}" for name in producers for side in ("events", "private"))


def generate(previous: Topology) -> Topology:
    """Read the subscriptions of all services and of the gateway."""
    importlib.import_module("libs.common.contracts")
    queues: dict[str, set[Binding]] = {}
    for role in _listeners():
        module = importlib.import_module(role)
        for queue, binding in _subscriptions(module.Service):
            queues.setdefault(queue, set()).add(binding)
    settled = {queue: tuple(sorted(pairs)) for queue, pairs in sorted(queues.items())}
    callees, exchanges = tuple(_services_that("rpc")), tuple(_exchanges())
    streams = {replay_stream.NAME: replay_stream.bindings_of(exchanges)}
    return Topology(exchanges, settled, retire(previous, settled), callees, streams)


def _listeners() -> list[str]:
    """The modules of all roles that subscribe to events."""
    gateway = ["gateway.events"] if (_SERVICES.parent / "gateway" / "events.py").exists() else []
    return gateway + [f"services.{name}.service.events" for name in _services_that("events")]


def _services_that(role: str) -> list[str]:
    """Services that play a role, `events` or `rpc`."""
    return sorted(path.parents[1].name for path in _SERVICES.glob(f"*/service/{role}.py"))


def _subscriptions(service: Any) -> list[tuple[str, Binding]]:
    from libs.common.bus.subscribe import subscriptions_of

    return [
        (subscription.queue_of(service.name), (f"{schema.producer}.private", schema.type))
        for subscription in subscriptions_of(service)
        for schema in subscription.schemas
    ]


def retire(previous: Topology, queues: Bindings) -> Bindings:
    """What earlier releases had bound and this one has not."""
    retired: Bindings = {}
    for known in (previous.queues, previous.retired):
        for queue, pairs in known.items():
            gone = {pair for pair in pairs if pair not in queues.get(queue, ())}
            if gone:
                retired[queue] = tuple(sorted(gone | set(retired.get(queue, ()))))
    return retired


def prune(uri: str, topology: Topology | None = None) -> list[str]:
    """Unbind what is retired and delete retired queues that are empty; returns what was removed."""
    import pika

    from libs.common.bus.address import BrokerAddress

    topology, removed = topology or committed(), []
    with pika.BlockingConnection(BrokerAddress.parse(uri).for_pika()) as connection:
        channel = connection.channel()
        for queue, pairs in topology.retired.items():
            for exchange, key in pairs:
                channel.queue_unbind(queue, exchange, key)
                removed.append(f"binding {exchange} {key} → {queue}")
            if queue not in topology.queues and _is_empty(connection, queue):
                channel.queue_delete(queue)
                removed.append(f"queue {queue}")
    return removed


def _is_empty(connection: Any, queue: str) -> bool:
    """Whether there is such a queue and nothing in it: quorum queues know no `if_empty`."""
    import pika

    channel = connection.channel()
    try:
        found = channel.queue_declare(queue, passive=True).method
    except pika.exceptions.ChannelClosedByBroker:
        return False
    channel.close()
    return bool(found.message_count == 0)


def main(arguments: list[str]) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="libs.common.bus.topology")
    for option in ("--write", "--declare", "--prune"):
        parser.add_argument(option, action="store_true")
    chosen = parser.parse_args(arguments)
    if chosen.declare:
        declare_at(Config.read().broker())
    if chosen.prune:
        print("\n".join(prune(Config.read().broker())) or "nothing to remove")
    if not (chosen.declare or chosen.prune):
        generated = generate(committed()).dump()
        if chosen.write:
            FILE.write_text(generated)
        elif generated != FILE.read_text():
            print("topology.json is stale: run `make topology`")
            return 1
    return 0


def declare_at(uri: str) -> None:
    """Declare this release's topology as an operator's user, who may."""
    from libs.common.bus.connection import connect

    with connect(uri, "topology") as connection:
        declare(connection.channel())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
