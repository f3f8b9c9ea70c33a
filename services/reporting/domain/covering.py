"""Which sums make up a stretch of days: as few as possible, and none that do not hold any more."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from services.reporting.domain.periods import unit_end, unit_start

DAY, MONTH, YEAR = 1, 2, 3
UNIT_OF = {DAY: "day", MONTH: "month", YEAR: "year"}
_DAY = timedelta(days=1)


@dataclass
class Cover:
    """Sums as (level, start, bucket), and days to be counted singly as (first, last, bucket)."""

    cells: list[tuple[int, date, int]] = field(default_factory=list)
    spans: list[tuple[date, date, int]] = field(default_factory=list)


class Marked:
    """What does not hold: a marked day makes its month and its year unusable too."""

    def __init__(self, marks: Collection[tuple[int, date]]) -> None:
        self._marks = set(marks)
        for level, start in marks:
            for above in range(level + 1, YEAR + 1):
                self._marks.add((above, unit_start(start, UNIT_OF[above])))

    def holds(self, level: int, start: date) -> bool:
        """Whether the sums of this day, month or year may be used."""
        return (level, start) not in self._marks


def cover(
    first: date,
    last: date,
    bucket: int,
    marked: Marked,
    finest: int = DAY,
    into: Cover | None = None,
) -> Cover:
    """Cover the days from `first` to `last`; below the level `finest` there are no sums."""
    found = into or Cover()
    day = first
    while day <= last:
        level = _level(day, last, marked, finest)
        if level is None:
            _add_day(found, day, bucket)
            day += _DAY
        else:
            found.cells.append((level, day, bucket))
            day = unit_end(day, UNIT_OF[level]) + _DAY
    return found


def _level(day: date, last: date, marked: Marked, finest: int) -> int | None:
    """The largest sum that begins on this day, ends by the last one, and holds."""
    for level in range(YEAR, finest - 1, -1):
        unit = UNIT_OF[level]
        fits = unit_start(day, unit) == day and unit_end(day, unit) <= last
        if fits and marked.holds(level, day):
            return level
    return None


def _add_day(found: Cover, day: date, bucket: int) -> None:
    if found.spans and found.spans[-1][1] == day - _DAY and found.spans[-1][2] == bucket:
        found.spans[-1] = (found.spans[-1][0], day, bucket)
    else:
        found.spans.append((day, day, bucket))
