"""Events that a handler could not cope with: put aside with the reason, looked at, tried again."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika

from .event import NotAnEvent, read_event
from .names import Names
from .worker import Outcome

_LONGEST = 500  # characters of a reason


@dataclass(frozen=True)
class Letter:
    """A dead letter; `event_id` is None if it is no event at all."""

    event_id: str | None
    type: str
    reason: str
    attempts: int
    failed_at: int  # Unix time
    body: bytes


class Letters:
    """Puts events of one consumer aside."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._channel: Any = None

    def bury(self, connection: Any, outcome: Outcome) -> None:
        """Publish to the dead-letter queue; returns when the broker has it, or raises AMQPError."""
        if self._channel is None or not self._channel.is_open:
            self._channel = connection.channel()
            self._channel.confirm_delivery()
        delivery = outcome.delivery
        headers = {
            "x-reason": (outcome.reason or "")[:_LONGEST],
            "x-attempts": outcome.attempts,
            "x-failed-at": int(time.time()),
            "x-type": delivery.routing_key,
        }
        properties = _durable(delivery.properties, headers)
        names = self._names
        self._channel.basic_publish(
            names.exchange, names.dead, delivery.body, properties, mandatory=True
        )


class DeadLetters:
    """What to do about them: list, replay, discard."""

    def __init__(self, uri: str | pika.connection.Parameters, team: str, name: str) -> None:
        self._parameters = pika.URLParameters(uri) if isinstance(uri, str) else uri
        self._names = Names(team, name)

    def list(self, limit: int = 1000) -> list[Letter]:
        """The oldest, which stay where they are."""
        with self._opened() as channel:
            return [letter for _, letter in self._all(channel, limit)]

    def replay(self, event_ids: Collection[str] | None = None) -> int:
        """Back into the consumer's queue, all or these; how many."""

        def again(channel: Any, letter: Letter) -> None:
            properties = _durable(None, {})
            names = self._names
            channel.basic_publish(
                names.exchange, names.queue, letter.body, properties, mandatory=True
            )

        return self._each(event_ids, again)

    def discard(self, event_ids: Collection[str] | None = None) -> int:
        """Delete all or these; how many."""
        return self._each(event_ids, lambda channel, letter: None)

    def _each(self, event_ids: Collection[str] | None, act: Callable[[Any, Letter], object]) -> int:
        count = 0
        with self._opened() as channel:
            channel.confirm_delivery()
            for tag, letter in self._all(channel, None):
                if event_ids is None or letter.event_id in event_ids:
                    act(channel, letter)
                    channel.basic_ack(tag)
                    count += 1
        return count

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        with pika.BlockingConnection(self._parameters) as connection:
            yield connection.channel()

    def _all(self, channel: Any, limit: int | None) -> Iterator[tuple[int, Letter]]:
        """Those that are there now; unacknowledged ones go back when the channel closes."""
        there = channel.queue_declare(self._names.dead, passive=True).method.message_count
        for _ in range(there if limit is None else min(there, limit)):
            method, properties, body = channel.basic_get(self._names.dead)
            if method is None:
                return
            yield method.delivery_tag, _letter(properties, body)


def _letter(properties: Any, body: bytes) -> Letter:
    headers = properties.headers or {}
    try:
        event = read_event(body)
        event_id, event_type = event.id, event.type
    except NotAnEvent:
        event_id, event_type = None, str(headers.get("x-type", ""))
    # What the broker itself has put aside says so in a header of its own.
    reason = headers.get("x-reason") or headers.get("x-first-death-reason") or "delivery_limit"
    attempts, failed_at = int(headers.get("x-attempts", 0)), int(headers.get("x-failed-at", 0))
    return Letter(event_id, event_type, str(reason), attempts, failed_at, body)


def _durable(original: Any, headers: dict[str, Any]) -> pika.BasicProperties:
    return pika.BasicProperties(
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=2,
        headers=headers,
        message_id=original.message_id if original else None,
        type=original.type if original else None,
    )
