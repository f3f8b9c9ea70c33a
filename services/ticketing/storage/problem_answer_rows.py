"""Rows of answers to all tickets of a problem: the order, and one row for each ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, insert, literal, select, text, update
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context
from services.ticketing.domain.statuses import UNFINISHED
from services.ticketing.storage.problem_tables import problem_answer_items, problem_answers
from services.ticketing.storage.sealed_texts import known_keys, open_bytes
from services.ticketing.storage.tables import tickets

# The oldest order that has something left; others take the next ticket at the same time.
_NEXT = text(
    "SELECT a.answer_id, a.problem_id, a.text, a.sealed, a.solves, a.actor, i.ticket_id "
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
    # None if no key opens it.
    text: str | None
    solves: bool
    actor: dict[str, Any]
    ticket_id: UUID


def answer_context(answer_id: UUID) -> str:
    """What a sealed text is bound to."""
    return field_context("problem_answers", "sealed", answer_id)


def text_of(session: Session, row: Any) -> str | None:
    """The text of an answer, plain or sealed; None if no key opens it."""
    if row.sealed is None:
        return str(row.text)
    opened = open_bytes(session, row.sealed, answer_context(row.answer_id))
    return opened.decode() if opened is not None else None


def seal_some_answers(session: Session, keys: KeyRing, limit: int) -> int:
    """Up to `limit` plain texts that nobody else has locked; returns how many."""
    table = problem_answers
    plain = select(table.c.answer_id, table.c.text).where(table.c.sealed.is_(None)).limit(limit)
    found = session.execute(plain.with_for_update(key_share=True, skip_locked=True)).all()
    for answer_id, words in found:
        values = {"text": None, "sealed": keys.encrypt_text(words, answer_context(answer_id))}
        session.execute(update(table).where(table.c.answer_id == answer_id).values(values))
    return len(found)


def add_answer(session: Session, values: dict[str, Any], is_seen: ColumnElement[bool]) -> Row[Any]:
    """An order with a row for each unfinished ticket of the problem that is seen.

    Sealed wherever there are keys: some of the tickets may be confidential, or become so.
    """
    if keys := known_keys(session):
        sealed = keys.encrypt_text(values["text"], answer_context(values["answer_id"]))
        values = {**values, "text": None, "sealed": sealed}
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
    if row is None:
        return None
    told = (row.solves, row.actor, row.ticket_id)
    return Waiting(row.answer_id, row.problem_id, text_of(session, row), *told)


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
