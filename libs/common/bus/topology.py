"""Exchanges, queues and bindings, generated from all subscriptions into one committed file.

    python -m libs.common.bus.topology            compare (exit 1 if the file is stale)
    python -m libs.common.bus.topology --write    write the file
    python -m libs.common.bus.topology --declare  declare it at the broker
    python -m libs.common.bus.topology --prune    remove what no release uses

Every process declares all of it before its relay starts, so no starting order loses an event.
"""

import argparse
import importlib
import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from libs.common.config import Config
from libs.common.contracts.envelope import REGISTRY

FILE = Path(__file__).with_name("topology.json")
_SERVICES = Path(__file__).resolve().parents[3] / "services"

Binding = tuple[str, str]


@dataclass(frozen=True)
class Topology:
    """What stands at the broker. `retired` is what earlier releases had, to be pruned."""

    exchanges: tuple[str, ...]
    queues: dict[str, tuple[Binding, ...]]
    retired: dict[str, tuple[Binding, ...]]

    def subscribed_types(self) -> frozenset[str]:
        """Types that somebody must receive: publishing them unroutably is an error."""
        return frozenset(key for bindings in self.queues.values() for _, key in bindings)

    def retired_types(self, service: str) -> frozenset[str]:
        """Types that may still stand in a service's queues although it wants them no more."""
        return frozenset(
            key
            for queue, bindings in self.retired.items()
            for _, key in bindings
            if queue.partition(".")[0] == service
        )

    def dump(self) -> str:
        """The committed form."""
        form = {"exchanges": self.exchanges, "queues": self.queues, "retired": self.retired}
        return json.dumps(form, indent=1) + "\n"


@cache
def committed() -> Topology:
    """The topology of this release."""
    form = json.loads(FILE.read_text()) if FILE.exists() else {}
    return Topology(
        exchanges=tuple(form.get("exchanges", ())),
        queues=_bindings(form.get("queues", {})),
        retired=_bindings(form.get("retired", {})),
    )


def _bindings(form: dict[str, list[list[str]]]) -> dict[str, tuple[Binding, ...]]:
    return {name: tuple((pair[0], pair[1]) for pair in pairs) for name, pairs in form.items()}


def declare(channel: Any, topology: Topology | None = None) -> None:
    """Declare everything; repeating it changes nothing.

    The type is the only queue argument, because arguments cannot be changed later: limits are
    policies.
    """
    topology = topology or committed()
    for exchange in sorted({*topology.exchanges, *_exchanges()}):
        channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
    for queue, bindings in topology.queues.items():
        arguments = {"x-queue-type": "quorum"}
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
        for exchange, key in bindings:
            channel.queue_bind(queue, exchange, key)


def _exchanges() -> list[str]:
    """Two per producer: the private one, and the one that other teams may read."""
    producers = {schema.producer for schema in REGISTRY.values()}
    return sorted(f"{name}.{side}" for name in producers for side in ("events", "private"))


def generate(previous: Topology) -> Topology:
    """Read the subscriptions of all services."""
    importlib.import_module("libs.common.contracts")
    queues: dict[str, set[Binding]] = {}
    for path in sorted(_SERVICES.glob("*/service/events.py")):
        module = importlib.import_module(f"services.{path.parents[1].name}.service.events")
        for queue, binding in _subscriptions(module.Service):
            queues.setdefault(queue, set()).add(binding)
    settled = {queue: tuple(sorted(pairs)) for queue, pairs in sorted(queues.items())}
    return Topology(tuple(_exchanges()), settled, retire(previous, settled))


def _subscriptions(service: type) -> list[tuple[str, Binding]]:
    from libs.common.bus.subscribe import subscriptions_of

    return [
        (subscription.queue_of(service.name), (f"{schema.producer}.private", schema.type))  # type: ignore[attr-defined]
        for subscription in subscriptions_of(service)
        for schema in subscription.schemas
    ]


def retire(
    previous: Topology, queues: dict[str, tuple[Binding, ...]]
) -> dict[str, tuple[Binding, ...]]:
    """What earlier releases had bound and this one has not."""
    retired: dict[str, tuple[Binding, ...]] = {}
    for known in (previous.queues, previous.retired):
        for queue, pairs in known.items():
            gone = {pair for pair in pairs if pair not in queues.get(queue, ())}
            if gone:
                retired[queue] = tuple(sorted(gone | set(retired.get(queue, ()))))
    return retired


def prune(uri: str, topology: Topology | None = None) -> list[str]:
    """Unbind what is retired and delete retired queues that are empty; returns what was removed."""
    import pika

    topology, removed = topology or committed(), []
    with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
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
        from libs.common.bus.connection import connect

        with connect(Config.read().broker(), "topology") as connection:
            declare(connection.channel())
    elif chosen.prune:
        print("\n".join(prune(Config.read().broker())) or "nothing to remove")
    else:
        generated = generate(committed()).dump()
        if chosen.write:
            FILE.write_text(generated)
        elif generated != FILE.read_text():
            print("topology.json is stale: run `make topology`")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
