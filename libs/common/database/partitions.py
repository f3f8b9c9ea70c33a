"""Monthly partitions of append-only tables."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from libs.common.clock import utc_now

_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('partitions of ' || :table, 0))")


def create_partitioned(op: Any, table_sql: str, column: str) -> None:
    """Run a CREATE TABLE with `PARTITION BY RANGE (column)` added, and make its partitions.

    `op` is alembic's. A default partition takes what no month covers, so that no insert fails.
    """
    found = re.search(r"CREATE TABLE (\w+)", table_sql)
    if not found:
        raise ValueError("expected CREATE TABLE name (…)")
    table = found.group(1)
    op.execute(f"{table_sql.strip().rstrip(';')} PARTITION BY RANGE ({column})")
    op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
    ensure_partitions(op.get_bind(), table)


def ensure_partitions(
    connection: Connection, table: str, *, start: datetime | None = None, months: int = 3
) -> None:
    """Make the monthly partitions from `start` (default: this month, UTC) on; existing ones stay.

    A month that the default partition has rows of is left there: such rows are late or early ones.
    """
    first = start or utc_now()
    for offset in range(months):
        month = _month(first, offset)
        name = f"{table}_{month:y%Ym%m}"
        if connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar():
            continue
        # Two replicas that make one would each hold what the other one waits for.
        connection.execute(_ALONE, {"table": table})
        until = _month(month, 1)
        strays = _has_strays(connection, table, month, until)
        if not strays:
            connection.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} "
                    f"FOR VALUES FROM ('{month.isoformat()}') TO ('{until.isoformat()}')"
                )
            )


def drop_partitions(connection: Connection, table: str, *, before: datetime) -> list[str]:
    """Drop the monthly partitions that end by `before`; returns their names.

    For tables whose old rows mean nothing any more, such as the inbox: no event comes again after
    months. The default partition stays.
    """
    found = connection.execute(
        text(
            "SELECT inhrelid::regclass::text FROM pg_inherits "
            "WHERE inhparent = to_regclass(:table) ORDER BY 1"
        ),
        {"table": table},
    )
    oldest_kept = f"{table}_{before:y%Ym%m}"
    month = re.compile(rf"{table}_y\d{{4}}m\d\d")
    dropped = [name for name in found.scalars() if month.fullmatch(name) and name < oldest_kept]
    for name in dropped:
        connection.execute(text(f"DROP TABLE {name}"))
    return dropped


def _month(instant: datetime, offset: int) -> datetime:
    year, month = divmod(instant.year * 12 + instant.month - 1 + offset, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def _has_strays(connection: Connection, table: str, start: datetime, end: datetime) -> bool:
    column = connection.execute(
        text("SELECT pg_get_partkeydef(to_regclass(:table))"), {"table": table}
    ).scalar_one()
    column = re.sub(r"RANGE \((\w+)\)", r"\1", column)
    found = connection.execute(
        text(
            f"SELECT EXISTS (SELECT 1 FROM {table}_default "
            f"WHERE {column} >= :start AND {column} < :end)"
        ),
        {"start": start, "end": end},
    )
    return bool(found.scalar())
