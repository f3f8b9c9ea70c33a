"""Assignments: who has a ticket, or is proposed for it, and what of their capacity that takes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.dispatch.domain.rules import GRAB

PROPOSED, ACTIVE, ENDED = "proposed", "active", "ended"
MANUAL, AUTOMATIC, HAND_OVER = "manual", "automatic", "hand_over"
ESCALATION = "escalation"

ACCEPT_TIMEOUT, RETURNED, INACTIVE = "accept_timeout", "returned", "assignee_inactive"

# How long the same ticket is not given back by itself to somebody, by how they lost it.
KEPT_AWAY = {
    ACCEPT_TIMEOUT: timedelta(minutes=30),
    INACTIVE: timedelta(minutes=30),
    HAND_OVER: timedelta(hours=24),
    RETURNED: timedelta(hours=24),
}


class Share(NamedTuple):
    """What an assignment adds to its person's load."""

    load: int = 0
    active: int = 0
    grabbed: int = 0


@dataclass(slots=True)
class Assignment:
    """One ticket with one person, from the proposal to the end.

    `epoch` counts the ticket's changes of hands: the one while it is theirs, of a proposal the one
    that it would get. `waiting_since`: since when the ticket had waited for it.
    """

    assignment_id: UUID
    ticket_id: UUID
    customer_id: UUID
    person_id: UUID
    group_id: UUID | None
    epoch: int
    state: str
    mode: str
    weight: int
    decision_id: UUID | None = None
    note: str | None = None
    waiting_since: datetime | None = None
    proposed_at: datetime | None = None
    sent_at: datetime | None = None
    confirmed_at: datetime | None = None
    accepted_at: datetime | None = None
    withdrawn_at: datetime | None = None
    ended_at: datetime | None = None
    end_cause: str | None = None

    @property
    def share(self) -> Share:
        """Of a proposal as of an assignment: what is proposed is reserved."""
        if self.state == ENDED:
            return Share()
        return Share(self.weight, 1, int(self.mode == GRAB))

    def end(self, cause: str, now: datetime) -> None:
        """A cause that was noted before, such as a withdrawal's, stays."""
        self.state, self.ended_at, self.end_cause = ENDED, now, self.end_cause or cause

    def confirm(self, at: datetime) -> None:
        """Ticketing has made it so."""
        self.state, self.confirmed_at = ACTIVE, at

    def withdraw(self, cause: str, now: datetime) -> None:
        """It is to end as soon as ticketing has taken the ticket away."""
        self.withdrawn_at, self.end_cause = now, cause

    def stay(self) -> None:
        """Confirmed at the last moment, it is not taken away after all."""
        self.withdrawn_at = self.end_cause = None

    @property
    def keeps_away_until(self) -> datetime | None:
        """Until when its person does not get the ticket again by itself."""
        kept = KEPT_AWAY.get(self.end_cause or "")
        return self.ended_at + kept if kept and self.ended_at else None
