"""督办: a leader watches over a ticket, by a deadline and with reminders, until the sign-off."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, Forbidden, field_error
from services.ticketing.domain.act import Act
from services.ticketing.domain.statuses import CLOSED, is_unfinished
from services.ticketing.domain.ticket_state import TicketState, person

SIGNED_OFF, CANCELLED = "signed_off", "cancelled"
MOST_HOURS = 24 * 30


class SupervisedTicket(TicketState):
    """One supervision at a time; what was said about it stands in the timeline alone."""

    def supervise(self, due_at: datetime, every_hours: int, note: str | None, act: Act) -> None:
        """The actor watches over it from now on; reminders go out every so many hours."""
        act.actor.demand("ticket.supervise")
        if self.status_category == CLOSED:
            raise Conflict("ticket.closed", "the ticket is closed")
        if self.is_supervised:
            raise Conflict("ticket.supervised_already", "the ticket is supervised already")
        if due_at <= act.now:
            raise field_error("due_at", "must be in the future")
        if not 1 <= every_hours <= MOST_HOURS:
            raise field_error("every_hours", f"must be 1 to {MOST_HOURS}")
        self.is_supervised = True
        self.supervision = {
            "leader": person(act.actor.subject, act.actor.name),
            "started_at": act.now.isoformat(),
            "due_at": due_at.isoformat(),
            "every_hours": every_hours,
            "reminders": 0,
            "next_at": _next(act.now, every_hours, due_at).isoformat(),
        }
        self.version += 1
        told = {"due_at": due_at, "every_hours": every_hours}
        shown: dict[str, Any] = {"due_at": due_at.isoformat(), "every_hours": every_hours}
        self._enter_event(act, "ticket.supervised", **shown, note=note)
        self._record(act, "ticket.supervised", **self._led(), **told, note=note)

    def sign_off(self, words: str, act: Act) -> None:
        """The leader is content (签收): from now on the ticket may be closed."""
        self._refuse_unsupervised()
        if self._leader_id() != act.actor.subject:
            raise Forbidden("ticket.not_leader", "only who supervises the ticket signs it off")
        self._drop_supervision(act, SIGNED_OFF, words)

    def cancel_supervision(self, reason: str, act: Act) -> None:
        """It is not needed any more, e.g. because the leader has left."""
        act.actor.demand("ticket.supervise")
        self._refuse_unsupervised()
        self._drop_supervision(act, CANCELLED, reason)

    def remind(self, act: Act) -> None:
        """Its hour has come: those who work on it are told, unless it is solved meanwhile."""
        if not self.is_supervised or self.supervision is None:
            return
        known = self.supervision
        due_at = datetime.fromisoformat(known["due_at"])
        reminders = known["reminders"] + is_unfinished(self.status)
        next_at = _next(act.now, known["every_hours"], due_at)
        self.supervision = {**known, "reminders": reminders, "next_at": next_at.isoformat()}
        if not is_unfinished(self.status):
            return
        is_late = due_at <= act.now
        shown = {"due_at": known["due_at"], "reminders": reminders, "is_late": is_late}
        self._enter_event(act, "ticket.supervision_urged", leader=known["leader"], **shown)
        told = {"due_at": due_at, "reminders": reminders, "is_late": is_late}
        self._record(act, "ticket.supervision_urged", **self._led(), **told)

    @property
    def reminded_next_at(self) -> datetime | None:
        """When `remind` is next to be called; None where nobody supervises it."""
        known = self.supervision
        return datetime.fromisoformat(known["next_at"]) if known and self.is_supervised else None

    def _drop_supervision(self, act: Act, outcome: str, reason: str | None) -> None:
        leader, led = self.supervision and self.supervision["leader"], self._led()
        self.is_supervised, self.supervision = False, None
        self.version += 1
        shown: dict[str, Any] = {"outcome": outcome, "leader": leader}
        self._enter_event(act, "ticket.supervision_ended", **shown, reason=reason)
        self._record(act, "ticket.supervision_ended", **led, outcome=outcome, reason=reason)

    def _led(self) -> dict[str, Any]:
        return {"leader_id": self._leader_id()}

    def _leader_id(self) -> UUID | None:
        leader = self.supervision and self.supervision["leader"]
        return UUID(leader["person_id"]) if leader else None

    def _refuse_unsupervised(self) -> None:
        if not self.is_supervised:
            raise Conflict("ticket.not_supervised", "nobody supervises the ticket")


def _next(now: datetime, every_hours: int, due_at: datetime) -> datetime:
    """By the rhythm, but never past the deadline without a word."""
    by_rhythm = now + timedelta(hours=every_hours)
    return due_at if now < due_at < by_rhythm else by_rhythm
