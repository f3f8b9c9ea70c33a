"""Streams the sealed log in its order, as it stands at one instant, in constant memory."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from gateway.audit.chain import CANONICAL_COLUMNS, SEAL_COLUMNS, SEALED_AT, Seal, read_seal

_PORTION = 5_000  # rows per way to the server and back

_SEALS = f"SELECT {SEAL_COLUMNS} FROM audit_seals WHERE number >= %s ORDER BY number"
_ENTRIES = (
    f"SELECT position, entry_hash, {SEALED_AT}, {CANONICAL_COLUMNS} FROM audit_entries "
    "WHERE position >= %s ORDER BY position"
)
_FIRST_SINCE = "SELECT min(number) FROM audit_seals WHERE sealed_at >= %s"
_BEFORE = "SELECT count(*) FROM (SELECT 1 FROM audit_entries WHERE position < %s LIMIT 1000) few"
_ASTRAY = "SELECT count(*) FROM audit_entries_default"
_UNSEALED = (
    "SELECT count(*), min(occurred_at) FROM audit_tail WHERE occurred_at < now() - interval '60 s'"
)
# Tables and partitions that lack a trigger, or whose trigger does not fire in usual sessions.
_UNPROTECTED = """
SELECT c.relname FROM pg_class c
WHERE c.oid IN (SELECT 'audit_seals'::regclass UNION SELECT 'audit_entries'::regclass
    UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = 'audit_entries'::regclass)
AND (SELECT count(*) FROM pg_trigger t
    WHERE t.tgrelid = c.oid AND t.tgname IN ('refuse_change', 'refuse_truncate')
    AND t.tgenabled IN ('O', 'A')) < 2
ORDER BY c.relname
"""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The log at one instant."""

    connection: Any

    def seals(self, first: int = 1) -> Iterator[Seal]:
        """Batches by number."""
        return map(read_seal, self._stream("audit_seals", _SEALS, first))

    def entries(self, first: int = 1) -> Iterator[Row]:
        """Position, hash, sealed_at, then the canonical columns; by position."""
        return self._stream("audit_entries", _ENTRIES, first)

    def first_seal_since(self, instant: datetime) -> int | None:
        """The number of the first batch sealed at that instant or later."""
        found: int | None = self._ask(_FIRST_SINCE, instant)[0]
        return found

    def has_entries_before(self, position: int) -> bool:
        """Whether anything stands at a lower position."""
        return bool(self._ask(_BEFORE, position)[0])

    def astray(self) -> int:
        """How many entries lie in the default partition, where none belongs."""
        return int(self._ask(_ASTRAY)[0])

    def unsealed(self) -> tuple[int, datetime | None]:
        """How many entries wait for longer than a minute, and since when."""
        count, oldest = self._ask(_UNSEALED)
        return count, oldest

    def unprotected(self) -> list[str]:
        """Tables that would let themselves be changed."""
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(_UNPROTECTED)
            return [name for (name,) in cursor.fetchall()]

    def _ask(self, statement: str, *values: Any) -> Row:
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(statement, values)
            row: Row = cursor.fetchone()
        return row

    def _stream(self, name: str, statement: str, first: int) -> Iterator[Row]:
        with closing(self.connection.cursor(name)) as cursor:
            cursor.itersize = _PORTION
            cursor.execute(statement, (first,))
            yield from cursor


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """One read-only transaction that sees nothing of what is sealed meanwhile."""
    connection = engine.raw_connection()
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Snapshot(connection)
    finally:
        connection.rollback()
        connection.close()
