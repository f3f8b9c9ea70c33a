"""The copy's tables: one row for each thing of the organisation, as its newest event told it.

No references between them: a person may arrive before the group, a department before its parent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from libs.common.contracts.gateway import (
    BrandChanged,
    DepartmentChanged,
    DirectoryEvent,
    GroupChanged,
    PersonChanged,
    RegionChanged,
)

_TABLES = """
CREATE TABLE directory_people (
    person_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    is_active boolean NOT NULL,
    login text NOT NULL,
    kind text NOT NULL,
    role text NOT NULL,
    language text NOT NULL,
    title text,
    extension text,
    department_id uuid,
    region_id uuid,
    group_ids uuid[] NOT NULL,
    led_group_ids uuid[] NOT NULL
);
CREATE INDEX ix_directory_people_group_ids ON directory_people USING gin (group_ids);

CREATE TABLE directory_groups (
    group_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    is_active boolean NOT NULL,
    department_id uuid,
    region_id uuid,
    brand_id uuid
);

CREATE TABLE directory_departments (
    department_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    is_active boolean NOT NULL,
    parent_id uuid
);
CREATE INDEX ix_directory_departments_parent_id ON directory_departments (parent_id);

CREATE TABLE directory_regions (
    region_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    is_active boolean NOT NULL,
    parent_id uuid
);
CREATE INDEX ix_directory_regions_parent_id ON directory_regions (parent_id);

CREATE TABLE directory_brands (
    brand_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    name text NOT NULL,
    is_active boolean NOT NULL,
    key text NOT NULL
);
"""


def create_directory_tables(op: Any) -> None:
    """Called by a service's migration with alembic's `op`."""
    op.execute(_TABLES)


_COMMON = ("version", "name", "is_active")


@dataclass(frozen=True)
class Kind:
    """One kind of thing: its table, whose first column is the key, and what is copied."""

    table: str
    columns: tuple[str, ...]

    @property
    def key(self) -> str:
        """The column that identifies a row."""
        return self.columns[0]


def _kind(table: str, key: str, *more: str) -> Kind:
    return Kind(f"directory_{table}", (key, *_COMMON, *more))


PEOPLE = _kind(
    "people",
    "person_id",
    *("login", "kind", "role", "language", "title", "extension"),
    *("department_id", "region_id", "group_ids", "led_group_ids"),
)
GROUPS = _kind("groups", "group_id", "department_id", "region_id", "brand_id")
DEPARTMENTS = _kind("departments", "department_id", "parent_id")
REGIONS = _kind("regions", "region_id", "parent_id")
BRANDS = _kind("brands", "brand_id", "key")

KIND_OF: Mapping[type[DirectoryEvent], Kind] = {
    PersonChanged: PEOPLE,
    GroupChanged: GROUPS,
    DepartmentChanged: DEPARTMENTS,
    RegionChanged: REGIONS,
    BrandChanged: BRANDS,
}
