"""The consumer: a durable queue of the team's own, replay before it, dead letters behind it."""

import logging
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

from . import names as broker
from .declaring import declare
from .inbox import Inbox
from .letters import Letters
from .names import Names
from .replay import replay, start_of
from .session import Session
from .worker import Rules, Worker

_log = logging.getLogger(__name__)

_HEARTBEAT = 30  # seconds
_LONGEST_PAUSE = 30.0  # seconds between attempts to connect
_NO_RIGHTS, _OTHER_ARGUMENTS = 403, 406


@dataclass
class Consumer:
    """Reads events of `types` (topic patterns such as `ticket.*`) and hands each to `handler`.

    `handler(event)`, or with an inbox `handler(event, connection)`: what it writes by the
    connection is committed together with the note that the event is handled. An event is
    acknowledged after that, so it comes at least once, and with an inbox takes effect once.

    Its queue is `<team>.<name>`; any number of processes may share it. `replay_from`: events since
    then first, from the replay stream; needs an inbox. `pauses`: seconds between attempts at an
    event that the handler fails at; then it goes to `<team>.<name>.dead`, or without `dead_letter`
    `run` raises. `trouble`: exceptions that are not the event's fault and are waited out, as is a
    database of the inbox that does not answer.
    """

    uri: str | pika.connection.Parameters = field(repr=False)
    team: str
    name: str
    types: Iterable[str]
    handler: Callable[..., object]
    inbox: Inbox | None = None
    replay_from: datetime | None = None
    dead_letter: bool = True
    prefetch: int = 50
    pauses: tuple[float, ...] = (0.5, 2.0, 5.0)
    trouble: tuple[type[BaseException], ...] = ()
    exchanges: tuple[str, ...] = broker.EXCHANGES
    patience: float = 30.0  # seconds that a stop waits for the event in hand

    def __post_init__(self) -> None:
        self.types = tuple([self.types] if isinstance(self.types, str) else self.types)
        self._names = Names(self.team, self.name)
        if self.replay_from and not self.inbox:
            raise ValueError("a replay needs an inbox: what comes twice must be known")
        if self.replay_from and self.replay_from.tzinfo is None:
            raise ValueError("replay_from needs an offset from UTC")
        self._parameters = _parameters(self.uri, self._names.queue)
        self._stopping = threading.Event()
        self._pause = _Pause(self._stopping)

    def stop(self) -> None:
        """End `run` after the event in hand; from any thread or signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Until `stop`, SIGTERM or SIGINT; a lost broker or inbox is waited for.

        Raises ChannelClosedByBroker if at the first attempt the team's rights are missing, and
        whenever its queue has other arguments; HandlerFailed as told above.
        """
        worker = self._worker()
        worker.start()
        is_declared = False
        with _signals(self.stop):
            while not self._stopping.is_set():
                try:
                    self._declare()
                    is_declared = True
                    self._read(worker)
                except (AMQPError, OSError) as error:
                    if _is_final(error, is_declared):
                        worker.end()
                        raise
                    _log.warning("%s waits: %r", self._names.queue, error)
                    self._pause.wait()
        worker.end()

    def _worker(self) -> Worker:
        rules = Rules(
            consumer=self._names.queue,
            types=tuple(self.types),
            handler=self.handler,
            inbox=self.inbox,
            pauses=self.pauses,
            trouble=self.trouble,
            since=self.replay_from,
        )
        return Worker(rules, self._stopping)

    def _declare(self) -> None:
        with pika.BlockingConnection(self._parameters) as connection:
            declare(connection, self._names, self.types, self.exchanges, dead=self.dead_letter)

    def _read(self, worker: Worker) -> None:
        if self.inbox:
            self.inbox.prepare()
        if self.inbox and self.replay_from and not self._has_replayed(self.inbox, worker):
            return
        with self._session(worker) as session:
            session.consume_carefully(self._names.queue, self.prefetch)
            _log.info("%s is read", self._names.queue)
            while not self._stopping.is_set():
                session.serve()
                self._pause.reset()
            worker.end()
            session.leave(self.patience)

    def _has_replayed(self, inbox: Inbox, worker: Worker) -> bool:
        assert self.replay_from
        place = inbox.place(self._names.queue, self.replay_from)
        if place.is_done:
            return True
        start = start_of(place, self.replay_from)
        with self._session(worker) as session:
            _log.info("%s is replayed from %s", self._names.queue, start)
            if not replay(session, self._parameters, start, self.prefetch, self._stopping):
                worker.end()
                session.leave(self.patience)
                return False
        inbox.finish(self._names.queue)
        return True

    @contextmanager
    def _session(self, worker: Worker) -> Iterator[Session]:
        letters = Letters(self._names) if self.dead_letter else None
        session = Session(self._parameters, worker, letters)
        try:
            yield session
        finally:
            session.close()


class _Pause:
    """Growing pauses, which a stop cuts short."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._seconds = 0.5

    def wait(self) -> None:
        self._stopping.wait(self._seconds)
        self._seconds = min(self._seconds * 2, _LONGEST_PAUSE)

    def reset(self) -> None:
        self._seconds = 0.5


def _parameters(uri: str | pika.connection.Parameters, name: str) -> Any:
    if not isinstance(uri, str):
        return uri
    parameters = pika.URLParameters(uri)
    parameters.heartbeat = _HEARTBEAT
    parameters.blocked_connection_timeout = 2 * _HEARTBEAT
    parameters.client_properties = {"connection_name": name}
    return parameters


def _is_final(error: Exception, is_declared: bool) -> bool:
    """Whether waiting does not help: wrong arguments, or rights that were never there."""
    if not isinstance(error, ChannelClosedByBroker):
        return False
    final = {_OTHER_ARGUMENTS} if is_declared else {_OTHER_ARGUMENTS, _NO_RIGHTS}
    return error.reply_code in final


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT stop, while this runs in the main thread; elsewhere nobody is told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    chosen = (signal.SIGTERM, signal.SIGINT)
    before = {one: signal.signal(one, lambda *_: stop()) for one in chosen}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
