"""Who is there: by hand, and by the heartbeats of their consoles."""

from datetime import datetime, timedelta
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from services.dispatch.storage import configuration as stored
from services.dispatch.storage.presence import Step, beat, set_state
from services.dispatch.storage.wakes import wake_people
from services.dispatch.use_cases.configuration.agents import demand_member
from services.dispatch.use_cases.configuration.fields import choice

ONLINE = "online"
_STATE = choice(ONLINE, "busy", "away", "offline")


def set_presence(
    uow: UnitOfWork, now: datetime, *, person_id: UUID, state: str, is_own: bool
) -> Step:
    """Whoever says so of themselves is alive as well. Busy and away: nothing new comes."""
    wanted = _STATE("state", state)
    demand_member(uow.session, person_id)
    step = set_state(uow.session, person_id, wanted, now, beats=is_own)
    if wanted == ONLINE:
        wake_people(uow.session, [person_id])
    return step


def heartbeat(uow: UnitOfWork, now: datetime, *, person_id: UUID) -> Step:
    """The person's console is alive: one statement, unless it had been thought dead."""
    step = beat(uow.session, person_id, now)
    if step.state == ONLINE and _is_lapsed(uow, step, now):
        wake_people(uow.session, [person_id])
    return step


def _is_lapsed(uow: UnitOfWork, step: Step, now: datetime) -> bool:
    if step.last_heartbeat_at is None:
        return True
    limit = stored.get_settings(uow.session).heartbeat_seconds
    return now - step.last_heartbeat_at > timedelta(seconds=limit)
