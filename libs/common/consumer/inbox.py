"""Handles each event once: its id is stored in the transaction of what the handler does.

The handler writes through the connection that it is given, and does not commit: the consumer
does, and only then acknowledges. An event that comes again finds its id and is not handled. The
place in the replay stream is kept in the same transaction.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_log = logging.getLogger(__name__)

_TABLES = (
    "CREATE TABLE IF NOT EXISTS tidedesk_inbox (consumer text NOT NULL, event_id text NOT NULL, "
    "handled_at bigint NOT NULL, PRIMARY KEY (consumer, event_id))",
    "CREATE TABLE IF NOT EXISTS tidedesk_replays (consumer text PRIMARY KEY, "
    "since text NOT NULL, next_offset bigint, is_done integer NOT NULL)",
)
_DAY = 86_400  # seconds


class InboxTrouble(OSError):
    """The inbox's database does not answer, or refuses."""


@dataclass(frozen=True)
class Place:
    """How far a replay has come; without `next_offset` it has handled nothing yet."""

    next_offset: int | None = None
    is_done: bool = False


class Inbox:
    """Two small tables in a database of the team's own, through any DB-API connection.

    `connect` opens one; `mark` is its driver's placeholder. Ids are kept for `keep_days`, which
    must be longer than an event can wait or be replayed.
    """

    def __init__(
        self, connect: Callable[[], Any], *, mark: str = "%s", keep_days: int = 60
    ) -> None:
        self._connect = connect
        self._mark = mark
        self._keep = keep_days * _DAY
        self._connection: Any = None
        self._swept_at = 0.0

    def prepare(self) -> None:
        """Make the tables if they are missing."""
        with self._apart() as connection:
            try:
                self._run(connection, "SELECT 1 FROM tidedesk_inbox, tidedesk_replays WHERE 1 = 0")
            except Exception:
                connection.rollback()
                for statement in _TABLES:
                    self._run(connection, statement)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """One connection, kept open between events: commits at the end, or undoes everything."""
        if self._connection is None:
            self._connection = self._connect()
        connection = self._connection
        try:
            yield connection
            connection.commit()
        except BaseException:
            with suppress(Exception):
                connection.rollback()
            raise

    def take(self, connection: Any, consumer: str, event_id: str) -> bool:
        """Whether this consumer has not handled the event yet; from now on it has."""
        statement = "INSERT INTO tidedesk_inbox VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        inserted = self._run(connection, statement, consumer, event_id, int(time.time()))
        return bool(inserted == 1)

    def advance(self, connection: Any, consumer: str, next_offset: int) -> None:
        """Note the place in the stream; it never goes back."""
        statement = (
            "UPDATE tidedesk_replays SET next_offset = ? "
            "WHERE consumer = ? AND (next_offset IS NULL OR next_offset < ?)"
        )
        self._run(connection, statement, next_offset, consumer, next_offset)

    def place(self, consumer: str, since: datetime) -> Place:
        """Where the replay from this time stands; another time than before begins a new one."""
        select = (
            "SELECT next_offset, is_done FROM tidedesk_replays WHERE consumer = ? AND since = ?"
        )
        upsert = (
            "INSERT INTO tidedesk_replays VALUES (?, ?, NULL, 0) ON CONFLICT (consumer) DO UPDATE "
            "SET since = excluded.since, next_offset = NULL, is_done = 0"
        )
        with self._apart() as connection, closing(connection.cursor()) as cursor:
            cursor.execute(self._sql(select), (consumer, since.isoformat()))
            row = cursor.fetchone()
            if row is None:
                cursor.execute(self._sql(upsert), (consumer, since.isoformat()))
        return Place(row[0], bool(row[1])) if row else Place()

    def finish(self, consumer: str) -> None:
        """The replay is over: from now on the queue has everything."""
        with self._apart() as connection:
            statement = "UPDATE tidedesk_replays SET is_done = 1 WHERE consumer = ?"
            self._run(connection, statement, consumer)

    def answers(self) -> bool:
        """Whether the database can be reached now; an old connection is given up."""
        self.close()
        try:
            with self._apart() as connection:
                self._run(connection, "SELECT 1")
        except InboxTrouble as error:
            _log.warning("the inbox's database does not answer: %s", error)
            return False
        return True

    def sweep(self) -> None:
        """Once an hour: forget ids that are older than need be."""
        if time.monotonic() - self._swept_at < 3600 and self._swept_at:
            return
        self._swept_at = time.monotonic()
        with self.transaction() as connection:
            statement = "DELETE FROM tidedesk_inbox WHERE handled_at < ?"
            self._run(connection, statement, int(time.time()) - self._keep)

    def close(self) -> None:
        """Give the connection up."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
        self._connection = None

    @contextmanager
    def _apart(self) -> Iterator[Any]:
        """A connection beside the one of the handler's thread; any error is InboxTrouble."""
        try:
            with closing(self._connect()) as connection:
                yield connection
                connection.commit()
        except Exception as error:
            raise InboxTrouble(str(error)) from error

    def _run(self, connection: Any, statement: str, *values: object) -> int:
        with closing(connection.cursor()) as cursor:
            cursor.execute(self._sql(statement), values)
            return int(cursor.rowcount)

    def _sql(self, statement: str) -> str:
        return statement.replace("?", self._mark)


class PostgresInbox(Inbox):
    """In PostgreSQL: `PostgresInbox(lambda: psycopg2.connect(url))`, or psycopg, or pg8000."""


class SqliteInbox(Inbox):
    """In a file of SQLite, for one machine."""

    def __init__(self, path: str, *, keep_days: int = 60) -> None:
        super().__init__(lambda: sqlite3.connect(path, timeout=30), mark="?", keep_days=keep_days)
