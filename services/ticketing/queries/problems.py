"""Problem records: the list, one of them, its tickets, how many came a day, its answers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, text, tuple_

from libs.common import scope
from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.problems import STATUSES
from services.ticketing.domain.statuses import UNFINISHED
from services.ticketing.queries.problem_shapes import show_answer, show_problem
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.queries.shapes import show_row
from services.ticketing.queries.ticket_lists import ROWS
from services.ticketing.storage.problem_answer_rows import answered_share, text_of
from services.ticketing.storage.problem_rows import find_problem
from services.ticketing.storage.problem_tables import (
    problem_answer_items,
    problem_answers,
    problems,
)
from services.ticketing.storage.tables import tickets

_LIMIT = 100
_SEARCH_LIMIT = 100
_DAYS = 90
_ANSWERS = 20

Json = dict[str, Any]

_COUNTS = text(
    "SELECT problem_id, count(*) AS total, count(*) FILTER (WHERE status_category = "
    "ANY(:unfinished)) AS unfinished FROM tickets WHERE problem_id = ANY(:ids) "
    "AND deleted_at IS NULL GROUP BY problem_id"
)
_VOLUME = text(
    "SELECT CAST(created_at AT TIME ZONE :zone AS date) AS day, count(*) AS tickets FROM tickets "
    "WHERE problem_id = :id AND created_at >= :since AND deleted_at IS NULL "
    "GROUP BY day ORDER BY day"
)
_AROUND = text(
    "SELECT count(*) FILTER (WHERE CAST(:solved_at AS timestamptz) IS NULL "
    "OR created_at < :solved_at), count(*) FILTER (WHERE created_at >= :solved_at) "
    "FROM tickets WHERE problem_id = :id AND deleted_at IS NULL"
)


def list_problems(
    uow: UnitOfWork, filters: Mapping[str, Any], limit: int = 25, cursor: str | None = None
) -> Json:
    """A page, lately changed first: {items, next_cursor}."""
    _check_limit(limit)
    order = (problems.c.updated_at, problems.c.problem_id)
    conditions = list(_conditions(filters))
    if cursor:
        conditions.append(tuple_(*order) < tuple_(*decode_cursor(cursor, 2, datetime, UUID)))
    statement = select(problems).where(*conditions).order_by(*(one.desc() for one in order))
    rows = uow.session.execute(statement.limit(limit + 1)).all()
    page = rows[:limit]
    counts = count_linked(uow, [row.problem_id for row in page])
    last = page[-1] if len(rows) > limit else None
    return {
        "items": [show_problem(row, counts[row.problem_id]) for row in page],
        "next_cursor": encode_cursor([last.updated_at, last.problem_id]) if last else None,
    }


def get_problem(uow: UnitOfWork, number: str) -> Json:
    """One with the answers that were sent last."""
    row = _find(uow, number)
    counts = count_linked(uow, [row.problem_id])[row.problem_id]
    statement = (
        select(problem_answers)
        .where(problem_answers.c.problem_id == row.problem_id)
        .order_by(problem_answers.c.created_at.desc())
        .limit(_ANSWERS)
    )
    answers = uow.session.execute(statement).all()
    shares = answered_share(uow.session, [one.answer_id for one in answers])
    shown = [show_answer(one, text_of(uow.session, one), shares[one.answer_id]) for one in answers]
    return show_problem(row, counts) | {"answers": shown}


def list_problem_tickets(
    uow: UnitOfWork, actor: Actor, number: str, limit: int = 25, cursor: str | None = None
) -> Json:
    """A page of its tickets as far as the actor may see them, newest first."""
    _check_limit(limit)
    row = _find(uow, number)
    order = (tickets.c.created_at, tickets.c.ticket_id)
    conditions = [
        tickets.c.problem_id == row.problem_id,
        tickets.c.deleted_at.is_(None),
        scope.visible(actor, TICKET_SCOPE),
    ]
    if cursor:
        conditions.append(tuple_(*order) < tuple_(*decode_cursor(cursor, 2, datetime, UUID)))
    statement = ROWS.where(*conditions).order_by(*(one.desc() for one in order))
    rows = uow.session.execute(statement.limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [show_row(one) for one in rows[:limit]],
        "next_cursor": encode_cursor([last.created_at, last.ticket_id]) if last else None,
    }


def count_volume(uow: UnitOfWork, number: str, zone: ZoneInfo, now: datetime) -> Json:
    """How many of its tickets came on each of the last days, and before and after it was solved."""
    row = _find(uow, number)
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=_DAYS - 1)
    wanted = {"id": row.problem_id, "since": since, "zone": str(zone)}
    found = {one.day: one.tickets for one in uow.session.execute(_VOLUME, wanted)}
    days = [(since + timedelta(days=place)).date() for place in range(_DAYS)]
    first = min(found, default=days[-1])
    return {
        "days": [
            {"day": day.isoformat(), "tickets": found.get(day, 0)} for day in days if day >= first
        ],
        **_before_and_after(uow, row),
    }


def list_answer_items(
    uow: UnitOfWork,
    actor: Actor,
    number: str,
    answer_id: UUID,
    status: str | None = None,
    limit: int = 25,
    cursor: str | None = None,
) -> Json:
    """What became of the tickets that an answer was for, as far as the actor may see them."""
    _check_limit(limit)
    problem, items = _find(uow, number), problem_answer_items
    conditions = [
        problem_answers.c.problem_id == problem.problem_id,
        items.c.answer_id == answer_id,
        tickets.c.deleted_at.is_(None),
        scope.visible(actor, TICKET_SCOPE),
    ]
    if status is not None:
        conditions.append(items.c.status == status)
    if cursor:
        conditions.append(items.c.ticket_id > decode_cursor(cursor, 1, UUID)[0])
    statement = (
        select(tickets.c.number, tickets.c.subject, tickets.c.ticket_id, items.c.status)
        .add_columns(items.c.code, items.c.settled_at)
        .join(tickets, tickets.c.ticket_id == items.c.ticket_id)
        .join(problem_answers, problem_answers.c.answer_id == items.c.answer_id)
        .where(*conditions)
        .order_by(items.c.ticket_id)
    )
    rows = uow.session.execute(statement.limit(limit + 1)).all()
    shown = ("number", "subject", "status", "code")
    return {
        "items": [{name: getattr(row, name) for name in shown} for row in rows[:limit]],
        "next_cursor": encode_cursor([rows[limit - 1].ticket_id]) if len(rows) > limit else None,
    }


def count_linked(uow: UnitOfWork, ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many tickets each problem has, and how many of them are unfinished."""
    counts = dict.fromkeys(ids, (0, 0))
    if ids:
        rows = uow.session.execute(_COUNTS, {"ids": ids, "unfinished": list(UNFINISHED)})
        counts |= {row.problem_id: (row.total, row.unfinished) for row in rows}
    return counts


def _before_and_after(uow: UnitOfWork, problem: Any) -> Json:
    """Counted over all time; `after` only once there is a solution."""
    wanted = {"id": problem.problem_id, "solved_at": problem.solved_at}
    before, after = uow.session.execute(_AROUND, wanted).one()
    return {"before": before, "after": after if problem.solved_at else None}


def _conditions(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if status := filters.get("status"):
        if status not in STATUSES:
            raise field_error("status", f"must be one of {', '.join(STATUSES)}", "filter.invalid")
        found.append(problems.c.status == status)
    if owner := filters.get("owner_id"):
        found.append(problems.c.owner_id == _owner(owner))
    if words := str(filters.get("q") or "").replace("\x00", "").strip():
        if len(words) > _SEARCH_LIMIT:
            raise field_error("q", f"must have at most {_SEARCH_LIMIT} characters")
        lowered = words.lower()
        is_number = problems.c.number == words.upper()
        found.append(func.lower(problems.c.title).contains(lowered, autoescape=True) | is_number)
    return found


def _owner(given: object) -> UUID:
    try:
        return UUID(str(given))
    except ValueError:
        raise field_error("owner_id", "must be an id", "filter.invalid") from None


def _find(uow: UnitOfWork, number: str) -> Any:
    row = find_problem(uow.session, number)
    if row is None:
        raise NotFound("problem.not_found", "there is no such problem")
    return row


def _check_limit(limit: object) -> None:
    if not isinstance(limit, int) or not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
