"""Directory events as the gateway would publish them, for tests of whoever copies them."""

from typing import Any
from uuid import UUID, uuid4

from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, dump_event, load_event
from libs.common.contracts.gateway import (
    BrandChanged,
    DepartmentChanged,
    DirectoryEvent,
    GroupChanged,
    PersonChanged,
    RegionChanged,
)
from libs.common.ids import uuid7


def person(person_id: UUID | None = None, **fields: Any) -> Event:
    """Somebody of the staff."""
    usual = {
        "login": "CS001",
        "kind": "staff",
        "role": "agent",
        "language": "zh-CN",
        "email": "li.lei@example.com",
        "phone": "+8613800000001",
    }
    return _event(PersonChanged, "person_id", person_id, usual | fields)


def group(group_id: UUID | None = None, **fields: Any) -> Event:
    """A team of agents."""
    return _event(GroupChanged, "group_id", group_id, fields)


def department(department_id: UUID | None = None, **fields: Any) -> Event:
    """A department."""
    return _event(DepartmentChanged, "department_id", department_id, fields)


def region(region_id: UUID | None = None, **fields: Any) -> Event:
    """A region."""
    return _event(RegionChanged, "region_id", region_id, fields)


def brand(brand_id: UUID | None = None, **fields: Any) -> Event:
    """A brand."""
    return _event(BrandChanged, "brand_id", brand_id, {"key": "tide"} | fields)


def _event(
    schema: type[DirectoryEvent], name: str, known_id: UUID | None, fields: dict[str, Any]
) -> Event:
    data = {name: known_id or uuid4(), "version": 1, "name": "某某", "is_active": True} | fields
    return load_event(dump_event(schema, uuid7(), str(data[name]), utc_now(), data))
