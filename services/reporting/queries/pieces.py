"""Periods laid out in pieces: sums that hold, and days that must be counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.reporting.domain.covering import DAY, Cover, cover
from services.reporting.domain.periods import Period
from services.reporting.domain.vocabulary import OTHERS
from services.reporting.queries.asking import Asked

_DAY = timedelta(days=1)
PIECES = (
    "unnest(CAST(:levels AS int[]), CAST(:starts AS date[]), CAST(:buckets AS int[]), "
    "CAST(:weights AS int[])) AS piece (level, start, bucket, weight)"
)
SPANS = (
    "unnest(CAST(:firsts AS date[]), CAST(:lasts AS date[]), CAST(:points AS int[]), "
    "CAST(:times AS int[])) AS span (first, last, bucket, weight)"
)


@dataclass(frozen=True)
class Pieces:
    """As parameters of PIECES and SPANS; a bucket is a period's place in the list."""

    cells: dict[str, Any]
    spans: dict[str, Any]

    @property
    def starts(self) -> Sequence[date]:
        """Of the sums; empty if there are none."""
        starts: Sequence[date] = self.cells["starts"]
        return starts

    @property
    def firsts(self) -> Sequence[date]:
        """Of the days to be counted."""
        firsts: Sequence[date] = self.spans["firsts"]
        return firsts


def cover_all(asked: Asked, periods: Sequence[Period], finest: int | None) -> Pieces:
    """`finest` is the lowest level of sums that may be used; None: none."""
    found = Cover()
    for bucket, period in enumerate(periods):
        if finest is not None:
            cover(period.first, period.last, bucket, asked.marked, finest, found)
        elif period.first <= period.last:
            found.spans.append((period.first, period.last, bucket))
    ones = [1] * max(len(found.cells), len(found.spans))
    return _pieces(found, ones, ones)


def cover_days(asked: Asked, periods: Sequence[Period], until: date, *, is_kept: bool) -> Pieces:
    """Day by day, each weighing the days from it to its period's end, or to `until`."""
    found, weights, times = Cover(), [], []
    for bucket, period in enumerate(periods):
        last = min(period.last, until)
        day = period.first
        while day <= last:
            weight = (last - day).days + 1
            if is_kept and asked.marked.holds(DAY, day):
                found.cells.append((DAY, day, bucket))
                weights.append(weight)
            else:
                found.spans.append((day, day, bucket))
                times.append(weight)
            day += _DAY
    return _pieces(found, weights, times)


def _pieces(found: Cover, weights: Sequence[int], times: Sequence[int]) -> Pieces:
    cells = {
        "levels": [level for level, _, _ in found.cells],
        "starts": [start for _, start, _ in found.cells],
        "buckets": [bucket for _, _, bucket in found.cells],
        "weights": list(weights[: len(found.cells)]),
    }
    spans = {
        "firsts": [first for first, _, _ in found.spans],
        "lasts": [last for _, last, _ in found.spans],
        "points": [bucket for _, _, bucket in found.spans],
        "times": list(times[: len(found.spans)]),
    }
    return Pieces(cells, spans)


def mapped(key: str, kept: Collection[str] | None) -> str:
    """The key in SQL; where some are kept, the others become one."""
    return key if kept is None else f"CASE WHEN {key} = ANY(:kept) THEN {key} ELSE '{OTHERS}' END"
