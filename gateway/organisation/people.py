"""Finds people for those who log in and those who give them work."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from gateway.organisation.like import contains
from gateway.storage.organisation import GroupMember
from gateway.storage.people import Person, RoleRow
from libs.common.errors import NotFound

# Whoever can confirm an assignment can be given one.
_WORKS = "ticket.accept"


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


def find_person(session: Session, person_id: UUID) -> Person:
    """Anybody with an account; raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person.unknown", "there is no such person")
    return person


def find_worker_name(session: Session, person_id: UUID) -> str | None:
    """The name of a person who can be given work."""
    query = select(Person.name).join(RoleRow, RoleRow.key == Person.role)
    return session.execute(query.where(Person.person_id == person_id, *_can_work())).scalar()


def list_workers(
    session: Session, text: str | None, role: str | None, group_id: UUID | None, limit: int
) -> list[dict[str, Any]]:
    """People who can be given work, by login, whose login or name contains `text`."""
    conditions = _can_work()
    if text:
        pattern = contains(text)
        conditions.append(or_(Person.login.ilike(pattern), Person.name.ilike(pattern)))
    if role:
        conditions.append(Person.role == role)
    if group_id:
        members = select(GroupMember.person_id).where(GroupMember.group_id == group_id)
        conditions.append(Person.person_id.in_(members))
    columns = (Person.person_id, Person.login, Person.name, Person.role, Person.is_active)
    names = (RoleRow.name_zh, RoleRow.name_en)
    query = select(*columns, *names).join(RoleRow, RoleRow.key == Person.role)
    query = query.where(*conditions).order_by(func.lower(Person.login)).limit(limit)
    return [_show(dict(row)) for row in session.execute(query).mappings()]


def _can_work() -> list[ColumnElement[bool]]:
    is_able = RoleRow.permissions.contains([_WORKS])
    return [Person.is_active.is_(True), RoleRow.kind == "staff", is_able]


def _show(row: dict[str, Any]) -> dict[str, Any]:
    role_name = {"zh": row.pop("name_zh"), "en": row.pop("name_en")}
    return {**row, "role_name": role_name}
