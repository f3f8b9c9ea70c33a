"""Periods of whole days in the business zone, and how they are cut and compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.reporting.domain.vocabulary import CUSTOM, MOST_POINTS, PREVIOUS

_DAY = timedelta(days=1)
# Fifty-two weeks: a year ago on the same days of the week.
_WEEKS = timedelta(weeks=52)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)
MOST_DAYS = 20 * 366


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both included; `unit` is custom unless it is whole units of time."""

    unit: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def compared(self, how: str) -> "Period":
        """The period just before it and as long (`previous`), or the same one a year ago."""
        if how == PREVIOUS:
            return Period(self.unit, self._first_before(), self.first - _DAY)
        if self.unit in _MONTHS:
            first, last = shift(self.first, -12), shift(self.last + _DAY, -12) - _DAY
        elif self.unit == "week":
            first, last = self.first - _WEEKS, self.last - _WEEKS
        else:
            first, last = shift(self.first, -12), shift(self.last, -12)
        return Period(self.unit, first, last)

    def _first_before(self) -> date:
        if self.unit not in _MONTHS:
            return self.first - self.days * _DAY
        end = self.last + _DAY
        months = (end.year - self.first.year) * 12 + end.month - self.first.month
        return shift(self.first, -months)

    def points(self, unit: str) -> list["Period"]:
        """Cut into units; the first and the last may be parts of one. At most 400 (ValueError)."""
        found: list[Period] = []
        for first in _starts(self.first, unit):
            if first > self.last:
                return found
            if len(found) == MOST_POINTS:
                raise ValueError("too many points")
            end = min(unit_end(first, unit), self.last)
            is_whole = unit_start(first, unit) == first and unit_end(end, unit) == end
            found.append(Period(unit if is_whole else CUSTOM, first, end))
        return found

    def fitting_unit(self) -> str:
        """The finest unit that makes no more than about forty points."""
        for unit, length in (("day", 1), ("week", 7), ("month", 31), ("quarter", 92)):
            if self.days <= 40 * length:
                return unit
        return "year"


def unit_start(day: date, unit: str) -> date:
    """The first day of the day's week (Monday), month, quarter or year."""
    if unit == "week":
        return day - day.weekday() * _DAY
    if unit in _MONTHS:
        month = (day.month - 1) // _MONTHS[unit] * _MONTHS[unit] + 1
        return day.replace(month=month, day=1)
    return day


def unit_end(day: date, unit: str) -> date:
    """Its last day."""
    start = unit_start(day, unit)
    if unit in _MONTHS:
        return shift(start, _MONTHS[unit]) - _DAY
    return start + (6 * _DAY if unit == "week" else timedelta(0))


def shift(day: date, months: int) -> date:
    """So many months later; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    raise ValueError("no such month")


def whole_units(unit: str, first: date, last: date) -> Period:
    """The units of time in which these days are."""
    if unit == CUSTOM:
        return Period(unit, first, last)
    return Period(unit, unit_start(first, unit), unit_end(last, unit))


def last_units(unit: str, today: date, count: int, *, is_over: bool) -> Period:
    """So many units of time up to the present one, or (`is_over`) up to the one before it."""
    last = unit_end(today, unit)
    if is_over:
        last = unit_start(today, unit) - _DAY
    first = unit_start(last, unit)
    if unit in _MONTHS:
        first = shift(first, -(count - 1) * _MONTHS[unit])
    else:
        first -= (count - 1) * (7 if unit == "week" else 1) * _DAY
    return Period(unit, first, last)


def _starts(first: date, unit: str) -> Iterator[date]:
    while True:
        yield first
        first = unit_end(first, unit) + _DAY
