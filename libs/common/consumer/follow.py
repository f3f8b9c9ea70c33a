"""Reads the replay stream alone: from a time, or from now, with no queue to leave behind."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import pika
from pika.exceptions import AMQPError

from .event import Event, NotAnEvent, read_event
from .inbox import Place
from .names import REPLAY_STREAM, wants
from .replay import start_of

_PREFETCH = 500
_TICK = 0.5  # seconds
_QUIET = 3.0  # seconds without a message after which what was there has been read


def follow(
    uri: str,
    types: Iterable[str],
    *,
    since: datetime | None = None,
    until_quiet: bool = False,
    stopping: threading.Event | None = None,
) -> Iterator[Event]:
    """Events as they come, each once while this runs; a lost broker is waited for.

    `until_quiet` ends after what is there. Whoever must not miss or repeat anything over restarts
    uses a Consumer.
    """
    patterns, stop = tuple(types), stopping or threading.Event()
    start: Any = start_of(Place(), since) if since else "next"
    while not stop.is_set():
        try:
            for offset, body in _messages(uri, start, stop, until_quiet):
                start = offset + 1
                event = _event(body)
                if event and wants(patterns, event.type) and (not since or event.time >= since):
                    yield event
            return
        except (AMQPError, OSError):
            stop.wait(2.0)


def _messages(
    uri: str, start: Any, stop: threading.Event, until_quiet: bool
) -> Iterator[tuple[int, bytes]]:
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    try:
        yield from _received(connection, start, stop, until_quiet)
    finally:
        # A stream refuses what pika does with messages that it has not handed out yet.
        with suppress(AMQPError):
            if connection.is_open:
                connection.close()


def _received(
    connection: Any, start: Any, stop: threading.Event, until_quiet: bool
) -> Iterator[tuple[int, bytes]]:
    channel, came = connection.channel(), deque[tuple[int, int, bytes]]()

    def receive(_channel: Any, method: Any, properties: Any, body: bytes) -> None:
        came.append((method.delivery_tag, properties.headers["x-stream-offset"], body))

    channel.basic_qos(prefetch_count=_PREFETCH)
    channel.basic_consume(REPLAY_STREAM, receive, arguments={"x-stream-offset": start})
    heard_at = time.monotonic()
    while not stop.is_set():
        connection.process_data_events(time_limit=_TICK)
        while came:
            tag, offset, body = came.popleft()
            yield offset, body
            channel.basic_ack(tag)
            heard_at = time.monotonic()
        if until_quiet and time.monotonic() - heard_at > _QUIET:
            return


def _event(body: bytes) -> Event | None:
    try:
        return read_event(body)
    except NotAnEvent:
        return None
