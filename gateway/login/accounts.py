"""Finds the person behind a login, a phone number or an id, with what logging in needs to know."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from gateway.audit.entry import Who
from gateway.storage.people import Person, RoleRow


@dataclass(frozen=True)
class Account:
    """A person at the door. `kind`: staff or employee."""

    person_id: UUID
    login: str
    name: str
    language: str
    role: str
    kind: str
    password_hash: str
    is_active: bool

    def who(self, session_id: UUID | None = None) -> Who:
        """As the operation log names the person."""
        return Who(self.kind, self.person_id, self.login, self.name, self.role, session_id)


def find_by_login(session: Session, login: str) -> Account | None:
    """Whatever its case. Logins are ASCII: other letters may become such when made small."""
    if not login.isascii():
        return None
    return _find(session, func.lower(Person.login) == login.strip().lower())


def find_by_email(session: Session, email_index: bytes) -> Account | None:
    """By the blind index of a mail address."""
    return _find(session, Person.email_index == email_index)


def find_by_id(session: Session, person_id: UUID) -> Account | None:
    """Whoever it is."""
    return _find(session, Person.person_id == person_id)


def _find(session: Session, condition: ColumnElement[bool]) -> Account | None:
    columns = (
        *(Person.person_id, Person.login, Person.name, Person.language, Person.role),
        *(RoleRow.kind, Person.password_hash, Person.is_active),
    )
    query = select(*columns).join(RoleRow, RoleRow.key == Person.role).where(condition)
    row = session.execute(query).one_or_none()
    return Account(*row) if row else None
