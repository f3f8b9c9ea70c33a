"""Finds people and units in the copy. What has not arrived yet is not found; ask for it so."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from libs.common.directory.tables import GROUPS, PEOPLE, Kind


@dataclass(frozen=True)
class Person:
    """A member of staff or an employee; groups in the order that the gateway gave them."""

    person_id: UUID
    name: str
    is_active: bool
    kind: str
    role: str
    language: str
    title: str | None
    extension: str | None
    department_id: UUID | None
    region_id: UUID | None
    group_ids: tuple[UUID, ...]
    led_group_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Group:
    """A team of agents."""

    group_id: UUID
    name: str
    is_active: bool
    department_id: UUID | None
    region_id: UUID | None
    brand_id: UUID | None


def find_person(session: Session, person_id: UUID) -> Person | None:
    """Somebody, active or not."""
    row = _find(session, PEOPLE, Person, person_id)
    return None if row is None else _person(row)


def find_people(session: Session, person_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Those of the people that the copy has, active or not, by id."""
    statement = text(f"SELECT {_names(Person)} FROM directory_people WHERE person_id = ANY(:ids)")
    rows = session.execute(statement, {"ids": list(person_ids)}).mappings() if person_ids else ()
    return {row["person_id"]: _person(row) for row in rows}


def find_group(session: Session, group_id: UUID) -> Group | None:
    """A group, active or not."""
    row = _find(session, GROUPS, Group, group_id)
    return None if row is None else Group(**row)


def find_groups(session: Session, group_ids: Collection[UUID]) -> dict[UUID, Group]:
    """Those of the groups that the copy has, by id."""
    statement = text(f"SELECT {_names(Group)} FROM directory_groups WHERE group_id = ANY(:ids)")
    rows = session.execute(statement, {"ids": list(group_ids)}).mappings() if group_ids else ()
    return {row["group_id"]: Group(**row) for row in rows}


def members_of(session: Session, group_id: UUID) -> list[Person]:
    """The active members of a group, by name."""
    statement = text(
        f"SELECT {_names(Person)} FROM directory_people "
        "WHERE is_active AND group_ids @> CAST(:ids AS uuid[]) ORDER BY name, person_id"
    )
    rows = session.execute(statement, {"ids": [group_id]}).mappings()
    return [_person(row) for row in rows]


def units_below(session: Session, kind: Kind, ids: Collection[UUID]) -> set[UUID]:
    """These departments or regions (`kind` says which) and all below them, however deep."""
    # UNION, not UNION ALL: a circle, which may pass by while events arrive, ends at its beginning.
    statement = text(
        "WITH RECURSIVE below AS ("
        "SELECT id FROM unnest(CAST(:ids AS uuid[])) AS given (id) UNION "
        f"SELECT {kind.key} FROM {kind.table} JOIN below ON parent_id = below.id"
        ") SELECT id FROM below"
    )
    return set(session.scalars(statement, {"ids": list(ids)}))


def names_of(session: Session, kind: Kind, ids: Collection[UUID]) -> dict[UUID, str]:
    """Names by id, of people, groups … as `kind` says; what the copy lacks is left out."""
    statement = text(f"SELECT {kind.key}, name FROM {kind.table} WHERE {kind.key} = ANY(:ids)")
    rows = session.execute(statement, {"ids": list(ids)}) if ids else ()
    return {row[0]: row[1] for row in rows}


def _names(shape: type) -> str:
    return ", ".join(field.name for field in fields(shape))


def _find(session: Session, kind: Kind, shape: type, key: UUID) -> RowMapping | None:
    statement = text(f"SELECT {_names(shape)} FROM {kind.table} WHERE {kind.key} = :key")
    return session.execute(statement, {"key": key}).mappings().one_or_none()


def _person(row: RowMapping) -> Person:
    lists = {name: tuple(row[name]) for name in ("group_ids", "led_group_ids")}
    return Person(**{**row, **lists})
