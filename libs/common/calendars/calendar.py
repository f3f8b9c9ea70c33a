"""Arithmetic of open time. Instants are aware and come back in UTC; seconds may be fractions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from libs.common.calendars.compiling import (
    SECOND,
    STRETCH,
    Stretch,
    compile_stretch,
    to_instant,
    to_micros,
)
from libs.common.calendars.periods import Period, Weekly

Spans = list[tuple[datetime, datetime]]

# Stretches in a row without an opening that cover two years, wherever in the first one begins.
_CLOSED_STRETCHES = 4
# A target that is not reached in so long a time never will be, by any sensible reading.
_MOST_STRETCHES = 50


class CalendarNeverOpens(Exception):
    """The hours hold no opening within two years, or too little for what is asked in fifty."""


class Hours(Protocol):
    """What a calendar answers; `ALWAYS` does too."""

    def add(self, instant: datetime, seconds: float) -> datetime:
        """The earliest instant by which `seconds` ≥ 0 of open time have passed."""
        ...

    def back(self, instant: datetime, seconds: float) -> datetime:
        """The latest instant from which `seconds` ≥ 0 of open time pass up to `instant`."""
        ...

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds of open time from `start` to `end`; 0 if `end` is not after `start`."""
        ...

    def is_open(self, instant: datetime) -> bool: ...

    def next_opening(self, instant: datetime) -> datetime:
        """`instant` itself if it is open, else when it opens next."""
        ...

    def spans(self, start: datetime, end: datetime) -> Spans:
        """The open stretches of time from `start` to `end`, in order, none touching another."""
        ...


@dataclass(frozen=True, eq=False)
class Calendar:
    """Hours of a week in a zone, and days that replace the week's hours (none: closed).

    An instant is open when the wall clock in the zone shows a time within a period of that local
    day: an hour that the clock skips is not there, one that it shows twice counts twice.
    Keep and share instances: each year is laid out once, on first use (about a millisecond).
    Methods raise CalendarNeverOpens.
    """

    zone: ZoneInfo
    weekly: Weekly
    days: Mapping[date, tuple[Period, ...]] = field(default_factory=dict)
    _stretches: dict[int, Stretch] = field(default_factory=dict, init=False, repr=False)

    def periods_on(self, day: date) -> tuple[Period, ...]:
        """The hours of a local day."""
        special = self.days.get(day)
        return self.weekly.on(day.isoweekday()) if special is None else special

    def add(self, instant: datetime, seconds: float) -> datetime:
        wanted = _micros(seconds)
        if not wanted:
            return instant.astimezone(UTC)
        at = to_micros(instant)
        for stretch in self._onward(at):
            passed = stretch.open_before(at) if stretch.begin < at else 0
            if stretch.total - passed >= wanted:
                return to_instant(stretch.earliest(passed + wanted))
            wanted -= stretch.total - passed
        raise CalendarNeverOpens(f"no {seconds} s of open time after {instant}")

    def back(self, instant: datetime, seconds: float) -> datetime:
        wanted = _micros(seconds)
        if not wanted:
            return instant.astimezone(UTC)
        at = to_micros(instant)
        for stretch in self._backward(at):
            passed = stretch.open_before(at) if at < stretch.end else stretch.total
            if passed >= wanted:
                return to_instant(stretch.latest(passed - wanted))
            wanted -= passed
        raise CalendarNeverOpens(f"no {seconds} s of open time before {instant}")

    def between(self, start: datetime, end: datetime) -> float:
        first, last = to_micros(start), to_micros(end)
        if last <= first:
            return 0.0
        begin, final = self._stretch(first // STRETCH), self._stretch(last // STRETCH)
        passed = final.open_before(last) - begin.open_before(first)
        passed += sum(self._stretch(n).total for n in range(first // STRETCH, last // STRETCH))
        return passed / SECOND

    def is_open(self, instant: datetime) -> bool:
        at = to_micros(instant)
        return self._stretch(at // STRETCH).holds(at)

    def next_opening(self, instant: datetime) -> datetime:
        at = to_micros(instant)
        if self._stretch(at // STRETCH).holds(at):
            return instant.astimezone(UTC)
        for stretch in self._onward(at):
            start = stretch.next_start(at)
            if start is not None:
                return to_instant(start)
        raise CalendarNeverOpens(f"no opening after {instant}")

    def spans(self, start: datetime, end: datetime) -> Spans:
        first, last = to_micros(start), to_micros(end)
        found: list[tuple[int, int]] = []
        for number in range(first // STRETCH, (last - 1) // STRETCH + 1):
            for opening, closing in self._stretch(number).spans:
                opening, closing = max(opening, first), min(closing, last)
                if opening >= closing:
                    continue
                if found and found[-1][1] == opening:  # open through the turn of stretches
                    opening = found.pop()[0]
                found.append((opening, closing))
        return [(to_instant(opening), to_instant(closing)) for opening, closing in found]

    def _stretch(self, number: int) -> Stretch:
        found = self._stretches.get(number)
        if found is None:
            found = compile_stretch(number, self.zone, self.periods_on)
            self._stretches[number] = found
        return found

    def _onward(self, at: int) -> Iterator[Stretch]:
        return self._until_closed(range(at // STRETCH, at // STRETCH + _MOST_STRETCHES))

    def _backward(self, at: int) -> Iterator[Stretch]:
        return self._until_closed(range(at // STRETCH, at // STRETCH - _MOST_STRETCHES, -1))

    def _until_closed(self, numbers: range) -> Iterator[Stretch]:
        closed = 0
        for number in numbers:
            stretch = self._stretch(number)
            closed = 0 if stretch.total else closed + 1
            if closed == _CLOSED_STRETCHES:
                return
            yield stretch


class _Always:
    """Calendar time: never closed."""

    def add(self, instant: datetime, seconds: float) -> datetime:
        return instant.astimezone(UTC) + timedelta(microseconds=_micros(seconds))

    def back(self, instant: datetime, seconds: float) -> datetime:
        return instant.astimezone(UTC) - timedelta(microseconds=_micros(seconds))

    def between(self, start: datetime, end: datetime) -> float:
        return max(0.0, (end - start).total_seconds())

    def is_open(self, instant: datetime) -> bool:
        return True

    def next_opening(self, instant: datetime) -> datetime:
        return instant.astimezone(UTC)

    def spans(self, start: datetime, end: datetime) -> Spans:
        return [(start.astimezone(UTC), end.astimezone(UTC))] if start < end else []


ALWAYS: Hours = _Always()


def _micros(seconds: float) -> int:
    micros = round(seconds * SECOND)
    if micros < 0:
        raise ValueError("seconds must not be negative")
    return micros
