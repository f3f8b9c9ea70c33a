"""Reads waiting lists; the ledger writes them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from services.dispatch.domain.settling import Header
from services.dispatch.domain.waiting import Waiting
from services.dispatch.storage.rows import names_of
from services.dispatch.storage.tables import tickets, waiting
from services.dispatch.storage.ticket_copies import header_of

_NAMES = ", ".join(names_of(waiting))
_WAITING = ", ".join(f"waiting.{name}" for name in names_of(waiting))
_TICKET = ", ".join(f"tickets.{name}" for name in names_of(tickets))

# The lock is one of the transaction's: a drainer that dies lets go of the group at once. The CTE
# is materialized so that a lock is tried for no more groups than it takes to get one.
_TAKE_GROUP = text(
    "WITH woken AS MATERIALIZED (SELECT group_id FROM (SELECT DISTINCT group_id FROM wakes) AS w "
    "ORDER BY (SELECT urgency_rank FROM waiting WHERE waiting.group_id = w.group_id "
    "AND mode = 'push' AND rule_id IS NOT NULL ORDER BY urgency_rank DESC LIMIT 1) "
    "DESC NULLS LAST, random()) SELECT group_id FROM woken "
    "WHERE pg_try_advisory_xact_lock(hashtextextended(group_id::text, 1)) LIMIT 1"
)
# Before anything of the group is read: what is woken from here on is woken again.
_FORGET_WAKES = text("DELETE FROM wakes WHERE group_id = :group_id")
NEXT = (
    f"SELECT {_TICKET}, customer_copies.language, {_WAITING} FROM waiting "
    "JOIN tickets ON tickets.ticket_id = waiting.ticket_id "
    "LEFT JOIN customer_copies ON customer_copies.customer_id = tickets.customer_id "
    "WHERE waiting.group_id = :group_id AND waiting.mode = 'push' AND waiting.rule_id IS NOT NULL "
    "AND waiting.rule_id <> ALL(:passed_over) "
    "AND (waiting.not_before IS NULL OR waiting.not_before <= :now) "
)
# Urgencies descend and instants ascend: no one row comparison says what comes after.
_AFTER = (
    "AND waiting.urgency_rank <= :rank AND (waiting.urgency_rank < :rank "
    "OR (waiting.since, waiting.ticket_id) > (:since, :ticket_id)) "
)
ORDER = "ORDER BY waiting.urgency_rank DESC, waiting.since, waiting.ticket_id LIMIT :limit"
_FIRST_PAGE, _NEXT_PAGE = text(NEXT + ORDER), text(NEXT + _AFTER + ORDER)

_OF_TICKETS = text(f"SELECT {_NAMES} FROM waiting WHERE ticket_id = ANY(:ids)")
_STANDING = text(
    "SELECT ticket_id, seq FROM tickets JOIN waiting USING (ticket_id) "
    "WHERE ticket_id = ANY(:ids) AND mode = 'push' AND waiting.group_id = :group_id"
)
_STALE = text(
    "SELECT ticket_id FROM waiting "
    "WHERE rules_revision < (SELECT rules_revision FROM settings) "
    "ORDER BY rules_revision, ticket_id LIMIT :limit"
)
_UNOFFERED = text(
    "SELECT ticket_id FROM waiting WHERE mode = 'grab' AND offer_id IS NULL "
    "AND (not_before IS NULL OR not_before <= :now) LIMIT :limit"
)
_EXPIRED = text(
    "SELECT ticket_id FROM waiting WHERE offer_id IS NOT NULL AND offer_ends_at <= :now "
    "ORDER BY offer_ends_at LIMIT :limit"
)
_DEPTH = text("SELECT count(*), min(since) FROM waiting")


@dataclass(frozen=True)
class Queued:
    """A waiting ticket with what is needed to decide about it."""

    header: Header
    language: str | None
    waiting: Waiting


def take_woken_group(session: Session) -> UUID | None:
    """A group that was woken and that nobody else drains, till the transaction ends.

    Those with the most pressing tickets first.
    """
    group_id: UUID | None = session.scalar(_TAKE_GROUP)
    if group_id is not None:
        session.execute(_FORGET_WAKES, {"group_id": group_id})
    return group_id


def next_in_group(
    session: Session,
    group_id: UUID,
    *,
    after: Waiting | None,
    passed_over: Collection[UUID],
    now: datetime,
    limit: int,
) -> list[Queued]:
    """The next that rules decide, in the order of the list, but none of rules `passed_over`."""
    parameters = {
        "group_id": group_id,
        "passed_over": list(passed_over),
        "now": now,
        "limit": limit,
    }
    if after:
        parameters |= {
            "rank": after.urgency_rank,
            "since": after.since,
            "ticket_id": after.ticket_id,
        }
    statement = _NEXT_PAGE if after else _FIRST_PAGE
    split = len(names_of(tickets))
    return [
        Queued(header_of(row), row[split], Waiting(*row[split + 1 :]))
        for row in session.execute(statement, parameters)
    ]


def still_waiting(
    session: Session, group_id: UUID, ticket_ids: Collection[UUID]
) -> dict[UUID, int]:
    """Those of the tickets that wait in the group to be decided, with their seq."""
    parameters = {"ids": list(ticket_ids), "group_id": group_id}
    rows = session.execute(_STANDING, parameters) if ticket_ids else ()
    return {row.ticket_id: row.seq for row in rows}


def waiting_of(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, Waiting]:
    """By ticket."""
    rows = session.execute(_OF_TICKETS, {"ids": list(ticket_ids)}) if ticket_ids else ()
    return {row.ticket_id: Waiting(*row) for row in rows}


def matched_by_older_rules(session: Session, limit: int) -> list[UUID]:
    """Tickets that wait by rules that have changed since."""
    return _ids(session, _STALE, limit=limit)


def not_offered_yet(session: Session, now: datetime, limit: int) -> list[UUID]:
    """Tickets that may be grabbed, of which nobody knows yet."""
    return _ids(session, _UNOFFERED, now=now, limit=limit)


def offered_too_long(session: Session, now: datetime, limit: int) -> list[UUID]:
    """Tickets that nobody grabbed in time."""
    return _ids(session, _EXPIRED, now=now, limit=limit)


def depth(session: Session) -> tuple[int, datetime | None]:
    """How many tickets wait, and since when the first."""
    count, since = session.execute(_DEPTH).one()
    return count, since


def _ids(session: Session, statement: TextClause, **parameters: object) -> list[UUID]:
    return list(session.scalars(statement, parameters))
