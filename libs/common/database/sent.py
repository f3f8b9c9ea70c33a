"""What has been published lately, kept for a while so that it can be sent once more.

A broker that lost its disk, or a backup that was restored without one, has lost what stood in its
queues. Sending it again is safe: every reader's inbox drops what it has handled. What is kept holds
what customers wrote, so it is sealed wherever there are keys.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

from libs.common.crypto.key_ring import KeyRing, Undecryptable, field_context
from libs.common.crypto.sealed_columns import index_key_ids
from libs.common.database.outbox import OutboxRow, store_events
from libs.common.ids import uuid7

_TABLES = """
CREATE TABLE outbox_sent (
    batch_id uuid PRIMARY KEY,
    sent_at timestamptz NOT NULL DEFAULT now(),
    events integer NOT NULL,
    body bytea,
    sealed_body bytea,
    CHECK ((body IS NULL) <> (sealed_body IS NULL))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- It is compressed already.
ALTER TABLE outbox_sent ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE outbox_sent ALTER COLUMN sealed_body SET STORAGE EXTERNAL;
CREATE INDEX ix_outbox_sent_sent_at ON outbox_sent (sent_at);
"""
_KEEP = text(
    "INSERT INTO outbox_sent (batch_id, events, body, sealed_body) "
    "VALUES (:batch_id, :events, :body, :sealed_body)"
)
_FORGET = text(
    "DELETE FROM outbox_sent WHERE batch_id IN (SELECT batch_id FROM outbox_sent "
    " WHERE sent_at < :before ORDER BY sent_at LIMIT :n)"
)
_SINCE = text(
    "SELECT batch_id, body, sealed_body FROM outbox_sent "
    "WHERE (sent_at, batch_id) > (:since, CAST(:after AS uuid)) ORDER BY sent_at, batch_id LIMIT 1"
)
_PLACE = text("SELECT sent_at FROM outbox_sent WHERE batch_id = :batch_id")
_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Resent:
    """How many events wait to be published again, and batches that no key opens."""

    events: int = 0
    unreadable: int = 0


def create_sent_table(op: Any) -> None:
    """Called by one migration of each owner with alembic's `op`."""
    op.execute(_TABLES)
    index_key_ids(op, "outbox_sent", "sealed_body")


def keep_sent(connection: Connection, rows: Sequence[OutboxRow], ring: KeyRing | None) -> None:
    """Keep what the broker has confirmed, in the transaction that takes it out of the outbox."""
    batch_id = uuid7()
    events = [[row.event_id, row.type, row.is_urgent, row.body] for row in rows]
    packed = zlib.compress(orjson.dumps(events), 1)
    sealed = ring.encrypt(packed, batch_context(batch_id)) if ring else None
    connection.execute(
        _KEEP,
        {
            "batch_id": batch_id,
            "events": len(rows),
            "body": None if sealed else packed,
            "sealed_body": sealed,
        },
    )


def forget_sent(connection: Connection, before: datetime, limit: int = 2000) -> int:
    """Drop the oldest of what was sent earlier; returns how many batches went."""
    return connection.execute(_FORGET, {"before": before, "n": limit}).rowcount


def resend(connection: Connection, since: datetime, ring: KeyRing | None) -> Resent:
    """Put what was sent since then back into the outbox, with the same ids, oldest first."""
    events = unreadable = 0
    for batch in _batches(connection, since):
        try:
            rows = _unpack(batch, ring)
        except Undecryptable:
            unreadable += 1
            continue
        store_events(connection, rows)
        events += len(rows)
    return Resent(events, unreadable)


def _batches(connection: Connection, since: datetime) -> Iterator[Any]:
    """One at a time: hours of a busy day do not fit into memory."""
    place: dict[str, object] = {"since": since, "after": _NOBODY}
    while batch := connection.execute(_SINCE, place).one_or_none():
        yield batch
        sent_at = connection.execute(_PLACE, {"batch_id": batch.batch_id}).scalar_one()
        place = {"since": sent_at, "after": batch.batch_id}


def _unpack(batch: Any, ring: KeyRing | None) -> list[dict[str, object]]:
    if batch.sealed_body is None:
        packed = bytes(batch.body)
    elif ring is None:
        raise Undecryptable("sealed events, and no keys")
    else:
        packed = ring.decrypt(bytes(batch.sealed_body), batch_context(batch.batch_id))
    names = ("event_id", "type", "is_urgent", "body")
    return [dict(zip(names, one, strict=True)) for one in orjson.loads(zlib.decompress(packed))]


def batch_context(batch_id: UUID) -> str:
    """What a sealed batch is bound to."""
    return field_context("outbox_sent", "sealed_body", batch_id)
