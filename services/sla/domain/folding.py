"""From a ticket's facts to its clocks: its courses, measured by the policies they fall under."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime

from libs.common.calendars import CalendarNeverOpens, Hours
from services.sla.domain.book import PolicyBook
from services.sla.domain.clocks import Clock, Pause
from services.sla.domain.courses import Course, in_order, trace
from services.sla.domain.facts import TicketFact
from services.sla.domain.policies import Policy
from services.sla.domain.vocabulary import (
    BREACHED,
    CANCELLED,
    MET,
    PAUSED,
    RUNNING,
    STATUS,
    TARGETS,
)


def fold(facts: Iterable[TicketFact], book: PolicyBook, now: datetime) -> list[Clock]:
    """The ticket's clocks, ended ones included, by target, then cycle.

    Facts may come in any order, repeated, with gaps, and without the ticket's creation. A clock
    that was stored and is not returned any more does not exist: a policy or a late fact undid it.
    """
    life = in_order(facts)
    if not life:
        return []
    measure = _Measure(life, book, max(now, life[-1].occurred_at))
    clocks = [clock for course in trace(life) if (clock := measure.clock(course))]
    return sorted(clocks, key=lambda clock: (TARGETS.index(clock.target), clock.cycle))


class _Measure:
    """Makes clocks of one ticket's courses."""

    def __init__(self, life: Sequence[TicketFact], book: PolicyBook, now: datetime) -> None:
        self._life = life
        self._times = [fact.occurred_at for fact in life]
        self._book = book
        self._now = now
        self._chosen: dict[tuple[int, datetime | None], Policy | None] = {}

    def clock(self, course: Course) -> Clock | None:
        """None where nothing is promised."""
        policy = self._policy(course)
        if policy is None:
            return None
        seconds = policy.seconds_for(course.target, course.last.urgency, course.status)
        if seconds is None:
            return None
        hours = self._book.hours_of(policy)
        pauses = tuple(self._pauses(course, policy))
        due_at, left = _due(hours, course.started_at, pauses, seconds)
        is_late = due_at is not None and due_at <= (course.ended_at or self._now)
        is_paused = bool(pauses) and pauses[-1].end is None
        return Clock(
            target=course.target,
            cycle=course.cycle,
            state=_state(course, is_late=is_late, is_paused=is_paused),
            started_at=course.started_at,
            due_at=due_at,
            target_seconds=seconds,
            policy_id=policy.policy_id,
            revision=policy.revision,
            is_breached=is_late,
            is_paused=is_paused,
            ended_at=course.ended_at,
            remaining_seconds=_remaining(course, hours, due_at, left if is_paused else None),
            elapsed_seconds=_elapsed(course, hours, pauses),
            pauses=pauses,
            assignment_epoch=course.epoch,
            status=course.status,
        )

    def _policy(self, course: Course) -> Policy | None:
        key = (course.last.seq, course.ended_at)
        if key not in self._chosen:
            self._chosen[key] = self._book.choose(course.last.about, course.ended_at)
        return self._chosen[key]

    def _pauses(self, course: Course, policy: Policy) -> list[Pause]:
        """Gaps, and stays in statuses that the policy pauses in, joined where they touch."""
        paused_in: frozenset[str] = (
            frozenset() if course.target == STATUS else policy.pause_statuses
        )
        if not paused_in:
            return course.gaps
        found: list[Pause] = []
        for start, end, fact in self._stays(course):
            # An own status pauses by itself, or because the one that it stands on does.
            why = next((one for one in (fact.own_status, fact.status) if one in paused_in), None)
            why = why or _gap_at(course, start)
            if why is None:
                continue
            if found and found[-1].end == start and found[-1].why == why:
                start = found.pop().start
            found.append(Pause(start, end, why))
        return found

    def _stays(self, course: Course) -> Iterable[tuple[datetime, datetime | None, TicketFact]]:
        """The course between one fact and the next: (start, end, the fact before it)."""
        first = max(bisect_right(self._times, course.started_at) - 1, 0)
        for index in range(first, len(self._life)):
            start = max(self._times[index], course.started_at)
            end = self._times[index + 1] if index + 1 < len(self._times) else None
            if course.ended_at is not None:
                if start >= course.ended_at:
                    return
                end = min(end or course.ended_at, course.ended_at)
            if start != end:
                yield start, end, self._life[index]


def _gap_at(course: Course, at: datetime) -> str | None:
    for gap in course.gaps:
        if gap.end is not None and gap.start <= at < gap.end:
            return gap.why
    return None


def _due(
    hours: Hours, started_at: datetime, pauses: Sequence[Pause], seconds: int
) -> tuple[datetime | None, float]:
    """When the target is used up, and what was left of it after the last pause.

    None while paused, or where the calendar never opens long enough.
    """
    at, left = started_at, float(seconds)
    try:
        for pause in pauses:
            used = hours.between(at, pause.start)
            if used >= left:
                return hours.add(at, left), 0.0
            left = round(left - used, 6)
            if pause.end is None:
                return None, left
            at = pause.end
        return hours.add(at, left), left
    except CalendarNeverOpens:
        return None, left


def _remaining(
    course: Course, hours: Hours, due_at: datetime | None, paused_with: float | None
) -> float | None:
    """What was left when the clock last stood still; None while it runs."""
    if course.ended_at is None:
        return paused_with
    return None if due_at is None else hours.between(course.ended_at, due_at)


def _elapsed(course: Course, hours: Hours, pauses: Sequence[Pause]) -> float | None:
    """Open time from the start to the end, but pauses; None while the clock has not ended."""
    if course.ended_at is None:
        return None
    passed, at = 0.0, course.started_at
    try:
        for pause in pauses:
            passed += hours.between(at, pause.start)
            at = pause.end or course.ended_at
        return round(passed + hours.between(at, course.ended_at), 6)
    except CalendarNeverOpens:
        return 0.0


def _state(course: Course, *, is_late: bool, is_paused: bool) -> str:
    if course.ended_at is not None:
        return MET if course.is_met else CANCELLED
    if is_late:
        return BREACHED
    return PAUSED if is_paused else RUNNING
