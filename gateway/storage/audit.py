"""Alerts. The log's own tables are written and read by plain statements in gateway.audit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.base import Base


class Alert(Base):
    """Something about access; open until somebody acknowledges it. `times` counts repeats."""

    __tablename__ = "alerts"

    alert_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    severity: Mapped[str]
    person_id: Mapped[UUID | None]
    address: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    unique_key: Mapped[str] = mapped_column(unique=True)
    times: Mapped[int] = mapped_column(Integer)
    raised_at: Mapped[datetime]
    last_raised_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    acknowledged_name: Mapped[str | None]
    note: Mapped[str | None]
