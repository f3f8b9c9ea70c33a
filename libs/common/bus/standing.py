"""Sees that what a process needs stands at the broker before it works (ADR 3 and 4).

Whoever may, declares all of it. A user with least rights may not: it looks whether its part
stands, and waits for an operator.
"""

from collections.abc import Callable, Iterable
from typing import Any

import amqp

from libs.common.bus.connection import BrokerConnection
from libs.common.bus.topology import Topology, declare

# Addresses whose user was refused, so that the broker's log says so once per process.
_refused: set[str] = set()


class NotStanding(OSError):
    """The broker lacks something that only an operator's user may declare."""


def ensure_topology(
    connection: BrokerConnection,
    topology: Topology,
    *,
    exchanges: Iterable[str] = (),
    queues: Iterable[str] = (),
) -> None:
    """See that the topology stands; the process's own part of it is `exchanges` and `queues`.

    Raises NotStanding while it does not and our user may not declare it.
    """
    part = (topology.mark, *exchanges)
    ensure_part(connection, lambda channel: declare(channel, topology), part, queues)


def ensure_part(
    connection: BrokerConnection,
    declare_it: Callable[[Any], None],
    exchanges: Iterable[str],
    queues: Iterable[str] = (),
) -> None:
    """Declare by `declare_it`, or find that these stand already; raises NotStanding."""
    if not _may_declare(connection, declare_it):
        for exchange in exchanges:
            _find(connection, exchange, _find_exchange)
        for queue in queues:
            _find(connection, queue, _find_queue)


def _may_declare(connection: BrokerConnection, declare_it: Callable[[Any], None]) -> bool:
    if connection.uri in _refused:
        return False
    try:
        with connection.channel() as channel:
            declare_it(channel)
    except amqp.AccessRefused:
        _refused.add(connection.uri)
        return False
    return True


def _find(connection: BrokerConnection, name: str, find: Callable[[Any, str], object]) -> None:
    try:
        with connection.channel() as channel:
            find(channel, name)
    except amqp.NotFound:
        raise NotStanding(
            f"{name} does not stand yet; an operator declares it: "
            "python -m libs.common.bus.topology --declare"
        ) from None


def _find_exchange(channel: Any, name: str) -> None:
    channel.exchange_declare(name, "topic", passive=True)


def _find_queue(channel: Any, name: str) -> None:
    channel.queue_declare(name, passive=True)
