"""The archive: what other teams may read of each event that was consumed, and nothing else."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import Session

from libs.common.contracts.envelope import Event, private_fields, schema_of
from libs.common.database.partitions import drop_partitions, ensure_partitions
from libs.common.database.rows import put_rows

_NAMES = ("event_id", "occurred_at", "type", "subject", "seq", "body")
_READ = text(
    "SELECT occurred_at, event_id, body FROM archive "
    "WHERE (occurred_at, event_id) > (:at, :id) ORDER BY occurred_at, event_id LIMIT :n"
)
# Before any event.
BEGINNING = (datetime.fromisoformat("0001-01-02T00:00:00+00:00"), UUID(int=0))


def archive_events(session: Session, events: Iterable[Event]) -> None:
    """Keep them; those that are there already stay."""
    rows = [_row(event) for event in events]
    put_rows(session, "archive", _NAMES, rows, "ON CONFLICT DO NOTHING")


def _row(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "occurred_at": event.time,
        "type": event.type,
        "subject": event.subject,
        "seq": event.data.get("seq"),
        "body": public_text(event),
    }


def public_text(event: Event) -> str:
    """The event as the public exchange carries it, but for what this release does not know."""
    private = private_fields(event.type)
    told = {name: value for name, value in event.data.items() if name not in private}
    body = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": event.time,
        "datacontenttype": "application/json",
        "hops": event.hops,
        "data": told,
    }
    return orjson.dumps(body).decode()


def read_archive(session: Session, after: tuple[datetime, UUID], n: int) -> Sequence[Row[Any]]:
    """The next `n` events behind that one, by time and id."""
    return session.execute(_READ, {"at": after[0], "id": after[1], "n": n}).all()


def archived_event(body: str) -> Event:
    """What was archived, read again: without its private fields, required though they are."""
    raw = orjson.loads(body)
    private = tuple(private_fields(raw["type"]))
    return Event(
        id=UUID(raw["id"]),
        type=raw["type"],
        source=raw["source"],
        subject=raw["subject"],
        time=datetime.fromisoformat(raw["time"]),
        data=schema_of(raw["type"]).load(raw["data"], partial=private),
        hops=raw["hops"],
    )


def drop_archive(connection: Connection, *, before: datetime) -> list[str]:
    """Drop the months before that instant's; the facts made of them stay."""
    return drop_partitions(connection, "archive", before=before)


def make_months(connection: Connection, start: datetime, months: int) -> None:
    """Partitions for months that are past, where much is to be loaded."""
    for table in ("archive", "facts"):
        ensure_partitions(connection, table, start=start, months=months)
