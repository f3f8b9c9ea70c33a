"""Finds tickets and locks their rows, always in the order of ids."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, cast, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage import mapping
from services.ticketing.storage.tables import tickets

mapping.start()

_IDS = ARRAY(Uuid)
_GUARD = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")


# Populated afresh: an attempt that was undone may have left its objects in the session.
_LOCKED = select(Ticket).with_for_update(key_share=True).execution_options(populate_existing=True)
_BY_NUMBER = _LOCKED.where(tickets.c.number == bindparam("number"))
_BY_ID = _LOCKED.where(tickets.c.ticket_id == bindparam("ticket_id"))


def lock_by_number(session: Session, number: str) -> Ticket | None:
    """The ticket, locked until the transaction ends."""
    return _one(_begun(session.scalars(_BY_NUMBER, {"number": number})))


def lock_by_id(session: Session, ticket_id: UUID) -> Ticket | None:
    """The ticket, locked until the transaction ends."""
    return _one(_begun(session.scalars(_BY_ID, {"ticket_id": ticket_id})))


def lock_by_ids(session: Session, ticket_ids: Iterable[UUID]) -> dict[UUID, Ticket]:
    """Those of the tickets that exist, locked until the transaction ends."""
    wanted = cast(sorted(set(ticket_ids)), _IDS)
    statement = _LOCKED.where(tickets.c.ticket_id == any_(wanted)).order_by(tickets.c.ticket_id)
    return {ticket.ticket_id: ticket for ticket in _begun(session.scalars(statement))}


def lock_with_successors(session: Session, ticket_ids: Iterable[UUID]) -> dict[UUID, Ticket]:
    """Those of the tickets that exist, and those that carry them on, all locked."""
    ids = list(ticket_ids)
    found = select(tickets.c.followed_up_by).where(
        tickets.c.ticket_id.in_(ids), tickets.c.followed_up_by.is_not(None)
    )
    # One array, which an index can answer; joined by OR they would read the whole table.
    wanted = func.array_cat(cast(ids, _IDS), func.array(found.scalar_subquery()), type_=_IDS)
    statement = _LOCKED.where(tickets.c.ticket_id == any_(wanted)).order_by(tickets.c.ticket_id)
    return {ticket.ticket_id: ticket for ticket in _begun(session.scalars(statement))}


def _begun(loaded: Iterable[Ticket]) -> list[Ticket]:
    found = list(loaded)
    for ticket in found:
        ticket.begin()
    return found


def _one(found: list[Ticket]) -> Ticket | None:
    return found[0] if found else None


def guard_openings(session: Session, ticket_ids: Iterable[UUID]) -> None:
    """Wait for whoever is opening one of these tickets: a row that is not there cannot be locked.

    Every transaction guards before it locks rows, in one order, so that none waits in a circle.
    """
    # The low half of a UUID is its random part; the guard ends with the transaction.
    keys = sorted({_signed(ticket_id.int & (2**64 - 1)) for ticket_id in ticket_ids})
    session.execute(_GUARD, {"keys": keys})


def numbers_of(
    session: Session, ticket_ids: Collection[UUID], is_visible: ColumnElement[bool]
) -> dict[UUID, str]:
    """The numbers of those of the tickets that are visible, by id."""
    statement = select(tickets.c.ticket_id, tickets.c.number).where(
        tickets.c.ticket_id.in_(ticket_ids), is_visible
    )
    return {row.ticket_id: row.number for row in session.execute(statement)}


def _signed(key: int) -> int:
    return key - 2**64 if key >= 2**63 else key
