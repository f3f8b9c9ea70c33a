"""One transaction: the change, its events, and whatever else must stand or fall with it."""

import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.contracts.envelope import MAX_HOPS, Event, EventSchema, dump_event
from libs.common.crypto.key_file import find_ring
from libs.common.crypto.key_ring import KeyRing
from libs.common.database.engine import open_engine
from libs.common.database.outbox import store_events
from libs.common.ids import uuid7
from libs.common.metrics import show_pool

# Local to the transaction, so that PgBouncer may hand the session to somebody else after it.
_LIMITS = (
    "SELECT set_config('statement_timeout', '{statement}', true), "
    "set_config('lock_timeout', '{lock}', true), "
    "set_config('idle_in_transaction_session_timeout', '30000', true), "
    "set_config('transaction_read_only', '{read_only}', true)"
)


class ChainTooLong(Exception):
    """An event has caused an event has caused …: the chain stops at MAX_HOPS and is looked at."""


class UnitOfWork:
    """An open transaction. What is not committed is rolled back."""

    def __init__(self, session: Session, on_commit: Callable[[], None], request_id: str | None):
        self.session = session
        self.request_id = request_id
        self._on_commit = on_commit
        self._events: list[dict[str, object]] = []

    def emit(
        self,
        schema: type[EventSchema],
        *,
        subject: str,
        data: Mapping[str, Any],
        time: datetime | None = None,
        cause: Event | None = None,
        urgent: bool = False,
    ) -> None:
        """Tell a fact; it is published after this transaction's commit, and only then.

        Raises ValueError if the data does not fit the schema, ChainTooLong at MAX_HOPS.
        """
        if cause and cause.hops + 1 >= MAX_HOPS:
            raise ChainTooLong(f"{schema.type} after {cause.hops} hops, caused by {cause.type}")
        event_id = uuid7()
        body = dump_event(
            schema,
            event_id,
            subject,
            time or utc_now(),
            data,
            cause=cause,
            request_id=self.request_id,
        )
        self._events.append(
            {
                "event_id": event_id,
                "type": schema.type,
                "is_urgent": urgent,
                "body": body.decode(),
            }
        )

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo just this part, its events included, if it raises."""
        kept = len(self._events)
        try:
            with self.session.begin_nested():
                yield
                self.session.flush()
        except BaseException:
            del self._events[kept:]
            raise

    def commit(self) -> None:
        """Write everything, the events last, while the aggregates' rows are locked."""
        self.session.flush()
        store_events(self.session.connection(), self._events)
        self.session.commit()
        if self._events:
            self._events = []
            self._on_commit()


def _open(session: Session, limits: str) -> None:
    try:
        # Past the ORM: this runs in every transaction, and has nothing from outside in it.
        session.connection().exec_driver_sql(limits)
    except DBAPIError as error:
        # The pool's connections died with the server. Nothing has been done yet: take a new one.
        if not error.connection_invalidated:
            raise
        session.rollback()
        session.connection().exec_driver_sql(limits)


def _pool_of(engine: Engine) -> Callable[[], Any]:
    """Its present pool, as long as somebody else holds the engine."""
    known = weakref.ref(engine)

    def ask() -> Any:
        found = known()
        return found.pool if found is not None else None

    return ask


class Database:
    """A service's database, its keys, and the signal that something stands in its outbox."""

    def __init__(
        self,
        engine: Engine,
        service: str,
        keys: KeyRing | None = None,
        *,
        seals_texts: bool = False,
    ) -> None:
        self.engine = engine
        self.service = service
        self.keys = keys
        # What a session's storage may need to know; nothing of it is the database's own business.
        self._info = {"keys": keys, "seals_texts": seals_texts}
        self._listeners: list[Callable[[], None]] = []

    @classmethod
    def connect(cls, service: str, config: Config | None = None) -> "Database":
        """Open the service's own database; connections are made when first needed."""
        config = config or Config.read()
        url = config.database_url(service)
        engine = open_engine(url, application=f"tidedesk-{service}", pool_size=config.pool_size)
        show_pool(service, _pool_of(engine))
        return cls(engine, service, find_ring(config), seals_texts=config.seals_ticket_bodies)

    def when_emitted(self, listener: Callable[[], None]) -> None:
        """Call this after each commit that left events in the outbox (the relay's wake-up)."""
        self._listeners.append(listener)

    @contextmanager
    def begin(
        self,
        *,
        read_only: bool = False,
        timeout: float = 15.0,
        request_id: str | None = None,
    ) -> Iterator[UnitOfWork]:
        """Open a transaction that ends within about `timeout` seconds per statement."""
        with Session(
            self.engine, autoflush=False, expire_on_commit=False, info=self._info
        ) as session:
            statement = max(int(timeout * 1000), 1)
            limits = _LIMITS.format(
                statement=statement,
                lock=min(statement, 5000),
                read_only="on" if read_only else "off",
            )
            _open(session, limits)
            yield UnitOfWork(session, self._emitted, request_id)

    def _emitted(self) -> None:
        for listener in self._listeners:
            listener()

    def close(self) -> None:
        """Close the pooled connections."""
        self.engine.dispose()
