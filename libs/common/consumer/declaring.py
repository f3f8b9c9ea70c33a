"""Makes a consumer's own exchange and queues, and binds them to the public exchanges."""

import logging
from collections.abc import Iterable
from typing import Any

from pika.exceptions import ChannelClosedByBroker

from .names import Names

_log = logging.getLogger(__name__)

# Deliveries, of which each that ends with a lost connection counts; then the broker puts it aside.
DELIVERY_LIMIT = 20
# RabbitMQ 4 drops after 20 deliveries what has no other place to go, and looking is a delivery.
_UNLIMITED = 1_000_000
_NOT_FOUND = 404


def declare(
    connection: Any, names: Names, types: Iterable[str], exchanges: Iterable[str], *, dead: bool
) -> None:
    """Repeating it changes nothing. Raises ChannelClosedByBroker if the rights are missing.

    Queue arguments cannot be changed: a queue of the same name with others is an error.
    """
    channel = connection.channel()
    arguments: dict[str, Any] = {"x-queue-type": "quorum", "x-delivery-limit": _UNLIMITED}
    if dead:
        channel.exchange_declare(names.exchange, "direct", durable=True)
        channel.queue_declare(names.dead, durable=True, arguments=arguments)
        channel.queue_bind(names.dead, names.exchange, names.dead)
        arguments |= {
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": names.exchange,
            "x-dead-letter-routing-key": names.dead,
        }
    channel.queue_declare(names.queue, durable=True, arguments=arguments)
    if dead:
        channel.queue_bind(names.queue, names.exchange, names.queue)
    channel.close()
    for exchange in exchanges:
        _bind(connection, names.queue, exchange, types)


def _bind(connection: Any, queue: str, exchange: str, types: Iterable[str]) -> None:
    channel = connection.channel()
    try:
        for pattern in types:
            channel.queue_bind(queue, exchange, pattern)
    except ChannelClosedByBroker as error:
        if error.reply_code != _NOT_FOUND:
            raise
        _log.warning("this installation has no %s", exchange)
    else:
        channel.close()
