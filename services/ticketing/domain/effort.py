"""How much time people have spent on a ticket, written down by themselves."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, Forbidden, field_error
from services.ticketing.domain.act import Act
from services.ticketing.domain.ticket_state import TicketState
from services.ticketing.domain.timeline import Entry

DAY = 24 * 60


@dataclass(eq=False, kw_only=True)
class Effort:
    """Minutes of one person on one day. `words`: the note."""

    effort_id: UUID
    ticket_id: UUID
    person_id: UUID
    person_name: str
    minutes: int
    worked_on: date
    created_at: datetime
    updated_at: datetime
    words: dict[str, str] = field(default_factory=dict)

    def check_own(self, act: Act) -> None:
        """What somebody else wrote down is theirs."""
        if self.person_id != act.actor.subject:
            raise Forbidden("effort.not_own", "only your own effort can be changed")


def check_minutes(minutes: object) -> int:
    """One to as many as a day has; raises InvalidInput."""
    is_count = isinstance(minutes, int) and not isinstance(minutes, bool)
    if not is_count or not 1 <= minutes <= DAY:  # type: ignore[operator]
        raise field_error("minutes", f"must be 1 to {DAY}")
    return int(minutes)  # type: ignore[call-overload]


def check_day(worked_on: date, today: date) -> date:
    """Nobody has worked tomorrow; raises InvalidInput."""
    if worked_on > today:
        raise field_error("worked_on", "must not lie in the future")
    return worked_on


class EffortTicket(TicketState):
    """`effort_minutes` is the sum of all efforts."""

    def log_effort(self, effort: Effort, note: str | None, act: Act) -> Entry:
        """Somebody has worked on it for a while, whoever's it is."""
        return self._tell_effort("logged", effort, 0, effort.minutes, note, act)

    def change_effort(self, effort: Effort, previous: int, note: str | None, act: Act) -> Entry:
        """It was longer or shorter, or something else."""
        return self._tell_effort("changed", effort, previous, effort.minutes, note, act)

    def remove_effort(self, effort: Effort, act: Act) -> Entry:
        """It was written down by mistake."""
        return self._tell_effort("removed", effort, effort.minutes, 0, None, act)

    def _tell_effort(
        self, verb: str, effort: Effort, before: int, after: int, note: str | None, act: Act
    ) -> Entry:
        if self.status == "archived":
            raise Conflict("ticket.closed", "the ticket is archived")
        self.effort_minutes += after - before
        details: dict[str, Any] = {"minutes": after, "previous_minutes": before}
        said = {"note": note} if note else {}
        day = effort.worked_on.isoformat()
        entry = self._enter_event(act, f"ticket.effort_{verb}", worked_on=day, **details, **said)
        self._record(
            act,
            "ticket.effort_logged",
            effort_id=effort.effort_id,
            person_id=effort.person_id,
            worked_on=day,
            total_minutes=self.effort_minutes,
            **details,
        )
        return entry
