"""Rows of bulk work: one for the order, one for each ticket, settled with the ticket's change."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from libs.common.crypto import field_context
from services.ticketing.domain.bulks import Outcome, Wanted
from services.ticketing.storage.sealed_texts import known_keys, open_bytes

_ADD = text(
    "INSERT INTO ticket_bulks (bulk_id, owner_id, title, wanted, sealed, total, created_at) "
    "VALUES (:bulk_id, :owner_id, :title, :wanted, :sealed, :total, :now)"
).bindparams(bindparam("wanted", type_=JSONB(none_as_null=True)))
_ADD_ITEMS = text(
    "INSERT INTO ticket_bulk_items (bulk_id, position, number, version) "
    "SELECT :bulk_id, place - 1, number, version "
    "FROM unnest(CAST(:numbers AS text[]), CAST(:versions AS integer[])) "
    "WITH ORDINALITY AS given (number, version, place)"
)
# One person's orders are counted one after the other.
_LOCK_OWNER = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:owner_id AS text), 18))")
_UNFINISHED = text(
    "SELECT count(*) FROM ticket_bulks WHERE owner_id = :owner_id AND finished_at IS NULL"
)
_NEXT = text(
    "SELECT i.bulk_id, i.position, i.number, i.version, b.wanted, b.sealed "
    "FROM ticket_bulks b JOIN ticket_bulk_items i USING (bulk_id) "
    "WHERE b.finished_at IS NULL AND i.state = 'waiting' "
    "ORDER BY b.created_at, b.bulk_id, i.position LIMIT 1 FOR UPDATE OF i SKIP LOCKED"
)
_SETTLE = text(
    "UPDATE ticket_bulk_items SET state = :state, code = :code, message = :message, "
    "settled_at = :now WHERE bulk_id = :bulk_id AND position = :position"
)
# Items that another replica has in its hands still wait here: whoever is last ends the work.
_FINISH = text(
    "UPDATE ticket_bulks b SET finished_at = :now WHERE finished_at IS NULL AND NOT EXISTS ("
    "SELECT 1 FROM ticket_bulk_items i WHERE i.bulk_id = b.bulk_id AND i.state = 'waiting')"
)
_LOCK = text(
    "SELECT * FROM ticket_bulks WHERE bulk_id = :bulk_id AND owner_id = :owner_id FOR UPDATE"
)
_CANCEL = text("UPDATE ticket_bulks SET cancelled_at = :now WHERE bulk_id = :bulk_id")
_SKIP_REST = text(
    "UPDATE ticket_bulk_items SET state = :state, code = :code, message = :message, "
    "settled_at = :now WHERE bulk_id = :bulk_id AND state = 'waiting'"
)
_FORGET = text("DELETE FROM ticket_bulks WHERE finished_at < :before")


def bulk_context(bulk_id: UUID) -> str:
    """What a sealed order is bound to."""
    return field_context("ticket_bulks", "sealed", bulk_id)


def count_unfinished(session: Session, owner_id: UUID) -> int:
    """Of one person; nobody else adds one of theirs until the transaction ends."""
    session.execute(_LOCK_OWNER, {"owner_id": owner_id})
    return int(session.scalar(_UNFINISHED, {"owner_id": owner_id}) or 0)


def add_bulk(
    session: Session,
    bulk_id: UUID,
    title: str,
    wanted: Wanted,
    tickets: Sequence[tuple[str, int | None]],
    now: datetime,
) -> None:
    """An order with its tickets, each by number and the version that was looked at.

    Sealed wherever there are keys: some of the tickets may be confidential, or become so.
    """
    order, keys = wanted.as_json(), known_keys(session)
    sealed = keys.encrypt(orjson.dumps(order), bulk_context(bulk_id)) if keys else None
    row = {
        "bulk_id": bulk_id,
        "owner_id": wanted.actor.subject,
        "title": title,
        "wanted": None if sealed else order,
        "sealed": sealed,
        "total": len(tickets),
        "now": now,
    }
    session.execute(_ADD, row)
    numbers, versions = [one[0] for one in tickets], [one[1] for one in tickets]
    session.execute(_ADD_ITEMS, {"bulk_id": bulk_id, "numbers": numbers, "versions": versions})


def take_item(session: Session) -> RowMapping | None:
    """The next ticket that waits, locked; those in other hands are passed over."""
    return session.execute(_NEXT).mappings().first()


def wanted_of(session: Session, row: RowMapping) -> Wanted:
    """The order that an item belongs to."""
    stored = row["wanted"]
    if stored is None:
        opened = open_bytes(session, row["sealed"], bulk_context(row["bulk_id"]))
        stored = orjson.loads(opened or b"null")
    return Wanted.from_json(stored)


def settle_item(
    session: Session, bulk_id: UUID, position: int, outcome: Outcome, now: datetime
) -> None:
    """What became of it."""
    given = {"bulk_id": bulk_id, "position": position, **vars(outcome), "now": now}
    session.execute(_SETTLE, given)


def finish_bulks(session: Session, now: datetime) -> None:
    """Orders of which nothing waits any more are finished."""
    session.execute(_FINISH, {"now": now})


def lock_bulk(session: Session, bulk_id: UUID, owner_id: UUID) -> RowMapping | None:
    """Somebody's own."""
    return session.execute(_LOCK, {"bulk_id": bulk_id, "owner_id": owner_id}).mappings().first()


def cancel_bulk(session: Session, bulk_id: UUID, outcome: Outcome, now: datetime) -> None:
    """What still waits is left as it is; a ticket in a worker's hands is waited for."""
    session.execute(_CANCEL, {"bulk_id": bulk_id, "now": now})
    session.execute(_SKIP_REST, {"bulk_id": bulk_id, **vars(outcome), "now": now})


def forget_bulks(session: Session, before: datetime) -> None:
    """Those that ended before that."""
    session.execute(_FORGET, {"before": before})
