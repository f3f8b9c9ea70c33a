"""When people are away: nothing new comes to them."""

from datetime import datetime, timedelta
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from libs.common.ids import uuid7
from services.dispatch.storage import configuration as stored
from services.dispatch.storage.tables import leaves
from services.dispatch.storage.wakes import wake_people
from services.dispatch.use_cases.configuration.agents import demand_member
from services.dispatch.use_cases.configuration.change import Change, made, removed
from services.dispatch.use_cases.configuration.fields import words

_LONGEST = timedelta(days=3 * 366)
_REASON = words(500)


def add_leave(
    uow: UnitOfWork,
    now: datetime,
    *,
    person_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    reason: str | None = None,
) -> Change:
    """Raises InvalidInput for one that is reversed, over, or overlaps with another."""
    demand_member(uow.session, person_id)
    _demand_span(now, starts_at, ends_at)
    text = _REASON("reason", reason) or ""
    stored.take_turn(uow.session)
    other = stored.find_overlapping_leave(uow.session, person_id, starts_at, ends_at)
    if other is not None:
        span = f"{other.starts_at.isoformat()} – {other.ends_at.isoformat()}"
        raise field_error("starts_at", f"overlaps with the leave {span}", "leave.overlapping")
    values = {"leave_id": uuid7(), "person_id": person_id, "reason": text}
    times = {"starts_at": starts_at, "ends_at": ends_at}
    return made(stored.add_row(uow.session, leaves, values | times))


def remove_leave(uow: UnitOfWork, *, leave_id: UUID) -> Change:
    """The person is there after all."""
    gone = stored.remove_row(uow.session, leaves, leave_id)
    if gone is None:
        raise NotFound("leave.unknown", "there is no such leave")
    wake_people(uow.session, [gone.person_id])
    return removed(gone)


def _demand_span(now: datetime, starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise field_error("ends_at", "must be after starts_at")
    if ends_at <= now:
        raise field_error("ends_at", "is in the past")
    if ends_at - starts_at > _LONGEST:
        raise field_error("ends_at", "must be within three years of starts_at")
