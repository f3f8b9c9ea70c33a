"""What the values of an account must be, beyond their form: places that are there and active."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.organisation.rights import Grants
from gateway.storage.organisation import DepartmentRow, GroupRow, RegionRow
from gateway.storage.people import Person
from libs.common.errors import Conflict, InvalidInput, field_error

_PLACES = {
    "department_id": ("department", DepartmentRow.department_id, DepartmentRow.is_active),
    "region_id": ("region", RegionRow.region_id, RegionRow.is_active),
}


def refuse_places(session: Session, values: Mapping[str, Any]) -> None:
    """Raise InvalidInput for a department or region that is not there or not active."""
    for field, (noun, key, is_active) in _PLACES.items():
        wanted = values.get(field)
        if wanted and session.scalar(select(key).where(key == wanted, is_active)) is None:
            raise field_error(field, f"there is no such active {noun}", f"{noun}.unknown")


def refuse_groups(session: Session, groups: Mapping[UUID, bool], kept: Mapping[UUID, bool]) -> None:
    """Raise InvalidInput for groups, other than the kept ones, that are not there or not active."""
    new = groups.keys() - kept.keys()
    query = select(GroupRow.group_id).where(GroupRow.group_id.in_(new), GroupRow.is_active)
    missing = new - set(session.scalars(query))
    if missing:
        places = [place for place, one in enumerate(groups) if one in missing]
        errors = {f"groups.{place}.group_id": ["there is no such group"] for place in places}
        raise InvalidInput("group.unknown", "there is no such group", {"errors": errors})


def refuse_groups_of_others(role: Grants, groups: Mapping[UUID, bool]) -> None:
    """Raise InvalidInput where somebody who is no member of staff would be in a group."""
    if groups and role.kind != "staff":
        raise field_error("groups", "only staff belong to groups", "group.staff_only")


def refuse_lost_places(session: Session, person: Person) -> None:
    """Raise Conflict where the person's department or region is no longer active."""
    try:
        refuse_places(session, {name: getattr(person, name) for name in _PLACES})
    except InvalidInput as error:
        raise Conflict("person.place_inactive", error.message, error.details) from None
