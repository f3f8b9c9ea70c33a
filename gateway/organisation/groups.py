"""Groups: teams of agents with their members and leads."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from gateway.organisation.like import contains
from gateway.organisation.membership import (
    count_change_of_people,
    find_members,
    put_in,
    take_out,
)
from gateway.organisation.state import begin_change, refuse_stale, refusing_taken
from gateway.organisation.telling import tell_groups, tell_people
from gateway.storage.organisation import (
    BrandRow,
    DepartmentRow,
    GroupMember,
    GroupRow,
    RegionRow,
)
from gateway.storage.people import Person, RoleRow
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, InvalidInput, NotFound, field_error
from libs.common.ids import uuid7

MOST_GROUPS = 1_000  # active ones
_PLACES = {
    "department_id": ("department", DepartmentRow.department_id, DepartmentRow.is_active),
    "region_id": ("region", RegionRow.region_id, RegionRow.is_active),
    "brand_id": ("brand", BrandRow.brand_id, BrandRow.is_active),
}


def list_groups(
    session: Session, text: str | None, department_id: UUID | None, *, with_inactive: bool
) -> list[dict[str, Any]]:
    """By name; `text` is part of it."""
    query = _shown().order_by(func.lower(GroupRow.name), GroupRow.group_id)
    if not with_inactive:
        query = query.where(GroupRow.is_active)
    if text:
        query = query.where(GroupRow.name.ilike(contains(text)))
    if department_id:
        query = query.where(GroupRow.department_id == department_id)
    return [dict(row) for row in session.execute(query.limit(MOST_GROUPS)).mappings()]


def get_group(session: Session, group_id: UUID) -> dict[str, Any]:
    """A group with its members, leads first; raises NotFound."""
    row = session.execute(_shown().where(GroupRow.group_id == group_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("group.unknown", "there is no such group")
    columns = (Person.person_id, Person.login, Person.name, Person.role, Person.is_active)
    members = session.execute(
        select(*columns, GroupMember.is_lead)
        .join(GroupMember, GroupMember.person_id == Person.person_id)
        .where(GroupMember.group_id == group_id)
        .order_by(GroupMember.is_lead.desc(), func.lower(Person.login))
    )
    return {**row, "members": [dict(member) for member in members.mappings()]}


def add_group(uow: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    """A new group without members; raises InvalidInput, Conflict."""
    begin_change(uow.session)
    _refuse_more(uow.session)
    _refuse_places(uow.session, values)
    row = GroupRow(group_id=uuid7(), is_active=True, version=1, **values)
    uow.session.add(row)
    with refusing_taken():
        uow.session.flush()
    tell_groups(uow, [row.group_id])
    return get_group(uow.session, row.group_id)


def change_group(
    uow: UnitOfWork, group_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after; raises NotFound, Stale, InvalidInput, Conflict."""
    begin_change(uow.session)
    row = _find(uow.session, group_id)
    refuse_stale(row.version, version)
    before = get_group(uow.session, group_id)
    changed = {name: value for name, value in changes.items() if before[name] != value}
    _refuse_places(uow.session, changed)
    if changed:
        _write(uow.session, row, changed)
        tell_groups(uow, [group_id])
    return before, get_group(uow.session, group_id)


def set_group_activity(
    uow: UnitOfWork, group_id: UUID, is_active: bool, *, despite_members: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after. Conflict where it still has active members and nobody said it may.

    Its members stay in it, so that it is whole again when it is taken up again.
    """
    begin_change(uow.session)
    row = _find(uow.session, group_id)
    before = get_group(uow.session, group_id)
    if row.is_active == is_active:
        return before, before
    if is_active:
        _refuse_more(uow.session)
        _refuse_places(uow.session, before)
    elif before["member_count"] and not despite_members:
        used = {"used_by": {"person": before["member_count"]}}
        raise Conflict("group.has_members", f"{before['member_count']} people are in it", used)
    _write(uow.session, row, {"is_active": is_active})
    people = [member["person_id"] for member in before["members"]]
    count_change_of_people(uow.session, people)
    tell_groups(uow, [group_id])
    tell_people(uow, people)
    return before, get_group(uow.session, group_id)


def set_members(
    uow: UnitOfWork, group_id: UUID, version: int | None, wanted: Mapping[UUID, bool]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after; `wanted` says of each member whether they lead. Raises InvalidInput."""
    begin_change(uow.session)
    row = _find(uow.session, group_id)
    refuse_stale(row.version, version)
    before = get_group(uow.session, group_id)
    known = find_members(uow.session, group_id)
    changed = {person: leads for person, leads in wanted.items() if known.get(person) != leads}
    gone = known.keys() - wanted.keys()
    _refuse_members(uow.session, list(wanted), wanted.keys() - known.keys())
    if changed or gone:
        put_in(uow.session, [(group_id, person, leads) for person, leads in changed.items()])
        take_out(uow.session, [(group_id, person) for person in gone])
        _write(uow.session, row, {})
        concerned = [*changed, *gone] if row.is_active else []
        count_change_of_people(uow.session, concerned)
        tell_groups(uow, [group_id])
        tell_people(uow, concerned)
    return before, get_group(uow.session, group_id)


def _write(session: Session, row: GroupRow, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    with refusing_taken():
        session.flush()


def _refuse_members(session: Session, order: list[UUID], newcomers: set[UUID]) -> None:
    """Newcomers must be active staff; says which places of the list are wrong."""
    fit = set(
        session.scalars(
            select(Person.person_id)
            .join(RoleRow, RoleRow.key == Person.role)
            .where(Person.person_id.in_(newcomers), Person.is_active, RoleRow.kind == "staff")
        )
    )
    wrong = [place for place, one in enumerate(order) if one in newcomers - fit]
    if wrong:
        errors = {f"members.{place}.person_id": ["is no active member of staff"] for place in wrong}
        raise InvalidInput("member.unknown", "only active staff", {"errors": errors})


def _refuse_places(session: Session, values: Mapping[str, Any]) -> None:
    """Department, region and brand must be there and active."""
    for field, (noun, key, is_active) in _PLACES.items():
        wanted = values.get(field)
        if wanted and session.scalar(select(key).where(key == wanted, is_active)) is None:
            raise field_error(field, f"there is no such active {noun}", f"{noun}.unknown")


def _refuse_more(session: Session) -> None:
    active = select(func.count()).select_from(GroupRow).where(GroupRow.is_active)
    if (session.scalar(active) or 0) >= MOST_GROUPS:
        raise Conflict("group.too_many", f"there are {MOST_GROUPS} groups already")


def _find(session: Session, group_id: UUID) -> GroupRow:
    row = session.get(GroupRow, group_id)
    if row is None:
        raise NotFound("group.unknown", "there is no such group")
    return row


def _shown() -> Select[Any]:
    """Members are counted while they are active."""
    members = (
        select(func.count())
        .select_from(GroupMember)
        .join(Person, Person.person_id == GroupMember.person_id)
        .where(GroupMember.group_id == GroupRow.group_id, Person.is_active)
        .correlate(GroupRow)
        .scalar_subquery()
    )
    own = (GroupRow.group_id, GroupRow.name, GroupRow.description, GroupRow.department_id)
    places = (GroupRow.region_id, GroupRow.brand_id, GroupRow.is_active, GroupRow.version)
    return select(*own, *places, members.label("member_count"))
