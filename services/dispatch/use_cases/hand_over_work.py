"""Hands over what somebody works on, whether or not they are still with us."""

from datetime import datetime
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import find_person
from libs.common.errors import NotFound, field_error
from services.dispatch.use_cases.hand_over import hand_over

_LONGEST_REASON = 2000


def hand_over_work(
    uow: UnitOfWork,
    now: datetime,
    *,
    person_id: UUID,
    reason: str,
    to_person_id: UUID | None = None,
) -> int:
    """As `hand_over`; raises InvalidInput without a reason, NotFound for an unknown person."""
    if not reason:
        raise field_error("reason", "a reason is needed", "field.required")
    if len(reason) > _LONGEST_REASON:
        raise field_error("reason", f"must have at most {_LONGEST_REASON} characters")
    if find_person(uow.session, person_id) is None:
        raise NotFound("agent.unknown", "there is no such person")
    return hand_over(uow, now, person_id=person_id, reason=reason, to_person_id=to_person_id)
