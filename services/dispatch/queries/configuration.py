"""Skills, shifts and settings as they are shown."""

from typing import Any

from sqlalchemy.orm import Session

from services.dispatch.queries.shapes import show_settings, show_shift, show_skill
from services.dispatch.storage import configuration as stored


def list_skills(session: Session, *, include_inactive: bool) -> dict[str, Any]:
    """By name; those out of use only if asked for."""
    rows = stored.list_skills(session, include_inactive=include_inactive)
    return {"items": [show_skill(row) for row in rows]}


def list_shifts(session: Session) -> dict[str, Any]:
    """By name."""
    return {"items": [show_shift(row) for row in stored.list_shifts(session)]}


def get_settings(session: Session) -> dict[str, Any]:
    """What holds for everybody."""
    return show_settings(stored.get_settings(session))
