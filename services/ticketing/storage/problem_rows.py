"""Rows of problem records."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.orm import Session

from services.ticketing.storage.problem_tables import problems

_SERIAL = text(
    "INSERT INTO problem_serials (business_date, last) VALUES (:day, 1) "
    "ON CONFLICT (business_date) DO UPDATE SET last = problem_serials.last + 1 RETURNING last"
)


def take_problem_serial(session: Session, day: date) -> int:
    """The next of the day."""
    return int(session.execute(_SERIAL, {"day": day}).scalar_one())


def insert_problem(session: Session, values: Mapping[str, Any]) -> Row[Any]:
    """A new one."""
    return session.execute(insert(problems).values(**values).returning(problems)).one()


def lock_problem(session: Session, number: str) -> Row[Any] | None:
    """One of them, locked until the transaction ends."""
    statement = select(problems).where(problems.c.number == number).with_for_update()
    return session.execute(statement).one_or_none()


def find_problem(session: Session, number: str) -> Row[Any] | None:
    """One of them."""
    return session.execute(select(problems).where(problems.c.number == number)).one_or_none()


def update_problem(session: Session, problem_id: UUID, values: Mapping[str, Any]) -> Row[Any]:
    """Changes; its version rises."""
    statement = (
        update(problems)
        .where(problems.c.problem_id == problem_id)
        .values(**values, version=problems.c.version + 1)
        .returning(problems)
    )
    return session.execute(statement).one()
