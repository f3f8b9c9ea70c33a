"""The settings of surveys: one row, with what differs from the shipped ones."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.notify.domain.survey_settings import SurveySettings, changed

_READ = text("SELECT changes, version FROM survey_settings")
_LOCK = text("SELECT changes, version FROM survey_settings FOR UPDATE")
_WRITE = text(
    "UPDATE survey_settings SET changes = changes || CAST(:changes AS jsonb), "
    "version = version + 1 RETURNING changes, version"
)


def read_settings(session: Session) -> SurveySettings:
    """What holds now."""
    return _settings(session.execute(_READ).one())


def lock_settings(session: Session) -> SurveySettings:
    """The same, before a change."""
    return _settings(session.execute(_LOCK).one())


def write_settings(session: Session, changes: Mapping[str, Any]) -> SurveySettings:
    """Keep changes that have been checked; returns what holds from now on."""
    packed = {"changes": orjson.dumps(dict(changes)).decode()}
    return _settings(session.execute(_WRITE, packed).one())


def _settings(row: Row[Any]) -> SurveySettings:
    return changed(SurveySettings(version=row.version), row.changes)
