"""Seals anew, under the first key, what older keys have sealed; tells what is left.

    python -m libs.common.crypto.rotation --check [service …]

An index knows each value's key id (`sealed_columns`), so that looking costs nothing where nothing
is stale, and no position has to be kept: what is done is found no more.
"""

import argparse
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

import orjson
from sqlalchemy import Connection, text

from libs.common import metrics
from libs.common.config import Config, ConfigError
from libs.common.crash_points import crash_point
from libs.common.crypto.key_ring import KeyRing, Undecryptable
from libs.common.crypto.sealed_columns import PlainRows, SealedColumn, declared_by
from libs.common.database.commands import result_context
from libs.common.database.failures import body_context
from libs.common.database.sent import batch_context
from libs.common.database.unit_of_work import Database

_log = logging.getLogger(__name__)

_COUNTED = 100_000
_BATCH = 100  # rows of a transaction; a raw message has up to 64 KB

# Of the tables that every service has.
PLATFORM = (
    SealedColumn(
        "commands",
        "sealed_result",
        ("subject", "command_id"),
        lambda row: result_context(row.subject, row.command_id),
    ),
    SealedColumn(
        "inbox_failures",
        "sealed_body",
        ("failure_id",),
        lambda row: body_context(row.failure_id),
    ),
    SealedColumn(
        "outbox_sent",
        "sealed_body",
        ("batch_id",),
        lambda row: batch_context(row.batch_id),
    ),
)


def rotate_some(
    database: Database, ring: KeyRing, columns: Iterable[SealedColumn], limit: int = _BATCH
) -> int:
    """Seal up to `limit` values of each column anew; returns how many were, 0 at the end.

    One transaction a column. Rows that somebody else has locked are left for the next time, so
    that any number of replicas may do it beside readers and writers.
    """
    if len(ring.ids) == 1:
        return 0
    return sum(_rotate(database, ring, column, limit) for column in columns)


def _rotate(database: Database, ring: KeyRing, column: SealedColumn, limit: int) -> int:
    unreadable = 0  # they stay where they are, in front of the others
    while True:
        with database.begin() as uow:
            connection = uow.session.connection()
            stale = _lock_stale(connection, ring, column, limit, unreadable)
            fresh = [row for row in (_seal_anew(ring, column, row) for row in stale) if row]
            if fresh:
                _write(connection, column, fresh)
                crash_point("after_reseal_before_commit")
            uow.commit()
        unreadable += len(stale) - len(fresh)
        if fresh or not stale:
            return len(fresh)


def _lock_stale(
    connection: Connection, ring: KeyRing, column: SealedColumn, limit: int, skipped: int
) -> Sequence[Any]:
    """Only what this ring can open: what needs another key is counted, and left alone."""
    statement = text(
        f"SELECT {', '.join(column.key)}, {column.column} AS sealed FROM {column.table} "
        f"WHERE {column.column} IS NOT NULL AND {column.key_id} = ANY(:old) "
        # In the index's order: the planner, who knows no better, would read the whole table.
        # No primary key changes, so that rows that refer to these may come meanwhile.
        f"ORDER BY {column.key_id} LIMIT :limit OFFSET :skipped FOR NO KEY UPDATE SKIP LOCKED"
    )
    old = [key_id.encode() for key_id in ring.ids[1:]]
    return connection.execute(statement, {"old": old, "limit": limit, "skipped": skipped}).all()


def _seal_anew(ring: KeyRing, column: SealedColumn, row: Any) -> dict[str, Any] | None:
    key = {name: getattr(row, name) for name in column.key}
    try:
        sealed = ring.rotate(row.sealed, column.context(row))
    except Undecryptable as error:
        _log.error("%s %s of %s stays as it is: %s", column.table, column.column, key, error)
        return None
    return {**key, column.column: sealed}


def _write(connection: Connection, column: SealedColumn, rows: Sequence[Mapping[str, Any]]) -> None:
    """All by one statement; PostgreSQL knows the types of the table's columns."""
    same = " AND ".join(f"old.{name} = new.{name}" for name in column.key)
    connection.execute(
        text(
            f"UPDATE {column.table} AS old SET {column.column} = new.{column.column} "
            f"FROM json_populate_recordset(NULL::{column.table}, CAST(:rows AS json)) AS new "
            f"WHERE {same}"
        ),
        {"rows": orjson.dumps(rows, default=_hex).decode()},
    )


def _hex(binary: bytes) -> str:
    """PostgreSQL's form of a bytea."""
    return f"\\x{bytes(binary).hex()}"


def measure_stale(database: Database, ring: KeyRing, columns: Iterable[SealedColumn]) -> None:
    """Set the metric by which an operator knows when the old keys may be removed."""
    counts: dict[str, int] = {}
    with database.engine.connect() as connection:
        for column in columns:
            stale = set(find_key_ids(connection, column)) - {ring.active_id}
            found = sum(_count(connection, column, key_id, _COUNTED) for key_id in stale)
            counts[column.table] = counts.get(column.table, 0) + found
    for table, rows in counts.items():
        metrics.set_stale_sealed(database.service, table, rows)


def find_key_ids(connection: Connection, column: SealedColumn) -> list[str]:
    """The ids of all keys that sealed something in this column, by a hop through the index each."""
    some = f"SELECT {column.key_id} AS id FROM {column.table} WHERE {column.column} IS NOT NULL"
    first = "ORDER BY 1 LIMIT 1"
    found = connection.execute(
        text(
            f"WITH RECURSIVE ids AS (({some} {first}) UNION ALL "
            f"SELECT ({some} AND {column.key_id} > ids.id {first}) FROM ids WHERE id IS NOT NULL) "
            "SELECT id FROM ids WHERE id IS NOT NULL"
        )
    )
    return [bytes(key_id).decode("ascii", "replace") for key_id in found.scalars()]


def _count(connection: Connection, column: SealedColumn, key_id: str, limit: int | None) -> int:
    counted = text(
        f"SELECT count(*) FROM (SELECT 1 FROM {column.table} "
        f"WHERE {column.column} IS NOT NULL AND {column.key_id} = :id LIMIT :limit) AS found"
    )
    return int(connection.execute(counted, {"id": key_id.encode(), "limit": limit}).scalar_one())


def count_plain(connection: Connection, plain: PlainRows, limit: int = _COUNTED) -> int:
    """How many rows are still to be sealed, counted to `limit`."""
    counted = text(
        "SELECT count(*) FROM "
        f"(SELECT 1 FROM {plain.table} WHERE {plain.condition} LIMIT :limit) AS found"
    )
    return int(connection.execute(counted, {"limit": limit}).scalar_one())


def measure_plain(database: Database, plain: PlainRows) -> None:
    """Set the metric by which an operator knows when TICKET_BODIES=sealed has its full effect."""
    with database.engine.connect() as connection:
        metrics.set_plain_texts(database.service, plain.table, count_plain(connection, plain))


def check(owner: str, connection: Connection, ring: KeyRing) -> tuple[list[str], int]:
    """Lines that say how many values each key has sealed, and how many are not the first's."""
    sealed, plain = declared_by(owner)
    lines, stale = [], 0
    for column in (*PLATFORM, *sealed):
        for key_id in find_key_ids(connection, column):
            rows = _count(connection, column, key_id, None)
            note = "" if key_id == ring.active_id else ", stale"
            note = note if key_id in ring.ids else ", and this process has no such key"
            stale += rows if note else 0
            lines.append(f"{owner} {column.table}.{column.column}: {key_id} {rows}{note}")
    for rest in plain:
        rows = count_plain(connection, rest)
        lines.append(f"{owner} {rest.table}: {rows} not sealed (TICKET_BODIES)")
    return lines, stale


def main(arguments: Sequence[str]) -> int:
    """Print what is still under which key; 1 if an older key is needed."""
    from libs.common.migrate import owners  # alembic, which no service needs

    parser = argparse.ArgumentParser(prog="python -m libs.common.crypto.rotation")
    parser.add_argument("--check", action="store_true", required=True)
    parser.add_argument("services", nargs="*", metavar="service")
    config, left = Config.read(), 0
    for owner in parser.parse_args(arguments).services or owners():
        with closing(Database.connect(owner, config)) as database:
            if database.keys is None:
                raise ConfigError("FIELD_KEYS or FIELD_KEYS_FILE must be set")
            with database.engine.connect() as connection:
                lines, stale = check(owner, connection, database.keys)
        print("\n".join(lines or [f"{owner}: nothing is sealed"]))
        left += stale
    print(f"{left} values need an older key" if left else "all values are under the first key")
    print("attachments and large raw messages keep the key that they were stored with")
    return 1 if left else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ConfigError as error:
        sys.exit(f"configuration: {error}")
