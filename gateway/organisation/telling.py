"""Tells the full state of people and units, after a change or again, as `directory.*` events.

What is told is read back from the database: call it after the flush of what changed.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.organisation.contacts import open_email, open_phone
from gateway.storage.organisation import (
    BrandRow,
    DepartmentRow,
    GroupMember,
    GroupRow,
    RegionRow,
)
from gateway.storage.people import Person, RoleRow
from libs.common.contracts.gateway import (
    BrandChanged,
    DepartmentChanged,
    DirectoryEvent,
    GroupChanged,
    PersonChanged,
    RegionChanged,
)
from libs.common.database.unit_of_work import UnitOfWork

# Statements may have changed rows behind the session's back.
_FRESH = {"populate_existing": True}
_SAME_OF_PEOPLE = (
    *("person_id", "version", "name", "is_active", "login", "role", "language", "title"),
    *("extension", "department_id", "region_id"),
)

Tell = Callable[[UnitOfWork, Collection[UUID]], None]


def tell_people(uow: UnitOfWork, person_ids: Collection[UUID]) -> None:
    """Names, places, groups and addresses of these people."""
    session = uow.session
    people = (
        select(Person, RoleRow.kind)
        .join(RoleRow, RoleRow.key == Person.role)
        .where(Person.person_id.in_(person_ids))
        .order_by(Person.person_id)
    )
    rows = session.execute(people, execution_options=_FRESH).all()
    groups = find_active_groups(session, person_ids)
    for person, kind in rows:
        state = _state_of_person(session, person, kind, groups[person.person_id])
        uow.emit(PersonChanged, subject=str(person.person_id), data=state)


def tell_groups(uow: UnitOfWork, group_ids: Collection[UUID]) -> None:
    """These groups, without their members, of whom people's own events tell."""
    columns = ("group_id", "department_id", "region_id", "brand_id")
    _tell(uow, GroupChanged, GroupRow, columns, group_ids)


def tell_departments(uow: UnitOfWork, department_ids: Collection[UUID]) -> None:
    """These departments and what they hang on."""
    _tell(uow, DepartmentChanged, DepartmentRow, ("department_id", "parent_id"), department_ids)


def tell_regions(uow: UnitOfWork, region_ids: Collection[UUID]) -> None:
    """These regions and what they hang on."""
    _tell(uow, RegionChanged, RegionRow, ("region_id", "parent_id"), region_ids)


def tell_brands(uow: UnitOfWork, brand_ids: Collection[UUID]) -> None:
    """These brands."""
    _tell(uow, BrandChanged, BrandRow, ("brand_id", "key"), brand_ids)


def find_active_groups(
    session: Session, person_ids: Collection[UUID]
) -> dict[UUID, list[tuple[UUID, bool]]]:
    """By person: the ids of active groups, by name, each with whether they lead it."""
    rows = session.execute(
        select(GroupMember.person_id, GroupMember.group_id, GroupMember.is_lead)
        .join(GroupRow, GroupRow.group_id == GroupMember.group_id)
        .where(GroupMember.person_id.in_(person_ids), GroupRow.is_active)
        .order_by(GroupRow.name, GroupRow.group_id)
    )
    found: dict[UUID, list[tuple[UUID, bool]]] = defaultdict(list)
    for person_id, group_id, is_lead in rows:
        found[person_id].append((group_id, is_lead))
    return found


def _state_of_person(
    session: Session, person: Person, kind: str, groups: Sequence[tuple[UUID, bool]]
) -> dict[str, Any]:
    return {
        **{name: getattr(person, name) for name in _SAME_OF_PEOPLE},
        "kind": kind,
        "group_ids": [group_id for group_id, _ in groups],
        "led_group_ids": [group_id for group_id, is_lead in groups if is_lead],
        "email": open_email(session, person),
        "phone": open_phone(session, person),
    }


def _tell(
    uow: UnitOfWork,
    event: type[DirectoryEvent],
    row: Any,
    columns: Sequence[str],
    ids: Collection[UUID],
) -> None:
    key = getattr(row, columns[0])
    names = ("version", "name", "is_active", *columns)
    query = select(row).where(key.in_(ids)).order_by(key)
    for found in uow.session.scalars(query, execution_options=_FRESH):
        state = {name: getattr(found, name) for name in names}
        uow.emit(event, subject=str(state[columns[0]]), data=state)
