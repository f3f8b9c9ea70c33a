"""Our queues at the broker: how much stands in them, and emptying them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import amqp

from libs.common.bus.connection import connect
from libs.common.bus.topology import Topology, call_queue


@dataclass(frozen=True)
class QueueDepth:
    """`messages` that wait (those under way are not counted) and who reads; None: there is none."""

    name: str
    messages: int | None
    consumers: int | None


def queue_names(topology: Topology) -> list[str]:
    """Queues of events, then those of calls."""
    return [*topology.queues, *(call_queue(service) for service in topology.callees)]


def queue_depths(uri: str, topology: Topology) -> list[QueueDepth]:
    """As the broker sees it; whoever may not read a queue may ask for this all the same."""
    return list(_depths(uri, queue_names(topology)))


def _depths(uri: str, names: list[str]) -> Iterator[QueueDepth]:
    with closing(connect(uri, "queue depths")) as connection:
        channel = connection.channel()
        for name in names:
            try:
                found = channel.queue_declare(name, passive=True)
            except amqp.exceptions.ChannelError:
                # The refusal has closed the channel.
                channel = connection.channel()
                yield QueueDepth(name, None, None)
            else:
                yield QueueDepth(name, found.message_count, found.consumer_count)


def empty_queues(uri: str, topology: Topology) -> int:
    """Throw away what stands in them; returns how many messages went. Needs an operator's user."""
    gone = 0
    with closing(connect(uri, "empty queues")) as connection:
        channel = connection.channel()
        for name in queue_names(topology):
            try:
                gone += channel.queue_purge(name) or 0
            except amqp.exceptions.ChannelError:
                channel = connection.channel()
    return gone
