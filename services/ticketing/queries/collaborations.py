"""Collaborations of a ticket, and those that wait for somebody (待我协作)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_

from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.collaboration import ANSWERED, OPEN, STATES, Collaboration
from services.ticketing.queries.confidential import COLUMNS, reason_for, reporting
from services.ticketing.queries.ticket_pages import find_ticket_face
from services.ticketing.queries.together_shapes import show_collaboration, without_words
from services.ticketing.storage.collaboration_rows import parts_of, targets_of
from services.ticketing.storage.tables import tickets
from services.ticketing.storage.together_tables import collaborations
from services.ticketing.storage.worded_rows import read_row

FOR_ME, BY_ME = SIDES = ("for_me", "by_me")
_LIMIT = 100
_MOST_COUNTED = 1000

Json = dict[str, Any]
_rows = collaborations.c
_ORDER = (_rows.asked_at, _rows.collaboration_id)
_LISTED = select(
    collaborations,
    tickets.c.number,
    tickets.c.subject,
    tickets.c.urgency,
    tickets.c.status,
    tickets.c.status_category,
    *COLUMNS,
    tickets.c.own_status,
).join(tickets, tickets.c.ticket_id == _rows.ticket_id)


def list_of_ticket(uow: UnitOfWork, actor: Actor, number: str) -> Json:
    """All of one ticket, oldest first."""
    ticket = find_ticket_face(uow, actor, number)
    parts = parts_of(uow.session, ticket.ticket_id)
    own = targets_of(uow.session, actor.subject) if parts else set()
    shown = {"items": [_show(part, own, actor, ticket) for part in parts]}
    return reporting(shown, [ticket] if parts else [], actor, "collaborations")


def list_collaborations(
    uow: UnitOfWork,
    actor: Actor,
    side: str = FOR_ME,
    states: list[str] | None = None,
    limit: int = 25,
    cursor: str | None = None,
) -> Json:
    """A page of what the actor, or a unit of theirs, is asked for, or of what they have asked.

    The newest first.
    """
    if not isinstance(limit, int) or not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
    own = targets_of(uow.session, actor.subject)
    conditions = [_of(side, own, actor)]
    if states:
        conditions.append(_rows.state.in_(_known(states)))
    if cursor:
        conditions.append(tuple_(*_ORDER) < tuple_(*decode_cursor(cursor, 2, datetime, UUID)))
    statement = _LISTED.where(*conditions).order_by(*(one.desc() for one in _ORDER))
    found = uow.session.execute(statement.limit(limit + 1)).all()
    last = found[limit - 1] if len(found) > limit else None
    shown = {
        "items": [_show_row(uow, row, own, actor) for row in found[:limit]],
        "next_cursor": encode_cursor([last.asked_at, last.collaboration_id]) if last else None,
    }
    return reporting(shown, found[:limit], actor, "collaborations")


def get_collaboration(uow: UnitOfWork, actor: Actor, collaboration_id: UUID) -> Json:
    """One, for those who are asked and for who has asked; others look at its ticket."""
    row = uow.session.execute(
        _LISTED.where(_rows.collaboration_id == collaboration_id)
    ).one_or_none()
    own = targets_of(uow.session, actor.subject)
    if row is None or not (row.target_id in own or row.requester_id == actor.subject):
        raise NotFound("collaboration.not_found", "there is no such collaboration")
    return reporting(_show_row(uow, row, own, actor), [row], actor, "collaborations")


def count_collaborations(uow: UnitOfWork, actor: Actor) -> Json:
    """What waits: for the actor, how much of that is late, and what has been answered to them."""
    own = targets_of(uow.session, actor.subject)
    waiting = and_(_rows.target_id.in_(own), _rows.state.in_(OPEN))
    answered = and_(_rows.requester_id == actor.subject, _rows.state == ANSWERED)
    return {
        "waiting": _count(uow, waiting),
        "overdue": _count(uow, and_(waiting, _rows.is_overdue)),
        "answered": _count(uow, answered),
    }


def _count(uow: UnitOfWork, condition: ColumnElement[bool]) -> int:
    some = select(_rows.collaboration_id).where(condition).limit(_MOST_COUNTED).subquery()
    return int(uow.session.scalar(select(func.count()).select_from(some)) or 0)


def _of(side: str, own: set[UUID], actor: Actor) -> ColumnElement[bool]:
    if side not in SIDES:
        raise field_error("side", f"must be one of {', '.join(SIDES)}", "filter.invalid")
    if side == BY_ME:
        return _rows.requester_id == actor.subject
    # What another of the same unit sees to is listed, too: it may be theirs to answer for.
    return or_(false(), *(_rows.target_id == one for one in sorted(own)))


def _known(states: list[str]) -> list[str]:
    unknown = [one for one in states if one not in STATES]
    if unknown:
        raise field_error("state", f"unknown: {unknown[0]!s:.50}", "filter.invalid")
    return sorted(set(states))


def _show_row(uow: UnitOfWork, row: Any, own: set[UUID], actor: Actor) -> Json:
    part = read_row(uow.session, collaborations, row, Collaboration)
    names = ("number", "subject", "urgency", "status", "status_category", "own_status")
    return _show(part, own, actor, row) | {"ticket": {name: getattr(row, name) for name in names}}


def _show(part: Collaboration, own: set[UUID], actor: Actor, ticket: Any) -> Json:
    may_answer = actor.may("collaboration.answer") and part.target_id in own
    shown = show_collaboration(part, may_answer=may_answer)
    return without_words(shown) if reason_for(ticket, actor) else shown
