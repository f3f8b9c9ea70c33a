"""Which steps of a policy are due on a clock, and when the next one is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from libs.common.calendars import ALWAYS, CalendarNeverOpens, Hours
from services.sla.domain.clocks import Clock
from services.sla.domain.policies import Policy, Step
from services.sla.domain.vocabulary import AFTER, BEFORE, DUE


@dataclass(frozen=True)
class Reached:
    """A step whose time has come. `key` is the step's, of a recurring one with `#1`, `#2` …

    `phase`: before, due or after the clock's due time.
    """

    key: str
    step: Step
    at: datetime
    phase: str


def steps_due(
    clock: Clock, policy: Policy, hours: Hours, done: Collection[str], now: datetime
) -> list[Reached]:
    """What is to be told now, in order of time, but what is `done` (keys told for this clock).

    Of a recurring step only the newest occurrence, and never one before the last told. Nothing on
    a clock that has ended, has no due time or is paused.
    """
    found = []
    for plan in _plans(clock, policy, hours):
        newest = None
        for reached in plan.after(done):
            if reached.at > now:
                break
            newest = reached
        if newest is not None:
            found.append(newest)
    return _sorted(found)


def next_step_at(
    clock: Clock, policy: Policy, hours: Hours, done: Collection[str]
) -> datetime | None:
    """When the first step that is not done comes; may be past if it has not been told yet.

    Breach itself is no step: ask for the earlier of this and `due_at` of a running clock.
    """
    firsts = (next(plan.after(done), None) for plan in _plans(clock, policy, hours))
    return min((reached.at for reached in firsts if reached is not None), default=None)


def planned_steps(clock: Clock, policy: Policy, hours: Hours) -> list[Reached]:
    """All steps of a clock that has a due time, in order; of recurring ones the first time."""
    if clock.due_at is None:
        return []
    plans = (_Plan(step, clock.due_at, hours) for step in policy.steps_of(clock.target))
    firsts = (next(plan.after(()), None) for plan in plans)
    return _sorted([reached for reached in firsts if reached is not None])


def _plans(clock: Clock, policy: Policy, hours: Hours) -> "list[_Plan]":
    if clock.due_at is None or clock.is_paused or not clock.is_unended:
        return []
    return [_Plan(step, clock.due_at, hours) for step in policy.steps_of(clock.target)]


@dataclass(frozen=True)
class _Plan:
    """When a step comes, given a due time."""

    step: Step
    due_at: datetime
    hours: Hours

    def after(self, done: Collection[str]) -> Iterator[Reached]:
        """What comes after the last time that was told, in order."""
        told = [n for n in range(1, self.step.repeat_limit + 1) if self.key(n) in done]
        for number in range(max(told, default=0) + 1, self.step.repeat_limit + 1):
            at = self.at(number)
            if at is None:
                return
            yield Reached(self.key(number), self.step, at, self._phase(number))

    def key(self, number: int) -> str:
        return f"{self.step.key}#{number}" if self.step.is_recurring else self.step.key

    def at(self, number: int) -> datetime | None:
        """None where the calendar never opens long enough."""
        hours = ALWAYS if self.step.calendar == "elapsed" else self.hours
        offset = self._offset(number)
        try:
            if offset < 0:
                return hours.back(self.due_at, -offset)
            return hours.add(self.due_at, offset)
        except CalendarNeverOpens:
            return None

    def _phase(self, number: int) -> str:
        offset = self._offset(number)
        return DUE if offset == 0 else BEFORE if offset < 0 else AFTER

    def _offset(self, number: int) -> int:
        return self.step.offset_seconds + (number - 1) * (self.step.repeat_seconds or 0)


def _sorted(found: list[Reached]) -> list[Reached]:
    return sorted(found, key=lambda reached: (reached.at, reached.step.offset_seconds))
