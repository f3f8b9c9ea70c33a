"""Departments, regions, brands, and groups with their members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.base import Base


class DepartmentRow(Base):
    """A department; `parent_id` makes the tree."""

    __tablename__ = "departments"

    department_id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    position: Mapped[int]
    is_active: Mapped[bool]
    version: Mapped[int]


class RegionRow(Base):
    """A region; `parent_id` makes the tree."""

    __tablename__ = "regions"

    region_id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    position: Mapped[int]
    is_active: Mapped[bool]
    version: Mapped[int]


class BrandRow(Base):
    """One of the company's brands."""

    __tablename__ = "brands"

    brand_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    is_active: Mapped[bool]
    version: Mapped[int]


class GroupRow(Base):
    """A team of agents; department and region are those of its tickets."""

    __tablename__ = "groups"

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str | None]
    department_id: Mapped[UUID | None]
    region_id: Mapped[UUID | None]
    brand_id: Mapped[UUID | None]
    is_active: Mapped[bool]
    version: Mapped[int]


class GroupMember(Base):
    """A person in a group."""

    __tablename__ = "group_members"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups.group_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    is_lead: Mapped[bool]


class DirectoryState(Base):
    """One row. `version` counts every change of units and memberships."""

    __tablename__ = "directory_state"

    is_only: Mapped[bool] = mapped_column(primary_key=True)
    version: Mapped[int]
    published_at: Mapped[datetime | None]
