"""One part of a collaboration (协作): somebody asked to do something, by when, and what came of it.

asked → taken → answered → accepted, or asked again; declined by those asked, cancelled by the
requester. Who belongs to the target is found out by the caller.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, field_error
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.ticket_state import person

TARGETS = ("department", "group", "person")
ASKED, TAKEN, ANSWERED, DECLINED, ACCEPTED, CANCELLED = STATES = (
    *("asked", "taken", "answered"),
    *("declined", "accepted", "cancelled"),
)
# The others wait for those who were asked.
OPEN = (ASKED, TAKEN)
DUTY_LIMIT = 500
PARTS_LIMIT = 10
BEST_SCORE = 5


@dataclass(frozen=True)
class Target:
    """Who is asked: a department, a group or a person."""

    kind: str
    target_id: UUID
    name: str

    def as_shown(self) -> dict[str, str]:
        """As timelines show it."""
        return {"kind": self.kind, "id": str(self.target_id), "name": self.name}


@dataclass(eq=False, kw_only=True)
class Collaboration:
    """`words` are what people wrote: duty, note, again, answer, reason, judgement."""

    collaboration_id: UUID
    ticket_id: UUID
    target_kind: str
    target_id: UUID
    target_name: str
    requester_id: UUID
    requester_name: str
    asked_at: datetime
    updated_at: datetime
    state: str = ASKED
    round: int = 1
    due_at: datetime | None = None
    is_overdue: bool = False
    taker_id: UUID | None = None
    taker_name: str | None = None
    taken_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    materials: list[dict[str, Any]] = field(default_factory=list)
    answer_files: list[dict[str, Any]] = field(default_factory=list)
    score: int | None = None
    rated_at: datetime | None = None
    words: dict[str, str] = field(default_factory=dict)

    @property
    def target(self) -> Target:
        """Who is asked."""
        return Target(self.target_kind, self.target_id, self.target_name)

    @property
    def is_open(self) -> bool:
        """Whether it waits for those who were asked."""
        return self.state in OPEN

    def take(self, act: Act) -> None:
        """Somebody of the target sees to it."""
        if self.state == TAKEN and self.taker_id != act.actor.subject:
            raise Conflict(
                "collaboration.taken",
                f"{self.taker_name} sees to it already",
                {"taker": person(self.taker_id, self.taker_name)},
            )
        self._demand(act, ASKED, TAKEN)
        self.taker_id, self.taker_name = act.actor.subject, act.actor.name
        self.taken_at, self.state = self.taken_at or act.now, TAKEN

    def answer(self, text: str, files: list[dict[str, Any]], act: Act) -> None:
        """What came of it; whoever answers has thereby taken it."""
        self.take(act)
        self.words["answer"], self.answer_files = text, files
        self.answered_at, self.state = act.now, ANSWERED

    def decline(self, reason: str, act: Act) -> None:
        """Those asked cannot do it."""
        if self.state == TAKEN:
            self.take(act)
        self._demand(act, *OPEN)
        self.words["reason"] = reason
        self.ended_at, self.state = act.now, DECLINED

    def accept(self, act: Act) -> None:
        """The requester has what was asked for."""
        self._demand(act, ANSWERED)
        self.ended_at, self.state = act.now, ACCEPTED

    def ask_again(self, text: str, due_at: datetime | None, act: Act) -> None:
        """Not yet what was asked for, or not yet done: another round, for the same person if any.

        What was answered before stays in the timeline.
        """
        self._demand(act, ANSWERED, DECLINED)
        is_theirs = self.state == ANSWERED and self.taker_id is not None
        if not is_theirs:
            self.taker_id = self.taker_name = self.taken_at = None
        for name in ("answer", "reason"):
            self.words.pop(name, None)
        self.words["again"] = text
        self.state, self.round = TAKEN if is_theirs else ASKED, self.round + 1
        self.due_at, self.is_overdue, self.ended_at = due_at, False, None
        self.answered_at, self.answer_files = None, []

    def cancel(self, reason: str | None, act: Act) -> None:
        """The requester no longer needs it."""
        self._demand(act, *OPEN)
        if reason:
            self.words["reason"] = reason
        self.ended_at, self.state = act.now, CANCELLED

    def rate(self, score: int, words: str | None, act: Act) -> None:
        """How good the help was, 1 to 5; said once it is done, and changed by saying it again."""
        self._demand(act, ANSWERED, ACCEPTED, DECLINED)
        if not 1 <= score <= BEST_SCORE:
            raise field_error("score", f"must be 1 to {BEST_SCORE}")
        self.score, self.rated_at = score, act.now
        self.words.pop("judgement", None)
        if words:
            self.words["judgement"] = words

    def find_overdue(self, now: datetime) -> bool:
        """Whether it is late now, and was not before."""
        is_late = self.is_open and self.due_at is not None and self.due_at <= now
        if not is_late or self.is_overdue:
            return False
        self.is_overdue, self.updated_at = True, now
        return True

    def _demand(self, act: Act, *states: str) -> None:
        if self.state not in states:
            raise Conflict(
                "collaboration.state_refused",
                f"the collaboration is {self.state}",
                {"state": self.state},
            )
        self.updated_at = act.now


def check_due(field_name: str, due_at: datetime | None, now: datetime) -> datetime | None:
    """A time limit lies ahead; raises InvalidInput naming the field."""
    if due_at is not None and due_at <= now:
        raise field_error(field_name, "must lie in the future", "due.past")
    return due_at


def check_duty(field_name: str, duty: object) -> str:
    """What is asked for, in one line or a few."""
    return checks.required_text(field_name, duty, DUTY_LIMIT)
