"""What rows of a file are compared with: the organisation and the people that are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.organisation.importing.rows import Row
from gateway.organisation.membership import find_places
from gateway.organisation.rights import Grants, read_roles
from gateway.organisation.tree import Tree
from gateway.organisation.units import DEPARTMENTS, REGIONS, read_tree
from gateway.storage.organisation import GroupRow
from gateway.storage.people import Person
from libs.common.crypto import BlindIndex


@dataclass(frozen=True)
class Known:
    """Read once for a whole file."""

    people: dict[str, Person]  # by login in lower case
    places: dict[UUID, dict[UUID, bool]]  # by person
    owners: dict[tuple[str, bytes], UUID]  # by field and blind index
    roles: dict[str, Grants]  # by key
    role_words: dict[str, str]  # key by key or name in lower case
    groups: dict[str, UUID]  # active ones by name in lower case
    trees: dict[str, Tree]  # department, region


def read_known(session: Session, index: BlindIndex, rows: Sequence[Row]) -> Known:
    """What concerns these rows."""
    logins = {row.login.lower() for row in rows}
    people = session.scalars(select(Person).where(func.lower(Person.login).in_(logins))).all()
    roles = read_roles(session)
    groups = session.execute(select(GroupRow.name, GroupRow.group_id).where(GroupRow.is_active))
    return Known(
        people={person.login.lower(): person for person in people},
        places=find_places(session, [person.person_id for person in people]),
        owners={**_owners(session, index, rows, "email"), **_owners(session, index, rows, "phone")},
        roles=roles,
        role_words=_role_words(roles),
        groups={name.lower(): group_id for name, group_id in groups},
        trees={kind.noun: read_tree(session, kind) for kind in (DEPARTMENTS, REGIONS)},
    )


def _owners(
    session: Session, index: BlindIndex, rows: Sequence[Row], field: str
) -> dict[tuple[str, bytes], UUID]:
    column: Any = getattr(Person, f"{field}_index")
    values = [getattr(row, field) for row in rows]
    indexes = [index.of(field, value) for value in values if value]
    found = session.execute(select(column, Person.person_id).where(column.in_(indexes)))
    return {(field, bytes(value)): person_id for value, person_id in found}


def _role_words(roles: dict[str, Grants]) -> dict[str, str]:
    """A name that two roles have names neither."""
    named = [
        (name.lower(), role.key) for role in roles.values() for name in {role.name_zh, role.name_en}
    ]
    words = [word for word, _ in named]
    clear = {word: key for word, key in named if words.count(word) == 1}
    return {**clear, **{key: key for key in roles}}
