"""How much time has gone into a ticket, and whose."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from services.ticketing.domain.effort import Effort
from services.ticketing.queries.confidential import reason_for, reporting
from services.ticketing.queries.ticket_pages import find_ticket_face
from services.ticketing.queries.together_shapes import show_effort, without_words
from services.ticketing.storage.together_tables import efforts
from services.ticketing.storage.worded_rows import read_row

_LIMIT = 100
_ORDER = (efforts.c.created_at, efforts.c.effort_id)


def list_efforts(
    uow: UnitOfWork, actor: Actor, number: str, limit: int = 25, cursor: str | None = None
) -> dict[str, Any]:
    """A page, newest first, with the totals of all: {items, next_cursor, total_minutes, people}."""
    if not isinstance(limit, int) or not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
    ticket = find_ticket_face(uow, actor, number)
    ticket_id = ticket.ticket_id
    conditions = [efforts.c.ticket_id == ticket_id]
    if cursor:
        conditions.append(tuple_(*_ORDER) < tuple_(*decode_cursor(cursor, 2, datetime, UUID)))
    statement = select(efforts).where(*conditions).order_by(*(one.desc() for one in _ORDER))
    found = uow.session.execute(statement.limit(limit + 1)).all()
    last = found[limit - 1] if len(found) > limit else None
    people = _totals(uow, ticket_id)
    shown = [show_effort(read_row(uow.session, efforts, row, Effort)) for row in found[:limit]]
    if reason_for(ticket, actor):
        shown = [without_words(one) for one in shown]
    page = {
        "items": shown,
        "next_cursor": encode_cursor([last.created_at, last.effort_id]) if last else None,
        "total_minutes": sum(one["minutes"] for one in people),
        "people": people,
    }
    return reporting(page, [ticket] if shown else [], actor, "efforts")


def _totals(uow: UnitOfWork, ticket_id: UUID) -> list[dict[str, Any]]:
    """The most first."""
    minutes = func.sum(efforts.c.minutes)
    statement = (
        select(efforts.c.person_id, func.max(efforts.c.person_name), minutes)
        .where(efforts.c.ticket_id == ticket_id)
        .group_by(efforts.c.person_id)
        .order_by(minutes.desc(), efforts.c.person_id)
    )
    return [
        {"person": {"person_id": str(person_id), "name": name}, "minutes": int(total)}
        for person_id, name, total in uow.session.execute(statement)
    ]
