"""Reports: metrics of a period by a dimension, compared, and through time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from libs.common.errors import field_error
from services.reporting.domain.metrics import Metric
from services.reporting.domain.periods import Period
from services.reporting.domain.vocabulary import CATEGORY, MOST_ROWS, OTHERS, UNITS
from services.reporting.queries.asking import Asked
from services.reporting.queries.evaluate import (
    Question,
    add_up,
    complete,
    evaluate,
    merge,
    values_of,
)
from services.reporting.queries.naming import labels_of
from services.reporting.queries.sums import Found

Json = dict[str, Any]


@dataclass(frozen=True)
class ReportAsked:
    """A report's arguments; `by` is a dimension or a unit of time, `series` a unit of time."""

    metrics: Sequence[Metric]
    period: Period
    by: str | None = None
    series: str | None = None
    compare: str | None = None
    language: str = "zh"


def get_report(session: Session, asked: Asked, report: ReportAsked, today: date) -> Json:
    """The report as REST shows it; rows by the first metric's value, the largest first."""
    whole = Question(asked, None, report.metrics, today)
    before = report.period.compared(report.compare) if report.compare else None
    answer: Json = {
        "period": show_period(report.period),
        "compared": show_period(before) if before else None,
        "columns": [show_metric(metric, report.language) for metric in report.metrics],
        "rows": [],
        "totals": _compared(session, whole, report.period, before),
        "series": [],
    }
    if report.by in UNITS:
        answer["rows"] = _points(session, whole, report.period, str(report.by), before)
    elif report.by is not None:
        answer["rows"] = rows_of(session, asked, report, today, before)
    if report.series is not None:
        points = series_of(session, whole, report.period, report.series)
        answer["series"] = points
    return answer


def series_of(session: Session, question: Question, period: Period, unit: str) -> list[Json]:
    """A point for each unit of time, as {at, until, values}."""
    points = cut(period, unit)
    found = evaluate(session, question, points)
    return [
        {
            "at": point.first.isoformat(),
            "until": point.last.isoformat(),
            "values": values_of(question, found.get((place, ""))),
        }
        for place, point in enumerate(points)
    ]


def cut(period: Period, unit: str) -> list[Period]:
    """The period in units of time; raises InvalidInput where there would be too many."""
    try:
        return period.points(unit)
    except ValueError:
        raise field_error("series", "would have more than 400 points") from None


def _points(
    session: Session, question: Question, period: Period, unit: str, before: Period | None
) -> list[Json]:
    """Rows of units of time, in order; each is compared with the one in its place before."""
    rows = series_of(session, question, period, unit)
    others = series_of(session, question, before, unit) if before else []
    for place, row in enumerate(rows):
        row["key"] = row["label"] = row.pop("at")
        if before:
            had = others[place]["values"] if place < len(others) else {}
            row["values"] = _with_change(row["values"], had)
    return rows


def _compared(
    session: Session, question: Question, period: Period, before: Period | None
) -> Mapping[str, Json]:
    found = evaluate(session, question, [period])
    values = values_of(question, found.get((0, "")))
    if before is None:
        return values
    had = evaluate(session, question, [before])
    return _with_change(values, values_of(question, had.get((0, ""))))


def rows_of(
    session: Session, asked: Asked, report: ReportAsked, today: date, before: Period | None = None
) -> list[Json]:
    """A row for each key of the report's dimension: the 50 largest, and the others as one."""
    question = Question(asked, report.by, report.metrics, today)
    sums = add_up(session, question, [report.period])
    kept = _most(session, question, report.period, sums)
    found = _finished(session, question, report.period, sums, kept)
    had: Found = {}
    if before is not None:
        earlier = add_up(session, question, [before])
        had = _finished(session, question, before, earlier, kept)
    labels = labels_of(session, str(report.by), [key for _, key in found], report.language)
    rows = []
    for (point, key), one in found.items():
        values = values_of(question, one)
        if before:
            values = _with_change(values, values_of(question, had.get((point, key))))
        rows.append({"key": key, "label": labels[key], "values": values})
    first = report.metrics[0].key
    return sorted(rows, key=lambda row: _order(row, first))


def _finished(
    session: Session,
    question: Question,
    period: Period,
    sums: Found,
    kept: Collection[str] | None,
) -> Found:
    if kept is None:
        return complete(session, question, [period], sums, None)
    return merge(session, question, [period], sums, kept)


def _most(
    session: Session, question: Question, period: Period, sums: Found
) -> Collection[str] | None:
    """The keys with the largest values, where there are too many; None: all.

    Categories all have rows: those that were left over could not be added up, since a ticket
    counts in several.
    """
    if len(sums) <= MOST_ROWS or question.dimension == CATEGORY:
        return None
    first = replace(question, metrics=question.metrics[:1])
    found = complete(session, first, [period], sums, None)
    metric = first.metrics[0]
    values = {key: metric.formula.value(one) for (_, key), one in found.items()}
    ranked = sorted(values, key=lambda key: (values[key] is None, -(values[key] or 0), key))
    return frozenset(ranked[:MOST_ROWS])


def _order(row: Json, first: str) -> tuple[bool, bool, float, str]:
    value = row["values"][first]["value"]
    return (row["key"] == OTHERS, value is None, -(value or 0), row["key"])


def _with_change(values: Mapping[str, Json], had: Mapping[str, Json]) -> dict[str, Json]:
    """Each value beside the one before, and by which share it is more than that."""
    found = {}
    for name, one in values.items():
        previous, value = had.get(name, {}).get("value"), one["value"]
        change = None
        if previous and value is not None:
            change = (value - previous) / abs(previous)
        found[name] = {**one, "previous": previous, "change": change}
    return found


def show_period(period: Period) -> Json:
    """As REST shows it; both days are part of it."""
    return {
        "unit": period.unit,
        "from": period.first.isoformat(),
        "until": period.last.isoformat(),
    }


def show_metric(metric: Metric, language: str) -> Json:
    """A metric's name and how its values are to be read."""
    label = metric.en if language == "en" else metric.zh
    return {"key": metric.key, "label": label, "unit": metric.unit, "better": metric.better}
