"""Whether people are there, as boards and they themselves see it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common.errors import NotFound
from services.dispatch.domain.candidates import Candidate
from services.dispatch.queries.shapes import Json, show_instant
from services.dispatch.storage.candidates import load_people
from services.dispatch.storage.rule_book import load_settings
from services.dispatch.storage.tables import agents, presence, settings

ONLINE = "online"
_AWAY = frozenset(("offline", "busy", "away"))


def state_of(candidate: Candidate) -> str:
    """What somebody has said of themselves, which is among the reasons unless it is online."""
    return next((reason for reason in candidate.reasons if reason in _AWAY), ONLINE)


def show_standing(candidate: Candidate) -> Json:
    """Whether somebody gets new tickets (if not, why), and how much they have."""
    return {
        "state": state_of(candidate),
        "is_available": not candidate.reasons,
        "reasons": list(candidate.reasons),
        "load": candidate.load,
        "capacity": candidate.capacity,
        "active": candidate.active,
        "grabbed": candidate.grabbed,
    }


def show_member(candidate: Candidate) -> Json:
    """Somebody on a board."""
    named = {"person_id": str(candidate.person_id), "name": candidate.name}
    last = {"last_assigned_at": show_instant(candidate.last_assigned_at)}
    return named | show_standing(candidate) | last


def get_presence(session: Session, person_id: UUID, now: datetime) -> Json:
    """Somebody's presence; raises NotFound for who is not (or no longer) known."""
    candidate = load_people(session, [person_id], now, load_settings(session)).get(person_id)
    if candidate is None:
        raise NotFound("agent.unknown", "there is no such person among the active staff")
    row = _said(session, person_id)
    said = {"since": show_instant(row.since), "heartbeat_seconds": row.heartbeat_seconds}
    return show_standing(candidate) | said | {"grab_quota": row.grab_quota}


def _said(session: Session, person_id: UUID) -> Any:
    statement = (
        select(
            presence.c.since,
            settings.c.heartbeat_seconds,
            func.coalesce(agents.c.grab_quota, settings.c.grab_quota).label("grab_quota"),
        )
        .select_from(settings)
        .outerjoin(presence, presence.c.person_id == person_id)
        .outerjoin(agents, agents.c.person_id == person_id)
    )
    return session.execute(statement).one()
