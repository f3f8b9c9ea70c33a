"""Finds people in the gateway's own database."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from gateway.storage import Person


@dataclass(frozen=True)
class Account:
    """What a login needs to know of a person."""

    person_id: UUID
    password_hash: str
    is_active: bool


def find_account(session: Session, login: str) -> Account | None:
    """The account of a login, whatever its case."""
    columns = (Person.person_id, Person.password_hash, Person.is_active)
    found = session.execute(select(*columns).where(func.lower(Person.login) == login.lower()))
    row = found.one_or_none()
    return Account(*row) if row else None


def find_active_name(session: Session, person_id: UUID) -> str | None:
    """The name of a person who can be given work."""
    query = select(Person.name).where(Person.person_id == person_id, Person.is_active)
    return session.execute(query).scalar_one_or_none()


def list_people(
    session: Session, text: str | None, role: str | None, limit: int
) -> list[dict[str, Any]]:
    """Active people by login, whose login or name contains `text`."""
    conditions: list[ColumnElement[bool]] = [Person.is_active.is_(True)]
    if text:
        pattern = f"%{_literal(text)}%"
        conditions.append(or_(Person.login.ilike(pattern), Person.name.ilike(pattern)))
    if role:
        conditions.append(Person.role == role)
    columns = (Person.person_id, Person.login, Person.name, Person.role, Person.is_active)
    query = select(*columns).where(*conditions).order_by(func.lower(Person.login)).limit(limit)
    return [dict(row) for row in session.execute(query).mappings()]


def _literal(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
