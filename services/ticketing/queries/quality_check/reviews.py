"""Reviews: the lists, one of them with its ticket's timeline, and how reviewers compare."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, cast, false, func, or_, select, tuple_

from libs.common import scope
from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from libs.common.instants import read_instant
from libs.common.scope import ScopeColumns, watched_ids
from services.ticketing.domain.quality_check.review import STATES, WAITING, Review
from services.ticketing.queries.confidential import COLUMNS, reason_for, reporting
from services.ticketing.queries.quality_check.shapes import show_judgement, show_review
from services.ticketing.queries.ticket_pages import show_timeline
from services.ticketing.storage.quality_check.review_rows import find_review
from services.ticketing.storage.quality_check.rule_rows import find_version
from services.ticketing.storage.quality_check.seeing import sees
from services.ticketing.storage.quality_check.tables import (
    quality_reviews,
    quality_rules,
    score_sheet_versions,
)
from services.ticketing.storage.tables import tickets

Json = dict[str, Any]

ALL, FOR_ME, OWN = SIDES = ("all", "for_me", "own")
_LIMIT = 100
_MOST_REVIEWERS = 200

_rows = quality_reviews.c
_ORDER = (_rows.drawn_at, _rows.review_id)
_SCOPE = ScopeColumns(
    _rows.handler_id, _rows.group_id, _rows.department_id, _rows.region_id, _rows.customer_id
)
_LISTED = (
    select(
        *(column for column in _rows if column.name not in ("words", "sealed")),
        tickets.c.number,
        tickets.c.subject,
        *COLUMNS,
        quality_rules.c.name.label("rule_name"),
        score_sheet_versions.c.name.label("sheet_name"),
    )
    .outerjoin(tickets, tickets.c.ticket_id == _rows.ticket_id)
    .outerjoin(quality_rules, quality_rules.c.rule_id == _rows.rule_id)
    .outerjoin(
        score_sheet_versions,
        and_(
            score_sheet_versions.c.sheet_id == _rows.sheet_id,
            score_sheet_versions.c.number == _rows.sheet_number,
        ),
    )
)
_IDS: Mapping[str, ColumnElement[Any]] = {
    "handler_id": _rows.handler_id,
    "reviewer_id": _rows.reviewer_id,
    "group_id": _rows.group_id,
    "rule_id": _rows.rule_id,
    "sheet_id": _rows.sheet_id,
}


def list_reviews(
    uow: UnitOfWork,
    actor: Actor,
    side: str,
    filters: Mapping[str, Any],
    limit: int = 25,
    cursor: str | None = None,
) -> Json:
    """A page of a side, last drawn first: all that the actor may see, for_me, own results."""
    if not isinstance(limit, int) or not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
    conditions = [_of_side(side, actor), *_narrowed(filters)]
    if cursor:
        conditions.append(tuple_(*_ORDER) < tuple_(*decode_cursor(cursor, 2, datetime, UUID)))
    statement = _LISTED.where(*conditions).order_by(*(one.desc() for one in _ORDER))
    rows = uow.session.execute(statement.limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [show_review(row) for row in rows[:limit]],
        "next_cursor": encode_cursor([last.drawn_at, last.review_id]) if last else None,
    }


def get_review(uow: UnitOfWork, actor: Actor, review_id: UUID, now: datetime) -> Json:
    """One with its sheet, its points and its steps; NotFound for who may not see it."""
    return show_whole(uow, actor, _seen(uow, actor, review_id), now)


def show_whole(uow: UnitOfWork, actor: Actor, review: Review, now: datetime) -> Json:
    """The same right after a command."""
    uow.session.flush()
    row = uow.session.execute(_LISTED.where(_rows.review_id == review.review_id)).one()
    sheet = find_version(uow.session, review.sheet_id, review.sheet_number)
    shown = show_review(row) | show_judgement(
        review,
        review.allowed(actor, watched_ids(actor), now),
        sheet,
        is_withheld=reason_for(row, actor) is not None,
    )
    return reporting(shown, [row], actor, "quality review")


def list_review_timeline(
    uow: UnitOfWork, actor: Actor, review_id: UUID, limit: int = 50, cursor: str | None = None
) -> Json:
    """The checked ticket's timeline, for whoever may see the review: whoever judges must read."""
    review = _seen(uow, actor, review_id)
    statement = select(tickets.c.ticket_id, tickets.c.number, tickets.c.created_at, *COLUMNS).where(
        tickets.c.ticket_id == review.ticket_id, tickets.c.deleted_at.is_(None)
    )
    ticket = uow.session.execute(statement).one_or_none()
    if ticket is None:
        raise NotFound("ticket.not_found", "the ticket is gone")
    return show_timeline(uow, actor, ticket, limit, cursor)


def compare_reviewers(uow: UnitOfWork, actor: Actor, filters: Mapping[str, Any]) -> Json:
    """Calibration: how each reviewer judges, of what was scored in the period: {items}."""
    total = func.avg(_rows.first_total)
    statement = (
        select(
            _rows.reviewer_id,
            func.max(_rows.reviewer_name).label("name"),
            func.count().label("reviews"),
            total.label("average"),
            func.sum(cast(_rows.is_passed, Integer)).label("passed"),
            func.count(_rows.appealed_at).label("appealed"),
            func.count().filter(_rows.total != _rows.first_total).label("changed"),
        )
        .where(_of_side(ALL, actor), _rows.scored_at.is_not(None), *_narrowed(filters))
        .group_by(_rows.reviewer_id)
        .order_by(total, _rows.reviewer_id)
        .limit(_MOST_REVIEWERS)
    )
    return {
        "items": [
            {
                "reviewer": {"person_id": str(row.reviewer_id), "name": row.name or ""},
                "reviews": row.reviews,
                "average": round(float(row.average), 1),
                "passed": row.passed,
                "appealed": row.appealed,
                "changed": row.changed,
            }
            for row in uow.session.execute(statement)
        ]
    }


def _seen(uow: UnitOfWork, actor: Actor, review_id: UUID) -> Review:
    review = find_review(uow.session, review_id)
    if review is None or not sees(review, actor):
        raise NotFound("quality_review.unknown", "there is no such review")
    return review


def _of_side(side: object, actor: Actor) -> ColumnElement[bool]:
    """As `sees` decides of one."""
    mine, for_me = _hands(actor)
    if side == OWN:
        return and_(mine, _rows.state != WAITING)
    if side == FOR_ME:
        return for_me
    if side != ALL:
        raise field_error("side", f"must be one of {', '.join(SIDES)}", "filter.invalid")
    in_scope = scope.visible(actor, _SCOPE)
    own = and_(mine, _rows.state != WAITING)
    if not actor.may("quality.review"):
        return or_(own, and_(~mine, in_scope))
    return or_(own, for_me, and_(~mine, in_scope))


def _hands(actor: Actor) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Of the actor's own work, and to be reviewed by the actor.

    Nobody has neither: compared with nothing, what waits for a group would be theirs.
    """
    if actor.subject is None:
        return false(), false()
    mine = _rows.handler_id == actor.subject
    of_group = and_(_rows.reviewer_id.is_(None), _rows.reviewer_group_id.in_(watched_ids(actor)))
    return mine, and_(~mine, or_(_rows.reviewer_id == actor.subject, of_group))


def _narrowed(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Period by when it was drawn; scores by the result."""
    found: list[ColumnElement[bool]] = []
    for name, value in filters.items():
        if name in _IDS:
            found.append(_IDS[name] == _identifier(name, value))
        elif name == "state":
            states = value if isinstance(value, list) else [value]
            if any(one not in STATES for one in states):
                message = f"must be one of {', '.join(STATES)}"
                raise field_error("state", message, "filter.invalid")
            found.append(_rows.state.in_(states))
        elif name in ("since", "until"):
            at = read_instant(name, value, "filter.invalid")
            found.append(_rows.drawn_at >= at if name == "since" else _rows.drawn_at < at)
        elif name in ("least", "most"):
            total = _score(name, value)
            found.append(_rows.total >= total if name == "least" else _rows.total <= total)
        elif name == "number":
            found.append(tickets.c.number == str(value).replace("\x00", "").strip().upper())
        else:
            raise field_error(name, "is no filter of reviews", "filter.invalid")
    return found


def _identifier(name: str, value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise field_error(name, "must be a UUID", "filter.invalid") from None


def _score(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise field_error(name, "must be a whole number", "filter.invalid")
    return value
