"""Runs the handler in a thread of its own, so that the connection's heartbeats go on meanwhile."""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from .event import Event, NotAnEvent, read_event
from .inbox import Inbox
from .names import wants

_log = logging.getLogger(__name__)

_LONGEST_WAIT = 30.0  # seconds between attempts while something else is down


@dataclass(frozen=True)
class Delivery:
    """A message as it came; `offset` is its place if it came from the stream."""

    session: "Receiver"
    tag: int
    body: bytes
    properties: Any
    routing_key: str
    offset: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery: done, or dead for a `reason`."""

    delivery: Delivery
    reason: str | None = None
    attempts: int = 0


class Receiver(Protocol):
    """Who gave a delivery and wants to know what became of it."""

    @property
    def is_open(self) -> bool: ...

    def settle(self, outcome: Outcome) -> None: ...


class HandlerFailed(Exception):
    """The handler could not cope with an event, and there is no place for dead letters."""


class GivenUp(Exception):
    """Told to stop in the middle of an event, which comes again."""


@dataclass
class Rules:
    """How events are handled.

    `pauses` are the seconds between attempts; after the last attempt the event is dead. Errors of
    the `trouble` types are not its fault: they are waited out and not counted. Older events than
    `since` that come from the stream are left out.
    """

    consumer: str
    types: tuple[str, ...]
    handler: Callable[..., object]
    inbox: Inbox | None
    pauses: tuple[float, ...]
    trouble: tuple[type[BaseException], ...]
    since: datetime | None


class Worker:
    """One thread, one event at a time, in the order in which they came."""

    def __init__(self, rules: Rules, stopping: threading.Event) -> None:
        self._rules = rules
        self._stopping = stopping
        self._waiting: queue.SimpleQueue[Delivery | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="handler", daemon=True)
        self._death: BaseException | None = None

    def start(self) -> None:
        self._thread.start()

    def put(self, delivery: Delivery) -> None:
        self._waiting.put(delivery)

    def end(self) -> None:
        """After the present event; what still waits comes again another time."""
        self._waiting.put(None)

    @property
    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def raise_death(self) -> None:
        """Raise HandlerFailed if the thread has ended by itself: a handler may call sys.exit."""
        if self._death is not None:
            raise HandlerFailed(repr(self._death)) from self._death

    def _work(self) -> None:
        try:
            self._work_on()
        except BaseException as death:
            self._death = death

    def _work_on(self) -> None:
        while (delivery := self._waiting.get()) is not None:
            if self._stopping.is_set() or not delivery.session.is_open:
                continue
            try:
                delivery.session.settle(self._outcome(delivery))
            except GivenUp:
                continue
        if self._rules.inbox:
            self._rules.inbox.close()

    def _outcome(self, delivery: Delivery) -> Outcome:
        try:
            event = read_event(delivery.body)
        except NotAnEvent as error:
            return Outcome(delivery, str(error))
        if not wants(self._rules.types, event.type) or self._is_too_old(event, delivery):
            return Outcome(delivery)
        attempts = 0
        for pause in (*self._rules.pauses, None):
            attempts += 1
            problem = self._attempt(event, delivery)
            if problem is None:
                return Outcome(delivery)
            if pause is not None:
                self._wait(pause)
        return Outcome(delivery, f"{type(problem).__name__}: {problem}", attempts)

    def _is_too_old(self, event: Event, delivery: Delivery) -> bool:
        since = self._rules.since
        return delivery.offset is not None and since is not None and event.time < since

    def _attempt(self, event: Event, delivery: Delivery) -> Exception | None:
        """None when it is handled; waits while what failed is not the event's fault."""
        wait = 0.2
        while True:
            try:
                self._handle(event, delivery)
            except Exception as error:
                if not self._is_trouble(error):
                    _log.warning("%s %s: %r", event.type, event.id, error, exc_info=True)
                    return error
                _log.warning("%s %s waits: %r", event.type, event.id, error)
                self._wait(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                return None

    def _handle(self, event: Event, delivery: Delivery) -> None:
        rules, inbox = self._rules, self._rules.inbox
        if inbox is None:
            rules.handler(event)
            return
        inbox.sweep()
        with inbox.transaction() as connection:
            if inbox.take(connection, rules.consumer, event.id):
                rules.handler(event, connection)
            if delivery.offset is not None:
                inbox.advance(connection, rules.consumer, delivery.offset + 1)

    def _is_trouble(self, error: Exception) -> bool:
        inbox = self._rules.inbox
        if isinstance(error, self._rules.trouble):
            return True
        return inbox is not None and not inbox.answers()

    def _wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise GivenUp


class Settled:
    """Outcomes on their way from the handler's thread to the connection's."""

    def __init__(self) -> None:
        self._outcomes: deque[Outcome] = deque()

    def put(self, outcome: Outcome) -> bool:
        """Whether it is the first to wait, so that somebody must be woken."""
        self._outcomes.append(outcome)
        return len(self._outcomes) == 1

    def take_all(self) -> Iterable[Outcome]:
        while self._outcomes:
            yield self._outcomes.popleft()
