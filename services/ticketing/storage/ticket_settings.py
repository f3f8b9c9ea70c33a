"""The settings of tickets: one row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.ticketing.domain.settings import Settings

_READ = text("SELECT settings, version FROM ticket_settings")
# Whoever edits waits for who edits already; the row is there from the first time on.
_LOCK = text(
    "INSERT INTO ticket_settings (is_only) VALUES (true) "
    "ON CONFLICT (is_only) DO UPDATE SET is_only = true RETURNING settings, version"
)
_WRITE = text(
    "UPDATE ticket_settings SET settings = CAST(:settings AS jsonb), version = version + 1 "
    "RETURNING settings, version"
)


@dataclass(frozen=True)
class SettingsRow:
    """As it is kept, with its version."""

    settings: Mapping[str, Any]
    version: int


def read_settings(session: Session) -> Settings:
    """What holds now."""
    return Settings.read(read_row(session).settings)


def read_row(session: Session) -> SettingsRow:
    """The same with its version."""
    row = session.execute(_READ).one_or_none()
    return SettingsRow({}, 1) if row is None else SettingsRow(row.settings, row.version)


def lock_row(session: Session) -> SettingsRow:
    """The same, before a change."""
    row = session.execute(_LOCK).one()
    return SettingsRow(row.settings, row.version)


def write_settings(session: Session, settings: Settings) -> SettingsRow:
    """What holds from now on, in its next version."""
    packed = orjson.dumps(settings.as_json()).decode()
    row = session.execute(_WRITE, {"settings": packed}).one()
    return SettingsRow(row.settings, row.version)
