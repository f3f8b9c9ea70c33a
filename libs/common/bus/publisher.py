"""Publishing in batches with asynchronous confirms.

amqp's own confirm mode waits for each message; here the whole batch is sent, then the
confirms are collected: about ten times as many events a second.
"""

import time
from collections.abc import Iterable

import amqp
from amqp import spec

from libs.common.bus.connection import BrokerConnection

CONFIRM_TIMEOUT = 10.0  # seconds

# Exchange, key, message, and whether somebody must be there to take it.
Letter = tuple[str, str, amqp.Message, bool]


class NotConfirmed(OSError):
    """The broker refused, returned or did not confirm a message: the batch is not published."""


class ConfirmingChannel:
    """A channel in confirm mode that publishes durable messages."""

    def __init__(self, connection: BrokerConnection) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._sent = 0
        self._waiting: set[int] = set()
        self._refused: str | None = None

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._waiting = {tag for tag in self._waiting if tag > delivery_tag}
        else:
            self._waiting.discard(delivery_tag)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        self._refused = "nack"

    def _on_return(self, error: Exception, exchange: str, key: str, _message: object) -> None:
        self._refused = f"{exchange} has no queue for {key}"

    def publish(self, exchange: str, key: str, message: amqp.Message, *, mandatory: bool) -> None:
        """Send without waiting; `wait_for_confirms` tells whether it arrived."""
        self._sent += 1
        self._waiting.add(self._sent)
        # Not basic_publish: it looks for incoming frames before every message, which costs more
        # than the message; `wait_for_confirms` looks once per batch.
        arguments = (0, exchange, key, mandatory, False)
        self._channel.send_method(spec.Basic.Publish, "Bssbb", arguments, message)

    def wait_for_confirms(self, timeout: float = CONFIRM_TIMEOUT) -> None:
        """Return when all that was published is confirmed; raises NotConfirmed."""
        deadline = time.monotonic() + timeout
        while self._waiting and not self._refused:
            left = deadline - time.monotonic()
            if left <= 0 or self._connection.is_blocked:
                raise NotConfirmed(f"{len(self._waiting)} messages without a confirm")
            self._connection.poll(min(left, 1.0))
        if self._refused:
            raise NotConfirmed(self._refused)


def durable_json(body: bytes | str, **properties: object) -> amqp.Message:
    """A message that survives the broker's restart, readable by stock consumers."""
    return amqp.Message(
        body,
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=2,
        **properties,
    )


def publish_all(channel: ConfirmingChannel, messages: Iterable[Letter]) -> None:
    """Publish in order and wait for all the confirms."""
    for exchange, key, message, mandatory in messages:
        channel.publish(exchange, key, message, mandatory=mandatory)
    channel.wait_for_confirms()
