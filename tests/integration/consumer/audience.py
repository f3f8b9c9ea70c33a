"""A team that reads events: what is published for it, and its consumer inside the test."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson

from libs.common.bus.connection import connect
from libs.common.bus.publisher import ConfirmingChannel, durable_json
from libs.common.consumer import Consumer
from libs.common.contracts.catalogue import EXAMPLES
from libs.common.contracts.envelope import public_body


def event_id(number: int) -> str:
    return f"01934f2a-7c00-7000-8000-{number:012d}"


def body(number: int, event_type: str, time: datetime | None = None) -> bytes:
    """The stored example, public side, as the event of this number."""
    example = (EXAMPLES / f"{event_type}.json").read_bytes()
    raw = orjson.loads(public_body(event_type, example))
    raw |= {"id": event_id(number), "time": (time or datetime.now(UTC)).isoformat()}
    raw["data"]["seq"] = number
    return orjson.dumps(raw)


def publish(
    uri: str,
    numbers: Iterable[int],
    event_type: str = "ticket.created",
    *,
    exchange: str = "ticketing.events",
    time: datetime | None = None,
) -> None:
    """As the relay does, on the public side."""
    with connect(uri, "test") as connection:
        channel = ConfirmingChannel(connection)
        for number in numbers:
            message = durable_json(body(number, event_type, time), type=event_type)
            channel.publish(exchange, event_type, message, mandatory=False)
        channel.wait_for_confirms()


def publish_raw(uri: str, raw: bytes) -> None:
    with connect(uri, "test") as connection:
        channel = ConfirmingChannel(connection)
        channel.publish("ticketing.events", "ticket.created", durable_json(raw), mandatory=False)
        channel.wait_for_confirms()


class Heard:
    """A handler that notes what it gets."""

    def __init__(self) -> None:
        self.numbers: list[int | None] = []

    def __call__(self, event: Any, connection: Any = None) -> None:
        self.numbers.append(event.seq)

    def has(self, *numbers: int) -> bool:
        return sorted(number or 0 for number in self.numbers) == sorted(numbers)


class Running(threading.Thread):
    """A consumer's thread; `error` is what it raised."""

    def __init__(self, consumer: Consumer) -> None:
        super().__init__(daemon=True)
        self.error: Exception | None = None
        self._consumer = consumer

    def run(self) -> None:
        try:
            self._consumer.run()
        except Exception as error:
            self.error = error


@contextmanager
def running(consumer: Consumer) -> Iterator[Running]:
    """In a thread beside the test."""
    thread = Running(consumer)
    thread.start()
    try:
        yield thread
    finally:
        consumer.stop()
        thread.join(30)
        assert not thread.is_alive()
