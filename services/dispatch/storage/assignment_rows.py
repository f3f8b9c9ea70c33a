"""Reads assignments; the ledger writes them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from services.dispatch.domain.assignments import KEPT_AWAY, Assignment
from services.dispatch.storage.rows import names_of
from services.dispatch.storage.tables import assignments

_NAMES = ", ".join(names_of(assignments))
_LONGEST = max(KEPT_AWAY.values())

_OPEN = text(f"SELECT {_NAMES} FROM assignments WHERE ticket_id = ANY(:ids) AND state <> 'ended'")
_LOST = text(
    f"SELECT {_NAMES} FROM assignments "
    "WHERE ticket_id = ANY(:ids) AND ended_at > :since ORDER BY ended_at, assignment_id"
)
_OF_PERSON = text(
    "SELECT ticket_id FROM assignments WHERE person_id = :person_id AND state <> 'ended'"
)
# Returned by an event that may come after a newer header has ended the assignment.
_NOTE_RETURNS = text(
    "UPDATE assignments SET end_cause = given.cause FROM "
    "unnest(CAST(:tickets AS uuid[]), CAST(:epochs AS integer[]), CAST(:causes AS text[])) "
    "AS given (ticket_id, epoch, cause) WHERE assignments.ticket_id = given.ticket_id "
    "AND assignments.epoch = given.epoch AND assignments.withdrawn_at IS NULL "
    "AND (assignments.end_cause IS NULL OR assignments.end_cause = 'unassigned')"
)
_UNANSWERED = text(
    f"SELECT {_NAMES} FROM assignments WHERE state = 'proposed' AND sent_at <= :before "
    "ORDER BY sent_at LIMIT :limit FOR UPDATE SKIP LOCKED"
)
_NOT_TAKEN_AWAY = text(
    f"SELECT {_NAMES} FROM assignments WHERE state = 'active' AND withdrawn_at <= :before "
    "ORDER BY withdrawn_at LIMIT :limit FOR UPDATE SKIP LOCKED"
)
_LAST_OF_CUSTOMERS = text(
    "SELECT given.customer_id, last.person_id "
    "FROM unnest(CAST(:ids AS uuid[])) AS given (customer_id) CROSS JOIN LATERAL ("
    "SELECT person_id FROM assignments WHERE assignments.customer_id = given.customer_id "
    "AND confirmed_at > :since AND coalesce(end_cause, '') <> ALL(:lost) "
    "ORDER BY confirmed_at DESC LIMIT 1) AS last"
)


def open_assignments(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, Assignment]:
    """By ticket, what has not ended: one at most."""
    return {one.ticket_id: one for one in _read(session, _OPEN, ids=list(ticket_ids))}


def lost_assignments(
    session: Session, ticket_ids: Collection[UUID], now: datetime
) -> dict[UUID, list[Assignment]]:
    """By ticket, those that ended so lately that it may matter, the last one last."""
    found: dict[UUID, list[Assignment]] = {}
    for one in _read(session, _LOST, ids=list(ticket_ids), since=now - _LONGEST):
        found.setdefault(one.ticket_id, []).append(one)
    return found


def tickets_of(session: Session, person_id: UUID) -> list[UUID]:
    """The tickets that somebody has or is proposed for."""
    return list(session.scalars(_OF_PERSON, {"person_id": person_id}))


def note_returns(session: Session, returns: Iterable[tuple[UUID, int, str]]) -> None:
    """(ticket, epoch of the assignment, cause): why these assignments end, or have ended."""
    listed = sorted(returns)
    if listed:
        tickets, epochs, causes = (list(column) for column in zip(*listed, strict=True))
        session.execute(_NOTE_RETURNS, {"tickets": tickets, "epochs": epochs, "causes": causes})


def unanswered(session: Session, before: datetime, limit: int) -> list[Assignment]:
    """Proposals that were last sent before then; held, and passed over where others hold them."""
    return _read(session, _UNANSWERED, before=before, limit=limit)


def not_taken_away(session: Session, before: datetime, limit: int) -> list[Assignment]:
    """Those that were last withdrawn before then, and still stand; held in the same way."""
    return _read(session, _NOT_TAKEN_AWAY, before=before, limit=limit)


def last_agents(
    session: Session, customer_ids: Collection[UUID], since: datetime
) -> dict[UUID, UUID]:
    """Who last worked for these customers; whoever let the ticket go does not count."""
    parameters = {"ids": list(customer_ids), "since": since, "lost": list(KEPT_AWAY)}
    rows = session.execute(_LAST_OF_CUSTOMERS, parameters) if customer_ids else ()
    return {row.customer_id: row.person_id for row in rows}


def _read(session: Session, statement: TextClause, **parameters: object) -> list[Assignment]:
    return [Assignment(*row) for row in session.execute(statement, parameters)]
