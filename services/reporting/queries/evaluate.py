"""All the sums that some metrics need, for some periods, by the keys of a dimension."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.reporting.domain import metrics as words
from services.reporting.domain.metrics import Metric
from services.reporting.domain.periods import Period
from services.reporting.domain.vocabulary import NONE, OTHERS, PREVIOUS
from services.reporting.queries.asking import Asked
from services.reporting.queries.percentiles import find_percentiles
from services.reporting.queries.sums import (
    Found,
    count_agents,
    count_changes,
    count_open,
    sum_acts,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """What is to be known: `metrics`, and how they are divided."""

    asked: Asked
    dimension: str | None
    metrics: Sequence[Metric]
    today: date

    @property
    def needs(self) -> set[str]:
        """All sums."""
        return {name for metric in self.metrics for name in metric.needs}

    @property
    def spreads(self) -> set[str]:
        """Durations whose percentiles are asked for."""
        asked = (metric.percentile for metric in self.metrics)
        return {one.spread for one in asked if one is not None}


def evaluate(session: Session, question: Question, periods: Sequence[Period]) -> Found:
    """The sums by (place of the period, key). The periods follow one another, or there is one."""
    return complete(session, question, periods, add_up(session, question, periods), None)


def add_up(session: Session, question: Question, periods: Sequence[Period]) -> Found:
    """Those of them that can be added up over several keys."""
    needs, asked, dimension = question.needs, question.asked, question.dimension
    found: Found = defaultdict(dict)
    _add(found, sum_acts(session, asked, dimension, periods, needs))
    if words.CREATED_BEFORE in needs:
        before = [period.compared(PREVIOUS) for period in periods]
        created = sum_acts(session, asked, dimension, before, ["created"])
        _add(found, {at: {words.CREATED_BEFORE: sums["created"]} for at, sums in created.items()})
    if {words.AT_START, words.AT_END, words.OPEN_DAYS} & needs:
        _add(found, _open(session, question, periods))
    return found


def merge(
    session: Session,
    question: Question,
    periods: Sequence[Period],
    found: Found,
    kept: Collection[str],
) -> Found:
    """What was found, with all keys but those that are kept as one, OTHERS."""
    merged: Found = defaultdict(dict)
    for (point, key), sums in found.items():
        place = merged[point, key if key in kept else OTHERS]
        for name, value in sums.items():
            if name != words.DAYS and name != words.AGENTS and "." not in name:
                place[name] = place.get(name, 0) + value
    return complete(session, question, periods, merged, kept)


def complete(
    session: Session,
    question: Question,
    periods: Sequence[Period],
    found: Found,
    kept: Collection[str] | None,
) -> Found:
    """With what of several keys cannot be added up; keys that are not `kept` count as one."""
    asked, dimension = question.asked, question.dimension
    if words.AGENTS in question.needs:
        _add(found, count_agents(session, asked, dimension, periods, kept))
    _add(found, find_percentiles(session, asked, dimension, periods, question.spreads, kept))
    if dimension is None:
        _add(found, {(point, NONE): {} for point in range(len(periods))})
    _add(found, {at: {words.DAYS: _days(periods[at[0]], question.today)} for at in list(found)})
    return found


def _days(period: Period, today: date) -> int:
    """How many of the period's days have come."""
    return max((min(period.last, today) - period.first).days + 1, 0)


def _open(session: Session, question: Question, periods: Sequence[Period]) -> Found:
    """What is unresolved at the beginning and the end of each period, and on its days."""
    asked, dimension = question.asked, question.dimension
    before = count_open(session, asked, dimension, periods[0].first - _DAY)
    changes = count_changes(session, asked, dimension, periods)
    weighed: Found = {}
    if words.OPEN_DAYS in question.needs:
        until = question.today
        weighed = count_changes(session, asked, dimension, periods, until=until)
    found: Found = {}
    for key in before.keys() | {key for _, key in changes}:
        standing: float = before.get(key, 0)
        for point, period in enumerate(periods):
            days = _days(period, question.today)
            change = changes.get((point, key), {}).get("change", 0)
            moved = weighed.get((point, key), {}).get("change", 0)
            found[point, key] = {
                words.AT_START: standing,
                words.AT_END: standing + change,
                words.OPEN_DAYS: standing * days + moved,
            }
            standing += change
    return found


def _add(found: Found, more: Found) -> None:
    for at, sums in more.items():
        found[at] = {**found.get(at, {}), **sums}


def values_of(question: Question, sums: dict[str, float] | None) -> dict[str, dict[str, Any]]:
    """Each metric's value and how many tickets stand behind it."""
    known = sums or {}
    return {
        metric.key: {"value": metric.formula.value(known), "count": metric.count(known)}
        for metric in question.metrics
    }
