"""Hours laid out on the line of time: the open spans of a stretch, ready to be searched.

Instants are whole microseconds since 1970 here: exact, and quick to compare.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from libs.common.calendars.periods import Period

SECOND = 1_000_000
_MINUTE = 60 * SECOND
_DAY = 24 * 60 * _MINUTE
# A whole number of weeks, of about a year: what is compiled, and kept, at a time.
STRETCH = 364 * _DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
# Nowhere has the clock been changed twice within so short a time.
_PROBE = 12 * 60 * _MINUTE

Span = tuple[int, int]
PeriodsOf = Callable[[date], tuple[Period, ...]]


def to_micros(instant: datetime) -> int:
    passed = instant - _EPOCH
    return passed.days * _DAY + passed.seconds * SECOND + passed.microseconds


def to_instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


class Stretch:
    """The open spans between `begin` and `end`, with the open time before each."""

    def __init__(self, begin: int, end: int, spans: list[Span]) -> None:
        self.begin, self.end = begin, end
        self.spans = spans
        self._starts = [start for start, _ in spans]
        self._sums = [0, *accumulate(end - start for start, end in spans)]
        self.total = self._sums[-1]

    def open_before(self, micros: int) -> int:
        """How much of the open time lies before an instant of this stretch."""
        index = bisect_right(self._starts, micros)
        if not index:
            return 0
        start, end = self.spans[index - 1]
        return self._sums[index - 1] + min(micros, end) - start

    def earliest(self, amount: int) -> int:
        """The first instant before which `amount` > 0 lies; at most the total."""
        index = bisect_left(self._sums, amount)
        return self.spans[index - 1][1] - (self._sums[index] - amount)

    def latest(self, amount: int) -> int:
        """The last instant before which `amount` lies; less than the total."""
        index = bisect_right(self._sums, amount) - 1
        return self.spans[index][0] + amount - self._sums[index]

    def holds(self, micros: int) -> bool:
        index = bisect_right(self._starts, micros)
        return bool(index) and micros < self.spans[index - 1][1]

    def next_start(self, micros: int) -> int | None:
        """Where the first span from `micros` on starts, if any does."""
        index = bisect_left(self._starts, micros)
        return self._starts[index] if index < len(self._starts) else None


def compile_stretch(number: int, zone: ZoneInfo, periods_of: PeriodsOf) -> Stretch:
    """Stretch `number` (0 begins in 1970) of the hours that `periods_of` gives for local days."""
    begin, end = number * STRETCH, (number + 1) * STRETCH
    spans: list[Span] = []
    for start, stop, offset in _offsets(zone, begin, end):
        _extend(spans, _day_spans(start, stop, offset, periods_of))
    return Stretch(begin, end, spans)


def _day_spans(start: int, stop: int, offset: int, periods_of: PeriodsOf) -> Iterator[Span]:
    """Open spans within [start, stop), where the wall clock is `offset` ahead of UTC."""
    for day in range((start + offset) // _DAY, (stop - 1 + offset) // _DAY + 1):
        midnight = day * _DAY - offset
        for period in periods_of(date.fromordinal(_EPOCH_DAY + day)):
            first = max(start, midnight + period.start * _MINUTE)
            last = min(stop, midnight + period.end * _MINUTE)
            if first < last:
                yield first, last


def _extend(spans: list[Span], more: Iterator[Span]) -> None:
    """Append spans, joining those that touch."""
    for start, end in more:
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))


@lru_cache(maxsize=256)
def _offsets(zone: ZoneInfo, begin: int, end: int) -> tuple[tuple[int, int, int], ...]:
    """Stretches of one offset from UTC: (start, stop, offset)."""
    pieces = []
    start, offset = begin, _offset(zone, begin)
    for probe in range(begin + _PROBE, end + _PROBE, _PROBE):
        later = min(probe, end)
        if _offset(zone, later) != offset:
            change = _change(zone, later - _PROBE, later, offset)
            pieces.append((start, change, offset))
            start, offset = change, _offset(zone, change)
    pieces.append((start, end, offset))
    return tuple(piece for piece in pieces if piece[0] < piece[1])


def _change(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    """The second at which the offset ceases to be `offset`."""
    low, high = before // SECOND, after // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle * SECOND) == offset:
            low = middle
        else:
            high = middle
    return high * SECOND


def _offset(zone: ZoneInfo, micros: int) -> int:
    shift = to_instant(micros).astimezone(zone).utcoffset()
    assert shift is not None
    return shift // timedelta(microseconds=1)
