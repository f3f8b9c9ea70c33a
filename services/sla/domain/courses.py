"""What a ticket went through, whatever any policy promises: the courses that clocks measure.

A course has its number among those of its target however policies change, so that a clock keeps
its id. Where facts are missing the state of the next one is believed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from services.sla.domain.clocks import Pause
from services.sla.domain.facts import TicketFact
from services.sla.domain.vocabulary import (
    ACCEPT,
    FINISHED,
    FIRST_REPLY,
    NEXT_REPLY,
    RESOLUTION,
    STATUS,
    UPDATE,
)

_SIGNS_OF_LIFE = ("ticket.assigned", "ticket.accepted")


@dataclass
class Course:
    """From what starts a clock to what ends it. `last` is the ticket as it last was on the way."""

    target: str
    cycle: int
    started_at: datetime
    last: TicketFact
    ended_at: datetime | None = None
    is_met: bool = False
    gaps: list[Pause] = field(default_factory=list)  # finished, and then reopened
    epoch: int = 0
    status: str | None = None


def in_order(facts: Iterable[TicketFact]) -> list[TicketFact]:
    """Each fact once, by `seq`, none earlier than the one before it; begun at the creation.

    A ticket whose creation is not known yet is taken to have waited from then on, unassigned.
    """
    known = {fact.seq: fact for fact in facts}
    found: list[TicketFact] = []
    for _, fact in sorted(known.items()):
        if not found:
            found.append(_beginning(fact))
            if fact.type == "ticket.created":
                continue
        at = max(fact.occurred_at, found[-1].occurred_at)
        found.append(fact if at == fact.occurred_at else replace(fact, occurred_at=at))
    return found


def _beginning(fact: TicketFact) -> TicketFact:
    if fact.type == "ticket.created":
        return replace(fact, occurred_at=fact.created_at)
    return replace(
        fact,
        type="ticket.created",
        occurred_at=fact.created_at,
        status="unassigned",
        status_category="new",
        epoch=0,
        has_assignee=False,
        is_accepted=False,
    )


def trace(facts: Sequence[TicketFact]) -> list[Course]:
    """All courses of a ticket's life, from facts `in_order`, by their start."""
    tracer = _Tracer(facts[0])
    for before, fact in pairwise(facts):
        tracer.take(before, fact)
    tracer.finish(facts[-1])
    return tracer.courses


class _Tracer:
    """Walks along a ticket's facts, starting and ending courses."""

    def __init__(self, first: TicketFact) -> None:
        self.courses: list[Course] = []
        self._running: dict[str, Course] = {}
        self._counts: dict[str, int] = {}
        self._is_answered = False
        # When the customer wrote into a finished ticket that nobody has reopened yet.
        self._asked_at: datetime | None = None
        if first.status_category not in FINISHED:
            self._start(FIRST_REPLY, first)
            self._start(RESOLUTION, first)
        self._follow_state(None, first)

    def take(self, before: TicketFact, fact: TicketFact) -> None:
        was_finished = before.status_category in FINISHED
        is_finished = fact.status_category in FINISHED
        for course in self._running.values():
            course.last = before
        if was_finished and not is_finished:
            self._reopen(before, fact)
        self._hear(fact, is_finished)
        if is_finished and not was_finished:
            self._conclude(fact)
        self._follow_state(before, fact)

    def finish(self, last: TicketFact) -> None:
        """Courses that still run are judged by the ticket as it is now."""
        for course in self._running.values():
            course.last = last

    def _hear(self, fact: TicketFact, is_finished: bool) -> None:
        """What was said: replies of the staff, questions of the customer."""
        if fact.is_public_reply:
            self._end(FIRST_REPLY, fact, is_met=True)
            self._end(NEXT_REPLY, fact, is_met=True)
            self._is_answered, self._asked_at = True, None
        elif fact.is_question and is_finished:
            self._asked_at = self._asked_at or fact.occurred_at
        elif fact.is_question and self._is_answered:
            self._start(NEXT_REPLY, fact)

    def _conclude(self, fact: TicketFact) -> None:
        self._end(RESOLUTION, fact, is_met=fact.status_category == "solved")
        self._end(FIRST_REPLY, fact, is_met=False)
        self._end(NEXT_REPLY, fact, is_met=False)

    def _reopen(self, before: TicketFact, fact: TicketFact) -> None:
        if not self._resume(RESOLUTION, 1, before, fact):
            self._start(RESOLUTION, fact)
        asked_at, self._asked_at = self._asked_at, None
        if not self._is_answered:
            self._start(FIRST_REPLY, fact, asked_at)
        elif asked_at is not None:
            self._start(NEXT_REPLY, fact, asked_at)

    def _resume(self, target: str, cycle: int, before: TicketFact, fact: TicketFact) -> bool:
        """Let an ended course go on if there is one; the time in between does not count."""
        for course in self.courses:
            if course.target == target and course.cycle == cycle and course.ended_at is not None:
                course.gaps.append(Pause(course.ended_at, fact.occurred_at, before.status))
                course.ended_at, course.is_met, course.last = None, False, fact
                self._running[target] = course
                return True
        return False

    def _follow_state(self, before: TicketFact | None, fact: TicketFact) -> None:
        self._follow_acceptance(before, fact)
        self._follow_work(before, fact)
        self._follow_status(fact)

    def _follow_acceptance(self, before: TicketFact | None, fact: TicketFact) -> None:
        course = self._running.get(ACCEPT)
        is_finished = fact.status_category in FINISHED
        if course is not None:
            is_same = fact.has_assignee and fact.epoch == course.epoch
            if not is_same or fact.is_accepted or is_finished:
                self._end(ACCEPT, fact, is_met=is_same and fact.is_accepted)
        is_waiting = fact.has_assignee and not fact.is_accepted and not is_finished
        if not is_waiting or ACCEPT in self._running:
            return
        # One for each assignment: a reopened ticket still waits for the same confirmation.
        if not self._resume(ACCEPT, fact.epoch, before or fact, fact):
            self._start(ACCEPT, fact, cycle=fact.epoch).epoch = fact.epoch

    def _follow_work(self, before: TicketFact | None, fact: TicketFact) -> None:
        """The customer hears something at least so often while somebody works on the ticket."""
        is_in_work = fact.status_category == "open"
        sign = _is_sign_of_life(fact)
        if UPDATE in self._running and (sign or not is_in_work):
            self._end(UPDATE, fact, is_met=sign and fact.status_category != "closed")
        if is_in_work:
            self._start(UPDATE, fact)

    def _follow_status(self, fact: TicketFact) -> None:
        course = self._running.get(STATUS)
        if course is not None and course.status != fact.status:
            self._end(STATUS, fact, is_met=True)
        self._start(STATUS, fact).status = fact.status

    def _start(
        self,
        target: str,
        fact: TicketFact,
        at: datetime | None = None,
        cycle: int | None = None,
    ) -> Course:
        """Start a course unless one of the target runs, which then stays the one."""
        if target in self._running:
            return self._running[target]
        count = self._counts[target] = self._counts.get(target, 0) + 1
        number = count if cycle is None else cycle
        course = Course(target, number, at or fact.occurred_at, fact)
        self._running[target] = course
        self.courses.append(course)
        return course

    def _end(self, target: str, fact: TicketFact, *, is_met: bool) -> None:
        course = self._running.pop(target, None)
        if course is not None:
            course.ended_at, course.is_met = fact.occurred_at, is_met


def _is_sign_of_life(fact: TicketFact) -> bool:
    by_staff = fact.type in ("ticket.status_changed", "ticket.solved")
    return (
        fact.type in _SIGNS_OF_LIFE
        or fact.is_public_reply
        or (by_staff and fact.actor_kind == "staff")
    )
