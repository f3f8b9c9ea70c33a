"""Tables as files hold them: columns say how their values are read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.reporting.domain.definitions import TITLES, WHATS, word

TEXT, DAY, INSTANT, YES_NO = "text", "day", "instant", "yes_no"

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """`unit`: text, day, instant, yes_no, or a metric's unit; `metric`: whose values they are."""

    label: str
    unit: str
    metric: str | None = None


@dataclass(frozen=True)
class Table:
    """Small enough to be held; `total` stands below the rows."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] | None = None


def report_table(report: Json, label: str | None, language: str) -> Table:
    """The rows of a report, `label` being what they are by, with its totals; else these alone."""
    is_time = bool(report["rows"]) and "until" in report["rows"][0]
    title, total = word(TITLES, "report", language), _values(report, report["totals"])
    if label is None:
        columns = [Column(word(TITLES, "period", language), TEXT)]
        return Table(
            title, [*columns, *_value_columns(report, language)], [[_days(report), *total]]
        )
    columns = [Column(label, DAY if is_time else TEXT), *_value_columns(report, language)]
    rows = [[_head(row, is_time), *_values(report, row["values"])] for row in report["rows"]]
    return Table(title, columns, rows, [word(TITLES, "total", language), *total])


def series_table(report: Json, language: str) -> Table | None:
    """The report through time, if it has that."""
    if not report["series"]:
        return None
    columns = [
        Column(word(TITLES, "from", language), DAY),
        Column(word(TITLES, "until", language), DAY),
        *(Column(one["label"], one["unit"], one["key"]) for one in report["columns"]),
    ]
    rows = [
        [
            date.fromisoformat(point["at"]),
            date.fromisoformat(point["until"]),
            *(point["values"][one["key"]]["value"] for one in report["columns"]),
        ]
        for point in report["series"]
    ]
    return Table(word(TITLES, "series", language), columns, rows)


def ticket_columns(shows: str | None, label: str, language: str) -> list[Column]:
    """Of a drill-down; `shows` is the column that the metric is made of."""
    texts = ("number", "status", "kind", "channel", "urgency", "what")
    columns = [Column(word(TITLES, name, language), TEXT) for name in texts]
    columns.append(Column(word(TITLES, "at", language), INSTANT))
    if shows is not None:
        columns.append(Column(label, _unit(shows)))
    columns += [Column(word(TITLES, name, language), TEXT) for name in ("agent", "group")]
    return columns


def ticket_line(
    row: Any, names: Mapping[tuple[str, str], str], at: datetime, shows: str | None, language: str
) -> list[Any]:
    """One act or stay that was counted; `names` by dimension and key."""

    def named(dimension: str, key: object) -> str:
        return names[dimension, "" if key is None else str(key)]

    value = [] if shows is None else [row.value]
    return [
        row.number,
        named("status", row.status),
        named("kind", row.kind),
        named("channel", row.channel),
        named("urgency", row.urgency),
        word(WHATS, row.what, language),
        at,
        *value,
        named("agent", row.agent_id),
        named("group", row.group_id),
    ]


def keys_of(rows: Iterable[Any]) -> dict[str, set[str]]:
    """What must be named for these lines, by dimension."""
    columns = {
        "status": "status",
        "kind": "kind",
        "channel": "channel",
        "urgency": "urgency",
        "agent": "agent_id",
        "group": "group_id",
    }
    found: dict[str, set[str]] = {dimension: set() for dimension in columns}
    for row in rows:
        for dimension, name in columns.items():
            key = getattr(row, name)
            found[dimension].add("" if key is None else str(key))
    return found


def _value_columns(report: Json, language: str) -> list[Column]:
    found = []
    for one in report["columns"]:
        found.append(Column(one["label"], one["unit"], one["key"]))
        if report["compared"]:
            before, change = (word(TITLES, name, language) for name in ("previous", "change"))
            found.append(Column(f"{one['label']} · {before}", one["unit"]))
            found.append(Column(f"{one['label']} · {change}", "share"))
    return found


def _values(report: Json, values: Json) -> list[Any]:
    found: list[Any] = []
    for one in report["columns"]:
        value = values[one["key"]]
        found.append(value["value"])
        if report["compared"]:
            found += [value.get("previous"), value.get("change")]
    return found


def _days(report: Json) -> str:
    return f"{report['period']['from']} – {report['period']['until']}"


def _head(row: Json, is_time: bool) -> Any:
    return date.fromisoformat(row["key"]) if is_time else row["label"]


def _unit(shows: str) -> str:
    if shows.startswith(("is_", "was_")):
        return YES_NO
    return "seconds" if shows.endswith("seconds") else "count"
