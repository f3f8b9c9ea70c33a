"""Reads the replay stream up to where the consumer's own queue takes over.

The queue is bound before. From `_SETTLE` seconds after that on, whatever is published stands in the
queue; so the replay must come past whatever the stream held at that moment. AMQP cannot ask a
stream where it ends, hence two ways to know: a second reader, that begins behind the end, tells
the first offset there; or there comes nothing more at all.
"""

import logging
import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pika
from pika.exceptions import AMQPError

from .inbox import Place
from .names import REPLAY_STREAM
from .session import Session

_log = logging.getLogger(__name__)

_SETTLE = 2.0  # seconds in which a broker has certainly put what it has routed where it belongs
_QUIET = 3.0  # seconds without a message, with nothing published meanwhile
# The stream finds the chunk of a time; the clock of the broker may differ from the producers'.
_MARGIN = timedelta(minutes=1)


def start_of(place: Place, since: datetime) -> int | datetime:
    """Where to begin: behind what is handled, or a little before the time."""
    return since - _MARGIN if place.next_offset is None else place.next_offset


def replay(
    session: Session,
    parameters: Any,
    start: int | datetime,
    prefetch: int,
    stopping: threading.Event,
) -> bool:
    """Whether it has caught up; False when told to stop.

    Raises AMQPError when it has to go on with a new connection, from where the inbox says.
    """
    began = time.monotonic()
    session.consume(REPLAY_STREAM, prefetch, {"x-stream-offset": start})
    with End(parameters) as end:
        while not stopping.is_set():
            session.serve()
            if time.monotonic() - began < _SETTLE:
                continue
            end.look()
            if end.is_passed_by(session) or (end.offset is None and session.is_quiet(_QUIET)):
                _tell(session, start)
                return True
    return False


def _tell(session: Session, start: int | datetime) -> None:
    first = session.first_offset
    if isinstance(start, int) and first is not None and first > start:
        # Retention went on while the consumer was away in the middle of a replay.
        _log.error("the stream no longer has offsets %d to %d", start, first - 1)
    _log.info("the replay has caught up at offset %s", session.settled_offset)


class End:
    """The second reader, that waits for the first message after it came."""

    def __init__(self, parameters: Any) -> None:
        self._parameters = parameters
        self._connection: Any = None
        self.offset: int | None = None

    def __enter__(self) -> "End":
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(AMQPError):
            if self._connection is not None and self._connection.is_open:
                self._connection.close()

    def look(self) -> None:
        """Note the offset when it is there."""
        if self._connection is None:
            self._connection = pika.BlockingConnection(self._parameters)
            channel = self._connection.channel()
            channel.basic_qos(prefetch_count=1)
            channel.basic_consume(
                REPLAY_STREAM, self._receive, arguments={"x-stream-offset": "next"}
            )
        self._connection.process_data_events(time_limit=0)

    def is_passed_by(self, session: Session) -> bool:
        """Whether all before the end has been read and handled."""
        if self.offset is None or session.settled_offset is None:
            return False
        return session.settled_offset + 1 >= self.offset

    def _receive(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        if self.offset is None:
            self.offset = properties.headers["x-stream-offset"]
