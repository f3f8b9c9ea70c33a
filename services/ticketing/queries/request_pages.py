"""Tickets as their requesters see them: what was said in public, in customers' words.

Notes, events, versions and the names of staff stay inside.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, or_, select, tuple_

from libs.common import scope
from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.closing import WITHDRAWN, is_reopenable
from services.ticketing.domain.statuses import CLOSED, SOLVED, UNFINISHED
from services.ticketing.queries.attachment_looks import with_looks
from services.ticketing.queries.request_forms import form_of, show_answers, show_category_of
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.queries.shapes import show_entry, show_instant
from services.ticketing.storage.category_rows import names_of
from services.ticketing.storage.sealed_texts import open_entry
from services.ticketing.storage.tables import statuses, tickets, timeline_entries
from services.ticketing.storage.ticket_settings import read_settings

_LIMIT = 100
_STAFF = "客服"
# What a requester may ask for, by the categories that it means.
_PHASES: Mapping[str, tuple[str, ...]] = {
    "open": UNFINISHED,
    "solved": (SOLVED,),
    "closed": (CLOSED,),
}

_target = tickets.alias()
_REQUESTS = select(
    tickets.c.ticket_id,
    tickets.c.number,
    tickets.c.subject,
    tickets.c.kind,
    tickets.c.channel,
    tickets.c.status_category,
    tickets.c.created_at,
    tickets.c.updated_at,
    tickets.c.solved_at,
    tickets.c.closed_at,
    tickets.c.close_kind,
    tickets.c.status,
    tickets.c.followed_up_by,
    tickets.c.merged_into,
    tickets.c.confirmation,
    tickets.c.last_urged_at,
    statuses.c.customer_text_zh,
    statuses.c.customer_text_en,
    _target.c.number.label("merged_into_number"),
).select_from(
    tickets.join(
        statuses, statuses.c.key == func.coalesce(tickets.c.own_status, tickets.c.status)
    ).outerjoin(
        _target,
        # Another customer's ticket is none of the requester's business.
        and_(
            _target.c.ticket_id == tickets.c.merged_into,
            _target.c.customer_id == tickets.c.customer_id,
        ),
    )
)

_solutions = and_(
    timeline_entries.c.event["type"].astext == "ticket.solved",
    # Else the agent has told it in another way, and the words are for the file.
    timeline_entries.c.event["notify_customer"].as_boolean(),
)
_PUBLIC = (
    select(timeline_entries)
    .where(
        timeline_entries.c.ticket_id == bindparam("ticket_id"),
        timeline_entries.c.created_at >= bindparam("created_at"),
        or_(timeline_entries.c.kind == "message", _solutions),
    )
    .order_by(timeline_entries.c.seq.desc())
    .limit(bindparam("limit", type_=Integer))
)
_OLDER = _PUBLIC.where(timeline_entries.c.seq < bindparam("before"))


def list_requests(
    uow: UnitOfWork,
    actor: Actor,
    status: str | None = None,
    limit: int = 25,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the requester's own tickets, lately changed first: {items, next_cursor}."""
    _check_limit(limit)
    order = (tickets.c.updated_at, tickets.c.ticket_id)
    conditions = [_own(actor), *_phase(status)]
    if cursor:
        conditions.append(tuple_(*order) < tuple_(*decode_cursor(cursor, 2, datetime, UUID)))
    statement = _REQUESTS.where(*conditions).order_by(*(one.desc() for one in order))
    rows = uow.session.execute(statement.limit(limit + 1)).all()
    days = read_settings(uow.session).reopen_days
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [_show(row, days) for row in rows[:limit]],
        "next_cursor": encode_cursor([last.updated_at, last.ticket_id]) if last else None,
    }


def get_request(
    uow: UnitOfWork, actor: Actor, number: str, limit: int = 50, cursor: str | None = None
) -> dict[str, Any]:
    """One of them with a page of what was said, ascending; the newest page without `cursor`."""
    _check_limit(limit)
    before = int(decode_cursor(cursor, 1, int)[0]) if cursor else None
    row = uow.session.execute(
        _REQUESTS.add_columns(
            tickets.c.fields,
            tickets.c.template_version_id,
            tickets.c.urgency,
            tickets.c.category_id,
            names_of("zh"),
            names_of("en"),
        ).where(tickets.c.number == number, _own(actor))
    ).one_or_none()
    if row is None:
        raise NotFound("ticket.not_found", "there is no such ticket")
    days = read_settings(uow.session).reopen_days
    form = form_of(uow, row)
    return _show(row, days) | {
        "form": show_answers(form, row),
        "category": show_category_of(form, row),
        "timeline": _timeline(uow, row, limit, before),
    }


def show_request_entry(entry: Any, opened: dict[str, Any] | None = None) -> dict[str, Any]:
    """What was said; takes a row, with its texts `opened` where they are sealed, or an entry."""
    shown = show_entry(entry) | (opened or {})
    is_own = entry.direction == "in"
    author = {"kind": "customer", "name": entry.author_name}
    return {
        "entry_id": shown["entry_id"],
        "kind": "message" if entry.kind == "message" else "solution",
        "direction": "in" if is_own else "out",
        "author": author if is_own else {"kind": "agent", "name": _STAFF},
        "text": shown["text"],
        "html": shown["html"],
        "attachments": shown["attachments"],
        "is_auto_reply": shown["is_auto_reply"],
        "created_at": shown["created_at"],
    }


def _own(actor: Actor) -> ColumnElement[bool]:
    scope.requester_of(actor)
    return and_(scope.visible(actor, TICKET_SCOPE), tickets.c.deleted_at.is_(None))


def _phase(status: str | None) -> list[ColumnElement[bool]]:
    if status is None or status == "":
        return []
    if status not in tuple(_PHASES):
        raise field_error("status", f"must be one of {', '.join(_PHASES)}", "filter.invalid")
    return [tickets.c.status_category.in_(_PHASES[status])]


def _show(row: Any, reopen_days: int) -> dict[str, Any]:
    return {
        "number": row.number,
        "subject": row.subject,
        "kind": row.kind,
        "channel": row.channel,
        "status": {
            "category": row.status_category,
            "text": {"zh": row.customer_text_zh, "en": row.customer_text_en},
        },
        "merged_into": row.merged_into_number,
        "may_write": row.status_category != CLOSED or is_reopenable(row, reopen_days, utc_now()),
        "may_urge": row.status_category in UNFINISHED,
        "may_withdraw": row.status_category in UNFINISHED,
        "may_confirm": row.status_category == SOLVED and not row.confirmation,
        "is_withdrawn": row.close_kind == WITHDRAWN,
        "is_confirmed": row.confirmation["is_confirmed"] if row.confirmation else None,
        "last_urged_at": show_instant(row.last_urged_at),
        "created_at": show_instant(row.created_at),
        "updated_at": show_instant(row.updated_at),
        "solved_at": show_instant(row.solved_at),
        "closed_at": show_instant(row.closed_at),
    }


def _timeline(uow: UnitOfWork, ticket: Any, limit: int, before: int | None) -> dict[str, Any]:
    wanted = {"ticket_id": ticket.ticket_id, "created_at": ticket.created_at, "limit": limit + 1}
    statement = _PUBLIC if before is None else _OLDER
    rows = uow.session.execute(statement, wanted | ({} if before is None else {"before": before}))
    found = rows.all()
    page = found[:limit][::-1]
    shown = [show_request_entry(row, open_entry(uow.session, row)) for row in page]
    return {
        "items": with_looks(uow.session, shown),
        "previous_cursor": encode_cursor([page[0].seq]) if len(found) > limit else None,
    }


def _check_limit(limit: object) -> None:
    if not isinstance(limit, int) or not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
