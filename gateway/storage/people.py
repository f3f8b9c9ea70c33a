"""People and their roles."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, CIDR
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.base import Base


class RoleRow(Base):
    """What its holders may do, and of which tickets. `key` never changes."""

    __tablename__ = "roles"

    role_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    ticket_scope: Mapped[str]
    sees_pools: Mapped[bool]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    allowed_networks: Mapped[list[str]] = mapped_column(ARRAY(CIDR))
    needs_totp: Mapped[bool]
    is_shipped: Mapped[bool]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class Person(Base):
    """A member of staff or an employee. The login is unique whatever its case.

    Mail address and phone number are sealed (context `people.email:<person_id>` and
    `people.phone:<person_id>`) and found by blind index.
    """

    __tablename__ = "people"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(ForeignKey("roles.key"), index=True)
    language: Mapped[str]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]
    department_id: Mapped[UUID | None]
    region_id: Mapped[UUID | None]
    title: Mapped[str | None]
    extension: Mapped[str | None]
    zone: Mapped[str | None]
    email_sealed: Mapped[bytes | None]
    email_index: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    phone_index: Mapped[bytes | None]
    phone_verified_at: Mapped[datetime | None]
    must_change_password: Mapped[bool]
    password_changed_at: Mapped[datetime | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]

    __table_args__ = (Index("uq_people_login", text("lower(login)"), unique=True),)
