"""One ticket with its timeline."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Select, bindparam, select

from libs.common import scope
from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.statuses import PURGED, OwnStatuses
from services.ticketing.domain.ticket import Ticket
from services.ticketing.queries.attachment_looks import with_looks
from services.ticketing.queries.confidential import COLUMNS, marks, reason_for, reporting
from services.ticketing.queries.filters import may_see_bin
from services.ticketing.queries.scoping import SCOPE_COLUMNS, TICKET_SCOPE, scope_of
from services.ticketing.queries.shapes import show_entry, show_ticket
from services.ticketing.queries.ticket_forms import show_form, show_withheld_form
from services.ticketing.storage.category_rows import names_of
from services.ticketing.storage.sealed_texts import open_entry, open_fields, open_solution
from services.ticketing.storage.status_rows import OWN_BESIDE, own_beside, own_statuses
from services.ticketing.storage.tables import tickets, timeline_entries
from services.ticketing.storage.template_versions import find_version
from services.ticketing.storage.ticket_finders import numbers_of

_LIMIT = 100

_unread = {"search_text", "urgency_rank", "watchers"}
# Statements are made once: building one takes longer than its execution.
_TICKET = select(
    *(column for column in tickets.c if column.name not in _unread),
    names_of("zh"),
    names_of("en"),
    OWN_BESIDE,
).where(tickets.c.number == bindparam("number"))
_ORIGIN = select(
    tickets.c.ticket_id,
    tickets.c.number,
    tickets.c.created_at,
    tickets.c.status,
    tickets.c.deleted_at,
    *COLUMNS,
    *SCOPE_COLUMNS,
).where(tickets.c.number == bindparam("number"))
# No entry is older than its ticket: partitions before it need not be looked at.
_NEWEST = (
    select(timeline_entries)
    .where(
        timeline_entries.c.ticket_id == bindparam("ticket_id"),
        timeline_entries.c.created_at >= bindparam("created_at"),
    )
    .order_by(timeline_entries.c.seq.desc())
    .limit(bindparam("limit", type_=Integer))
)
_ENTRY = select(timeline_entries).where(
    timeline_entries.c.ticket_id == bindparam("ticket_id"),
    timeline_entries.c.created_at >= bindparam("created_at"),
    timeline_entries.c.entry_id == bindparam("entry_id"),
)
_OLDER = _NEWEST.where(timeline_entries.c.seq < bindparam("before"))


def get_ticket(
    uow: UnitOfWork, actor: Actor, number: str, timeline_limit: int = 50
) -> dict[str, Any]:
    """The ticket with the newest page of its timeline; NotFound outside the actor's scope."""
    row = _find(uow, actor, _TICKET, number)
    numbers = _numbers_beside(uow, actor, row)
    reason = reason_for(row, actor)
    timeline = _timeline(uow, row, timeline_limit, None, reason)
    own = own_beside(row)
    if reason is not None:
        form = show_withheld_form(uow.session, row)
        shown = _shown(uow, row, actor, numbers, own) | form | {"solution": None}
        return shown | {"timeline": timeline} | marks(reason)
    opened = _opened(uow, row)
    shown = _shown(uow, opened, actor, numbers, own) | show_form(uow.session, opened)
    more = {"timeline": timeline, "confirmation": _with_words(uow, row)}
    return reporting(shown | more | marks(None), [row], actor, "ticket")


def _opened(uow: UnitOfWork, row: Row[Any]) -> Any:
    """The row with what it keeps sealed."""
    if row.sealed_fields is None and row.sealed_solution is None:
        return row
    fields = {**row.fields, **(open_fields(uow.session, row) or {})}
    known = {**row._mapping, "fields": fields, **open_solution(uow.session, row)}
    return SimpleNamespace(**known)


def _with_words(uow: UnitOfWork, row: Row[Any]) -> dict[str, Any] | None:
    """The customer's confirmation with the words, which stand in the timeline alone."""
    known: dict[str, Any] | None = row.confirmation
    if known is None:
        return None
    wanted = {"ticket_id": row.ticket_id, "created_at": row.created_at}
    entry = uow.session.execute(_ENTRY, wanted | {"entry_id": known["entry_id"]}).one_or_none()
    text = open_entry(uow.session, entry).get("text", entry.text) if entry else None
    return {**known, "words": text}


def show_changed(uow: UnitOfWork, ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """A ticket right after a command, as the actor sees it."""
    shown = _shown(
        uow, ticket, actor, _numbers_beside(uow, actor, ticket), own_statuses(uow.session)
    )
    reason = reason_for(ticket, actor)
    if reason is not None:
        form = show_withheld_form(uow.session, ticket)
        return shown | form | {"solution": None} | marks(reason)
    answer = shown | show_form(uow.session, ticket) | marks(None)
    return reporting(answer, [ticket], actor, "ticket")


def _shown(
    uow: UnitOfWork, ticket: Any, actor: Actor, numbers: dict[UUID, str], own: OwnStatuses
) -> dict[str, Any]:
    template = find_version(uow.session, ticket.template_version_id)
    rules = template.definition.statuses if template else None
    return show_ticket(ticket, actor, numbers, rules, own)


def _numbers_beside(uow: UnitOfWork, actor: Actor, ticket: Any) -> dict[UUID, str]:
    """Numbers of the tickets that this one may belong to, as far as the actor may know of them."""
    beside = ticket.possibly_related_to, ticket.follows_up, ticket.merged_into
    ids = {one for one in (*beside, ticket.duplicate_of) if one}
    return numbers_of(uow.session, ids, scope.visible(actor, TICKET_SCOPE)) if ids else {}


def find_ticket_id(uow: UnitOfWork, actor: Actor, number: str) -> UUID:
    """For whatever hangs on a ticket; NotFound outside the actor's scope."""
    found: UUID = find_ticket_face(uow, actor, number).ticket_id
    return found


def find_ticket_face(uow: UnitOfWork, actor: Actor, number: str) -> Row[Any]:
    """The same with whether it is confidential."""
    return _find(uow, actor, _ORIGIN, number)


def list_timeline(
    uow: UnitOfWork, actor: Actor, number: str, limit: int = 50, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the timeline before `cursor`, ascending inside: {items, previous_cursor}."""
    return show_timeline(uow, actor, _find(uow, actor, _ORIGIN, number), limit, cursor)


def show_timeline(
    uow: UnitOfWork, actor: Actor, ticket: Any, limit: int, cursor: str | None
) -> dict[str, Any]:
    """The same of a ticket that the actor has been found to see."""
    before = int(decode_cursor(cursor, 1, int)[0]) if cursor else None
    page = _timeline(uow, ticket, limit, before, reason_for(ticket, actor))
    return reporting(page, [ticket], actor, "timeline")


def _find(uow: UnitOfWork, actor: Actor, statement: Select[Any], number: str) -> Row[Any]:
    row = uow.session.execute(statement, {"number": number}).one_or_none()
    if row is None or _is_hidden(row, actor) or not scope.allows(actor, scope_of(row)):
        raise NotFound("ticket.not_found", "there is no such ticket")
    return row


def _is_hidden(row: Row[Any], actor: Actor) -> bool:
    """In the bin it is seen by those who may empty it; afterwards by nobody."""
    return row.deleted_at is not None and (row.status == PURGED or not may_see_bin(actor))


def _timeline(
    uow: UnitOfWork, ticket: Any, limit: int, before: int | None, reason: str | None
) -> dict[str, Any]:
    if not isinstance(limit, int) or not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
    wanted = {
        "ticket_id": ticket.ticket_id,
        "created_at": ticket.created_at,
        "limit": limit + 1,
    }
    if before is None:
        rows = uow.session.execute(_NEWEST, wanted).all()
    else:
        rows = uow.session.execute(_OLDER, wanted | {"before": before}).all()
    page = rows[:limit][::-1]
    if reason is None:
        shown = [show_entry(row) | open_entry(uow.session, row) for row in page]
    else:
        shown = [_withheld_entry(row) for row in page]
    return {
        "items": with_looks(uow.session, shown),
        **({} if reason is None else marks(reason)),
        "previous_cursor": encode_cursor([page[0].seq]) if len(rows) > limit else None,
    }


def _withheld_entry(row: Row[Any]) -> dict[str, Any]:
    """That there is one, whose and of what kind."""
    event = row.event and {"type": row.event.get("type")}
    hidden: dict[str, Any] = {
        "text": None,
        "html": None,
        "attachments": [],
        "mentions": [],
        "event": event,
    }
    return show_entry(row) | hidden | {"is_withheld": True}
