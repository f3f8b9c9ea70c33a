"""Rows of answers to all tickets of a problem: the order, and one row for each ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, insert, literal, select, text, update
from sqlalchemy.orm import Session

from services.ticketing.domain.statuses import UNFINISHED
from services.ticketing.storage.problem_tables import problem_answer_items, problem_answers
from services.ticketing.storage.tables import tickets

# The oldest order that has something left; others take the next ticket at the same time.
_NEXT = text(
    "SELECT a.answer_id, a.problem_id, a.text, a.solves, a.actor, i.ticket_id "
    "FROM problem_answers a JOIN problem_answer_items i USING (answer_id) "
    "WHERE a.status = 'running' AND i.status = 'waiting' "
    "ORDER BY a.answer_id, i.ticket_id LIMIT 1 FOR NO KEY UPDATE OF i SKIP LOCKED"
)
_FINISH = text(
    "UPDATE problem_answers AS a SET status = 'finished', finished_at = :now "
    "WHERE a.status = 'running' AND NOT EXISTS (SELECT 1 FROM problem_answer_items i "
    "WHERE i.answer_id = a.answer_id AND i.status = 'waiting')"
)


@dataclass(frozen=True)
class Waiting:
    """The next ticket to be answered."""

    answer_id: UUID
    problem_id: UUID
    text: str
    solves: bool
    actor: dict[str, Any]
    ticket_id: UUID


def add_answer(session: Session, values: dict[str, Any], is_seen: ColumnElement[bool]) -> Row[Any]:
    """An order with a row for each unfinished ticket of the problem that is seen."""
    session.execute(insert(problem_answers).values(**values, total=0))
    wanted = select(literal(values["answer_id"]), tickets.c.ticket_id, literal("waiting")).where(
        tickets.c.problem_id == values["problem_id"],
        tickets.c.status_category.in_(UNFINISHED),
        is_seen,
    )
    items = insert(problem_answer_items).from_select(["answer_id", "ticket_id", "status"], wanted)
    made: Any = session.execute(items)
    statement = (
        update(problem_answers)
        .where(problem_answers.c.answer_id == values["answer_id"])
        .values(total=made.rowcount)
        .returning(problem_answers)
    )
    return session.execute(statement).one()


def running_answer(session: Session, problem_id: UUID) -> Row[Any] | None:
    """The order that is being carried out, locked."""
    statement = select(problem_answers).where(
        problem_answers.c.problem_id == problem_id, problem_answers.c.status == "running"
    )
    return session.execute(statement.with_for_update()).one_or_none()


def stop_answer(session: Session, answer_id: UUID, now: datetime) -> Row[Any]:
    """What waits is left alone."""
    statement = (
        update(problem_answers)
        .where(problem_answers.c.answer_id == answer_id)
        .values(status="stopped", finished_at=now)
        .returning(problem_answers)
    )
    return session.execute(statement).one()


def take_waiting(session: Session) -> Waiting | None:
    """The next ticket that nobody else is answering; its row stays locked."""
    row = session.execute(_NEXT).one_or_none()
    return Waiting(*row) if row else None


def settle_item(
    session: Session, item: Waiting, status: str, code: str | None, now: datetime
) -> None:
    """What became of it, in the transaction of the answer itself."""
    session.execute(
        update(problem_answer_items)
        .where(
            problem_answer_items.c.answer_id == item.answer_id,
            problem_answer_items.c.ticket_id == item.ticket_id,
        )
        .values(status=status, code=code, settled_at=now)
    )


def finish_answers(session: Session, now: datetime) -> int:
    """Orders in which nothing is left; returns how many."""
    done: Any = session.execute(_FINISH, {"now": now})
    return int(done.rowcount)


def answered_share(session: Session, answer_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many of each order are waiting, answered and skipped."""
    rows = session.execute(
        text(
            "SELECT answer_id, status, count(*) FROM problem_answer_items "
            "WHERE answer_id = ANY(:ids) GROUP BY answer_id, status"
        ),
        {"ids": list(answer_ids)},
    )
    shares: dict[UUID, dict[str, int]] = {one: {} for one in answer_ids}
    for answer_id, status, count in rows:
        shares[answer_id][status] = count
    return shares


def as_json(actor: dict[str, Any]) -> Any:
    """With ids as texts, as a JSON column takes it."""
    return orjson.loads(orjson.dumps(actor))
