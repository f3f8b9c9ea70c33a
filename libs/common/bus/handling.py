"""Applies a batch of deliveries in one transaction: inbox, handlers, failures kept beside.

Knows nothing of the broker, so it can be tested with a database alone.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from libs.common import metrics
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, NotAnEvent, UnknownType, load_event
from libs.common.database import failures, inbox
from libs.common.database.trouble import is_database_trouble, is_deadlock
from libs.common.database.unit_of_work import ChainTooLong, Database, UnitOfWork

_log = logging.getLogger(__name__)

_DEADLOCK_REPEATS = 5


@dataclass(frozen=True)
class Handler:
    """A method that handles some types: `apply(uow, events)`, in one call."""

    name: str
    apply: Callable[[UnitOfWork, Sequence[Event]], None]


def _refuse(_uow: UnitOfWork, events: Sequence[Event]) -> None:
    raise LookupError(f"this release has no handler for {events[0].type}")


# While releases change, an older replica gets what only a newer one has subscribed to. It is
# kept as a failure, which the newer one finds.
_NOBODY = Handler("nobody", _refuse)


def _together(first: Handler, second: Handler) -> Handler:
    def apply(uow: UnitOfWork, events: Sequence[Event]) -> None:
        first.apply(uow, events)
        second.apply(uow, events)

    return Handler(first.name, apply)


class Handling:
    """The service's handlers by type, and how a batch passes through them."""

    def __init__(self, database: Database, retired: frozenset[str] = frozenset()) -> None:
        self.database = database
        self._retired = retired
        self._handlers: dict[str, Handler] = {}
        self._pairs: dict[tuple[Handler, Handler], Handler] = {}

    def add(self, event_type: str, handler: Handler) -> None:
        """One handler per type and service: the inbox knows events, not handlers."""
        if event_type in self._handlers:
            raise ValueError(f"{event_type} has two handlers in {self.database.service}")
        self._handlers[event_type] = handler

    def add_beside(self, event_type: str, handler: Handler) -> None:
        """A handler that also hears what has one already: the two are one from now on."""
        present = self._handlers.get(event_type)
        if present is None:
            self._handlers[event_type] = handler
            return
        pair = self._pairs.setdefault((present, handler), _together(present, handler))
        self._handlers[event_type] = pair

    def apply(self, bodies: Sequence[bytes]) -> None:
        """Handle all and commit; a bad one is kept with its error, the others go through.

        Raises only the database's trouble: then nothing has happened and all may come again.
        """
        try:
            self._apply_all(bodies)
        except Exception as error:
            if is_database_trouble(error):
                raise
            # The commit itself was refused: find out by whom, in transactions of their own.
            if len(bodies) == 1:
                self._keep_alone(bodies[0], error)
                return
            middle = len(bodies) // 2
            self.apply(bodies[:middle])
            self.apply(bodies[middle:])

    def _apply_all(self, bodies: Sequence[bytes]) -> None:
        for attempt in range(_DEADLOCK_REPEATS):
            try:
                self._apply_once(bodies)
                return
            except Exception as error:
                if not is_deadlock(error) or attempt == _DEADLOCK_REPEATS - 1:
                    raise
                time.sleep(0.01 * 2**attempt)

    def _apply_once(self, bodies: Sequence[bytes]) -> None:
        with self.database.begin() as uow:
            connection = uow.session.connection()
            arrived: dict[object, tuple[Event, bytes]] = {}
            for body in bodies:
                try:
                    event = load_event(body)
                    arrived.setdefault(event.id, (event, body))
                except NotAnEvent as error:
                    self._keep_unreadable(uow, body, error)
            known = [event for event, _ in arrived.values() if self._is_wanted(event.type)]
            new = inbox.keep_new(connection, known) if known else []
            by_handler: dict[Handler, list[Event]] = {}
            for event in sorted(new, key=lambda event: event.subject):
                by_handler.setdefault(self._handler(event), []).append(event)
            for handler, events in by_handler.items():
                for event, fault in self._bisect(uow, handler, events):
                    self._keep(uow, event, arrived[event.id][1], fault)
            uow.commit()
        self._count(known, new)

    def _is_wanted(self, event_type: str) -> bool:
        """Not so what an earlier release had bound, until it is pruned."""
        return event_type in self._handlers or event_type not in self._retired

    def _handler(self, event: Event) -> Handler:
        return self._handlers.get(event.type, _NOBODY)

    def _keep_alone(self, body: bytes, error: Exception) -> None:
        event = load_event(body)
        with self.database.begin() as uow:
            if inbox.keep_new(uow.session.connection(), [event]):
                self._keep(uow, event, body, error)
            uow.commit()

    def _bisect(
        self, uow: UnitOfWork, handler: Handler, events: list[Event]
    ) -> list[tuple[Event, Exception]]:
        """Apply all, or halve until the bad ones are alone; returns those with their errors."""
        try:
            with uow.savepoint(), metrics.timed_handler(self.database.service, handler.name):
                handler.apply(uow, events)
            return []
        except Exception as error:
            if is_database_trouble(error):
                raise
            if len(events) == 1:
                return [(events[0], error)]
        middle = len(events) // 2
        first = self._bisect(uow, handler, events[:middle])
        return first + self._bisect(uow, handler, events[middle:])

    def retry_due_failures(self, limit: int = 20) -> int:
        """One more attempt for failures that are due, each in a transaction of its own.

        Returns how many were tried.
        """
        for tried in range(limit):
            if not self._retry_next():
                return tried
        return limit

    def _retry_next(self) -> bool:
        failure = None
        try:
            with self.database.begin() as uow:
                connection = uow.session.connection()
                failure = failures.next_due_failure(connection)
                if failure is None:
                    return False
                self._apply_again(uow, failure)
                failures.settle_failure(connection, failure.failure_id)
                uow.commit()
        except Exception as error:
            if failure is None or is_database_trouble(error):
                raise
            with self.database.begin() as uow:
                connection = uow.session.connection()
                failures.postpone_failure(connection, failure, error, park=_is_hopeless(error))
                uow.commit()
        return True

    def _apply_again(self, uow: UnitOfWork, failure: failures.Failure) -> None:
        event = load_event(failure.body(self.database.keys))
        is_new = inbox.keep_new(uow.session.connection(), [event])
        # What can be read only now may have come again, and been handled, meanwhile.
        if is_new or not failure.is_unreadable:
            self._handler(event).apply(uow, [event])

    def _count(self, known: Sequence[Event], new: Sequence[Event]) -> None:
        now, fresh, service = utc_now(), {event.id for event in new}, self.database.service
        for event in known:
            outcome = "new" if event.id in fresh else "duplicate"
            metrics.count_handled(service, event.type, outcome)
        if known:
            oldest = min(event.time for event in known)
            metrics.observe_queue_lag(service, "events", (now - oldest).total_seconds())

    def _keep(self, uow: UnitOfWork, event: Event, body: bytes, error: Exception) -> None:
        _log.error("%s %s failed: %s", event.type, event.id, error, exc_info=error)
        if isinstance(error, ChainTooLong):
            metrics.count_stopped_chain(self.database.service, event.type)
        metrics.count_handled(self.database.service, event.type, "failed")
        failures.keep_failure(
            uow.session.connection(),
            body,
            error,
            event_id=event.id,
            type=event.type,
            subject=event.subject,
            park=_is_hopeless(error),
            ring=self.database.keys,
        )

    def _keep_unreadable(self, uow: UnitOfWork, body: bytes, error: NotAnEvent) -> None:
        if isinstance(error, UnknownType) and not self._is_wanted(str(error)):
            return
        _log.error("an event cannot be read: %s", error)
        connection = uow.session.connection()
        park, ring = _is_hopeless(error), self.database.keys
        failures.keep_unreadable(connection, body, error, park=park, ring=ring)


def _is_hopeless(error: Exception) -> bool:
    """Whether the same release can never succeed, nor a newer one that runs beside it."""
    if isinstance(error, UnknownType):
        return False
    return isinstance(error, NotAnEvent | ChainTooLong)
