"""API keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY, CIDR
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.base import Base


class ApiKey(Base):
    """A program's way in: of the token only a hash and its last characters are kept.

    `permissions` narrow the role's; null means all of them, also those it gets later.
    """

    __tablename__ = "api_keys"

    api_key_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(ForeignKey("roles.key"))
    permissions: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    token_hash: Mapped[bytes]
    hint: Mapped[str]
    allowed_networks: Mapped[list[str]] = mapped_column(ARRAY(CIDR))
    rate_per_minute: Mapped[int | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_used_from: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
