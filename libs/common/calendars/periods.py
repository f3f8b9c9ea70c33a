"""Opening periods of a day and of a week: their JSON form, and what is refused.

A period is `["09:00", "12:00"]`, its end excluded; `"24:00"` is the end of the day. A week is
`{"1": [period, …], …, "7": []}` with ISO weekdays; a weekday left out is closed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from libs.common.errors import InvalidInput, field_error

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)
_MOST_PERIODS = 24
_WEEKDAYS = tuple("1234567")

Errors = dict[str, list[str]]


class Period(NamedTuple):
    """Open from minute `start` of the day up to, not including, minute `end` (at most 1440)."""

    start: int
    end: int

    def __str__(self) -> str:
        return "–".join(self.as_json())

    def as_json(self) -> list[str]:
        return [_clock(self.start), _clock(self.end)]


@dataclass(frozen=True)
class Weekly:
    """The hours of the seven weekdays, Monday first."""

    days: tuple[tuple[Period, ...], ...]

    def on(self, iso_weekday: int) -> tuple[Period, ...]:
        """The periods of a weekday, Monday = 1."""
        return self.days[iso_weekday - 1]

    def as_json(self) -> dict[str, list[list[str]]]:
        return {key: periods_as_json(day) for key, day in zip(_WEEKDAYS, self.days, strict=True)}


def periods_as_json(periods: Iterable[Period]) -> list[list[str]]:
    """What `parse_periods` takes."""
    return [period.as_json() for period in periods]


def parse_weekly(raw: Any, where: str = "weekly") -> Weekly:
    """The hours of a week; raises InvalidInput naming fields such as `weekly.1[0]`."""
    if not isinstance(raw, Mapping):
        raise field_error(where, "must map weekdays 1–7 to lists of periods")
    errors: Errors = {
        f"{where}.{key}": ["is no weekday (1–7)"] for key in raw if key not in _WEEKDAYS
    }
    days = tuple(_periods(raw.get(key, []), f"{where}.{key}", errors) for key in _WEEKDAYS)
    if not errors and not any(days):
        errors[where] = ["must open at some time of the week"]
    _refuse(errors)
    return Weekly(days)


def parse_periods(raw: Any, where: str = "periods") -> tuple[Period, ...]:
    """The hours of one day, in order; none means closed. Raises InvalidInput."""
    errors: Errors = {}
    periods = _periods(raw, where, errors)
    _refuse(errors)
    return periods


def parse_zone(raw: Any, where: str = "zone") -> ZoneInfo:
    """An IANA time zone such as Asia/Shanghai; raises InvalidInput."""
    if not isinstance(raw, str) or raw not in _zones():
        raise field_error(where, "must be a time zone such as Asia/Shanghai")
    return ZoneInfo(raw)


@cache
def _zones() -> frozenset[str]:
    # Without the machine's own, which is another one elsewhere.
    return frozenset(available_timezones() - {"localtime"})


def _periods(raw: Any, where: str, errors: Errors) -> tuple[Period, ...]:
    if not isinstance(raw, list | tuple) or len(raw) > _MOST_PERIODS:
        errors[where] = [f"must be a list of at most {_MOST_PERIODS} periods"]
        return ()
    found = []
    for index, item in enumerate(raw):
        path = f"{where}[{index}]"
        parsed = _period(item)
        if isinstance(parsed, str):
            errors[path] = [parsed]
        else:
            found.append((parsed, path))
    found.sort()
    for (earlier, _), (later, path) in pairwise(found):
        if later.start < earlier.end:
            errors[path] = [f"overlaps with {earlier}"]
    return tuple(period for period, _ in found)


def _period(raw: Any) -> Period | str:
    """A period, or what is wrong with it."""
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        return 'must be a pair of times such as ["09:00", "12:00"]'
    start, end = _minutes(raw[0]), _minutes(raw[1])
    if start is None or end is None:
        return "must have times from 00:00 to 24:00"
    if start == end:
        return "is empty"
    if start > end:
        return "ends before it starts; a night goes up to 24:00, and on from 00:00 the next day"
    return Period(start, end)


def _minutes(raw: Any) -> int | None:
    if not isinstance(raw, str) or not _CLOCK.fullmatch(raw):
        return None
    hours, minutes = raw.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _refuse(errors: Errors) -> None:
    if errors:
        where, messages = next(iter(errors.items()))
        raise InvalidInput("field.invalid", f"{where}: {messages[0]}", {"errors": errors})
