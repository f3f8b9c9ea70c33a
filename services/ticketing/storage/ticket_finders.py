"""Finds tickets and locks their rows, always in the order of ids."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, any_, bindparam, func, null, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Session, aliased

from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage import mapping
from services.ticketing.storage.attachment_rows import media_types_of
from services.ticketing.storage.category_rows import places_of
from services.ticketing.storage.tables import tickets
from services.ticketing.storage.template_versions import versions_of

mapping.start()

_IDS = ARRAY(Uuid)
_GUARD = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")


_own, _parent = tickets.alias(), tickets.alias()


def _locked(condition: ColumnElement[bool], *others: ColumnElement[Any]) -> Any:
    """Tickets that fit, as loaded from a query that locks them, `others`, and those above them.

    Those above follow when a ticket ends or is reopened. They are locked in the same order and not
    loaded: somebody may have changed them in this very transaction. The query is one array, which
    an index can answer; joined by OR it would read the whole table. Its rows are as the locks found
    them, which a second look at the table would not promise.
    """
    named = array([_own.c.ticket_id, _own.c.parent_id, _parent.c.parent_id, *others])
    ids = func.array_remove(named, null(), type_=_IDS)
    wanted = (
        select(func.unnest(ids))
        .select_from(_own.outerjoin(_parent, _parent.c.ticket_id == _own.c.parent_id))
        .where(condition)
    )
    family = (
        select(tickets)
        .where(tickets.c.ticket_id == any_(func.array(wanted.scalar_subquery(), type_=_IDS)))
        .order_by(tickets.c.ticket_id)
        .with_for_update(key_share=True)
        .cte()
    )
    # Populated afresh: an attempt that was undone may have left its objects in the session.
    found = select(aliased(Ticket, family)).execution_options(populate_existing=True)
    return found, family.c


def _by_number() -> Any:
    found, columns = _locked(_own.c.number == bindparam("number"))
    return found.where(columns.number == bindparam("number"))


def _by_ids() -> Any:
    ids = bindparam("ids", type_=_IDS)
    found, columns = _locked(_own.c.ticket_id == any_(ids))
    return found.where(columns.ticket_id == any_(ids)).order_by(columns.ticket_id)


def _with_successors() -> Any:
    ids = bindparam("ids", type_=_IDS)
    successors = _own.c.followed_up_by, _own.c.merged_into
    found, columns = _locked(_own.c.ticket_id == any_(ids), *successors)
    closed = select(func.unnest(array([columns.followed_up_by, columns.merged_into]))).where(
        columns.ticket_id == any_(ids)
    )
    return found.where(or_(columns.ticket_id == any_(ids), columns.ticket_id.in_(closed)))


_BY_NUMBER, _BY_IDS, _WITH_SUCCESSORS = _by_number(), _by_ids(), _with_successors()
_FREE = (
    select(Ticket)
    .with_for_update(key_share=True, skip_locked=True)
    .execution_options(populate_existing=True)
)
_MERGED_INTO = select(tickets.c.merged_into).where(tickets.c.number == bindparam("number"))
_IDS_OF = select(tickets.c.number, tickets.c.ticket_id).where(
    tickets.c.number == any_(bindparam("numbers", type_=ARRAY(Text)))
)
_TO_NAME = select(Ticket).where(
    tickets.c.number == bindparam("number"), tickets.c.deleted_at.is_(None)
)


def lock_by_number(session: Session, number: str) -> Ticket | None:
    """The ticket, locked until the transaction ends; so are those above it."""
    return next(iter(_begun(session, session.scalars(_BY_NUMBER, {"number": number}))), None)


def read_by_number(session: Session, number: str) -> Ticket | None:
    """The ticket to look at: not locked, and no change of it is ever written if nobody commits."""
    found = select(Ticket).where(tickets.c.number == number)
    loaded = session.scalars(found.execution_options(populate_existing=True))
    return next(iter(_begun(session, loaded)), None)


@dataclass(frozen=True)
class KnownTicket:
    """Another ticket, as far as one may name it."""

    ticket_id: UUID
    number: str
    scope: Mapping[str, Any]


def find_by_number(session: Session, number: str) -> KnownTicket | None:
    """A ticket that is not to be changed, and not in the bin."""
    ticket = session.scalar(_TO_NAME, {"number": number})
    return KnownTicket(ticket.ticket_id, ticket.number, ticket.scope()) if ticket else None


def lock_by_id(session: Session, ticket_id: UUID) -> Ticket | None:
    """The same by its id."""
    return lock_by_ids(session, [ticket_id]).get(ticket_id)


def lock_if_free(
    session: Session, ticket_id: UUID, is_wanted: ColumnElement[bool]
) -> Ticket | None:
    """The ticket, locked, if it is still wanted and nobody else has it locked."""
    statement = _FREE.where(tickets.c.ticket_id == ticket_id, is_wanted)
    return next(iter(_begun(session, session.scalars(statement))), None)


def lock_by_ids(session: Session, ticket_ids: Iterable[UUID]) -> dict[UUID, Ticket]:
    """Those of the tickets that exist, locked until the transaction ends, as those above them."""
    found = _begun(session, session.scalars(_BY_IDS, {"ids": sorted(set(ticket_ids))}))
    return {ticket.ticket_id: ticket for ticket in found}


def lock_with_successors(session: Session, ticket_ids: Iterable[UUID]) -> dict[UUID, Ticket]:
    """Those of the tickets that exist, and those that carry them on, all locked."""
    found = _begun(session, session.scalars(_WITH_SUCCESSORS, {"ids": sorted(set(ticket_ids))}))
    return {ticket.ticket_id: ticket for ticket in found}


def ids_of(session: Session, numbers: Collection[str]) -> dict[str, UUID]:
    """The ids of those of the numbers that there are."""
    rows = session.execute(_IDS_OF, {"numbers": list(numbers)})
    return {row.number: row.ticket_id for row in rows}


def merged_into(session: Session, number: str) -> UUID | None:
    """The ticket that this one has become part of, as far as is known without a lock."""
    return session.scalar(_MERGED_INTO, {"number": number})


def _begun(session: Session, loaded: Iterable[Ticket]) -> list[Ticket]:
    found = list(loaded)
    bring_templates(session, found)
    bring_categories(session, found)
    for ticket in found:
        ticket.begin()
    return found


def bring_templates(session: Session, found: Collection[Ticket]) -> None:
    """Give tickets their templates, and what those need to know of their files."""
    known = versions_of(session, (ticket.template_version_id for ticket in found))
    for ticket in found:
        ticket.template = known.get(ticket.template_version_id)  # type: ignore[arg-type]
    asking = [ticket for ticket in found if ticket.template and ticket.template.asks_for_files]
    types = media_types_of(session, [one.ticket_id for one in asking]) if asking else {}
    for ticket in asking:
        ticket.media_types = types.get(ticket.ticket_id, ())


def bring_categories(session: Session, found: Collection[Ticket]) -> None:
    """Give tickets their places in the tree, as it is now."""
    ids = {ticket.category_id for ticket in found if ticket.category_id}
    known = places_of(session, ids) if ids else {}
    for ticket in found:
        ticket.category = known.get(ticket.category_id) if ticket.category_id else None


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
        tickets.c.ticket_id.in_(ticket_ids), tickets.c.deleted_at.is_(None), is_visible
    )
    return {row.ticket_id: row.number for row in session.execute(statement)}


def _signed(key: int) -> int:
    return key - 2**64 if key >= 2**63 else key
