"""The settings: one row."""

from typing import Any

import orjson
from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

_READ = text("SELECT repeated_complaint, version FROM settings")
_LOCK = text("SELECT repeated_complaint, version FROM settings FOR UPDATE")
_WRITE = text(
    "UPDATE settings SET repeated_complaint = CAST(:complaint AS jsonb), version = version + 1 "
    "RETURNING repeated_complaint, version"
)


def read_settings(session: Session) -> RowMapping:
    """What holds now."""
    return session.execute(_READ).mappings().one()


def lock_settings(session: Session) -> RowMapping:
    """The same, before a change."""
    return session.execute(_LOCK).mappings().one()


def write_settings(session: Session, repeated_complaint: dict[str, Any]) -> RowMapping:
    """What holds from now on, in its next version."""
    packed = {"complaint": orjson.dumps(repeated_complaint).decode()}
    return session.execute(_WRITE, packed).mappings().one()
