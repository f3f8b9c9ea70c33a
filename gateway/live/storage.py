"""The tables of live updates: written by `gateway.events`, read by every process of the web."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

from gateway.auth.lookups import Lookups
from gateway.live.updates import KnownTicket, NewUpdate

KEPT_FOR = timedelta(hours=1)
MOST_KEPT = 200_000
_TICKETS_KEPT_FOR = timedelta(days=90)

_TURN = text("SELECT pg_advisory_xact_lock(hashtext('gateway.live'))")
_FIND = text(
    "SELECT ticket_id, seq, scope, body FROM live_tickets "
    "WHERE ticket_id = ANY(CAST(:ids AS uuid[]))"
)
_SAVE = text(
    "INSERT INTO live_tickets (ticket_id, seq, scope, body) "
    "SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) "
    "AS t(ticket_id uuid, seq integer, scope jsonb, body jsonb) "
    "ON CONFLICT (ticket_id) DO UPDATE SET seq = excluded.seq, scope = excluded.scope, "
    "body = excluded.body, updated_at = clock_timestamp()"
)
# In the order of the array, so that ids follow it.
_ADD = text(
    "INSERT INTO live_updates "
    "(kind, ticket_id, scope, previous, recipients, is_public, body) "
    "SELECT kind, ticket_id, scope, previous, recipients, is_public, body "
    "FROM ROWS FROM (jsonb_to_recordset(CAST(:rows AS jsonb)) AS (kind text, ticket_id uuid, "
    "scope jsonb, previous jsonb, recipients uuid[], is_public boolean, body jsonb)) "
    "WITH ORDINALITY AS t(kind, ticket_id, scope, previous, recipients, is_public, body, place) "
    "ORDER BY place"
)
_READ = """
SELECT id, created_at, kind, ticket_id, scope, previous, recipients::text[], is_public, body
FROM live_updates WHERE id > %s ORDER BY id LIMIT %s
"""
_BOUNDS = """
SELECT k.forgotten_to, greatest(k.forgotten_to, coalesce(max(u.id), 0))
FROM live_kept k LEFT JOIN LATERAL (SELECT id FROM live_updates ORDER BY id DESC LIMIT 1) u ON true
GROUP BY k.forgotten_to
"""
_FORGET = text(
    "WITH gone AS (DELETE FROM live_updates WHERE id <= greatest("
    "(SELECT max(id) FROM live_updates WHERE created_at < :before), "
    "(SELECT max(id) FROM live_updates) - :most) RETURNING id) "
    "UPDATE live_kept SET forgotten_to = greatest(forgotten_to, (SELECT max(id) FROM gone)) "
    "WHERE EXISTS (SELECT 1 FROM gone)"
)
_FORGET_TICKETS = text("DELETE FROM live_tickets WHERE updated_at < :before")


@dataclass(frozen=True, slots=True)
class Row:
    """An update as it is kept."""

    id: int
    created_at: datetime
    kind: str
    ticket_id: UUID | None
    scope: dict[str, Any] | None
    previous: list[dict[str, Any]]
    recipients: list[str]
    is_public: bool
    body: dict[str, Any]


def take_turn(connection: Connection) -> None:
    """Wait until no other transaction is adding updates; ends with this one."""
    connection.execute(_TURN)


def find_tickets(connection: Connection, ids: Collection[UUID]) -> dict[UUID, KnownTicket]:
    """Those of these tickets that were told before."""
    found = connection.execute(_FIND, {"ids": [str(one) for one in ids]}) if ids else ()
    return {row[0]: KnownTicket(*row) for row in found}


def save_tickets(connection: Connection, tickets: Sequence[KnownTicket]) -> None:
    """Remember what was told last."""
    rows = [
        {"ticket_id": one.ticket_id, "seq": one.seq, "scope": one.scope, "body": one.body}
        for one in tickets
    ]
    if rows:
        connection.execute(_SAVE, {"rows": orjson.dumps(rows).decode()})


def add_updates(connection: Connection, updates: Sequence[NewUpdate]) -> None:
    """Ids rise in the given order; `take_turn` must have been called."""
    if updates:
        connection.execute(_ADD, {"rows": orjson.dumps(updates).decode()})


def forget_updates(connection: Connection, now: datetime) -> None:
    """Drop what is older than an hour, or more than there is room for."""
    connection.execute(_FORGET, {"before": now - KEPT_FOR, "most": MOST_KEPT})
    connection.execute(_FORGET_TICKETS, {"before": now - _TICKETS_KEPT_FOR})


def read_after(lookups: Lookups, position: int, limit: int) -> list[Row]:
    """The next updates behind a position."""
    return [Row(*row) for row in lookups.run(_READ, (position, limit))]


def bounds(lookups: Lookups) -> tuple[int, int]:
    """The highest id that is forgotten, and the highest there is."""
    forgotten_to, newest = lookups.run(_BOUNDS, ())[0]
    return forgotten_to, newest
