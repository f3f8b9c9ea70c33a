"""Why a clock is due when it is: second by second."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libs.common.calendars import Hours
from services.sla.domain.clocks import Clock


@dataclass(frozen=True)
class Stretch:
    """A stretch of a clock's life. `why`: open, closed (outside hours), or what paused it.

    `running_total` is what has been counted up to its end. `end` is None for a pause that goes on.
    """

    start: datetime
    end: datetime | None
    counts: bool
    why: str
    seconds: float
    running_total: float

    def as_json(self) -> dict[str, Any]:
        """{from, to, counts, why, seconds, running_total}."""
        return {
            "from": self.start.isoformat(),
            "to": self.end.isoformat() if self.end else None,
            "counts": self.counts,
            "why": self.why,
            "seconds": self.seconds,
            "running_total": self.running_total,
        }


def explain(clock: Clock, hours: Hours, now: datetime) -> list[Stretch]:
    """The stretches from the clock's start to its due time; counted seconds add to the target.

    A clock without due time is explained up to `now` (or to its end): what has been counted.
    """
    account = _Account(hours)
    at = clock.started_at
    for pause in clock.pauses:
        if clock.due_at is not None and pause.start >= clock.due_at:
            break
        account.run(at, pause.start)
        account.pause(pause.start, pause.end, pause.why, now)
        if pause.end is None:
            return account.rows
        at = pause.end
    account.run(at, clock.due_at or clock.ended_at or now)
    return account.rows


def remaining_seconds(clock: Clock, hours: Hours, now: datetime) -> float | None:
    """What is left of the target at `now`, 0 once breached; None where the due time is unknown."""
    if clock.remaining_seconds is not None or clock.due_at is None:
        return clock.remaining_seconds
    return hours.between(now, clock.due_at)


class _Account:
    """Adds stretches up."""

    def __init__(self, hours: Hours) -> None:
        self.rows: list[Stretch] = []
        self._hours = hours
        self._total = 0.0

    def run(self, start: datetime, end: datetime) -> None:
        at = start
        for opening, closing in self._hours.spans(start, end):
            self._add(at, opening, "closed", counts=False)
            self._add(opening, closing, "open", counts=True)
            at = closing
        self._add(at, end, "closed", counts=False)

    def pause(self, start: datetime, end: datetime | None, why: str, now: datetime) -> None:
        seconds = max(0.0, ((end or now) - start).total_seconds())
        self.rows.append(Stretch(start, end, False, why, seconds, self._total))

    def _add(self, start: datetime, end: datetime, why: str, *, counts: bool) -> None:
        if end <= start:
            return
        seconds = (end - start).total_seconds()
        if counts:
            self._total = round(self._total + seconds, 6)
        self.rows.append(Stretch(start, end, counts, why, seconds, self._total))
