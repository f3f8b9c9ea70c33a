"""Turns orders of exports and saved reports into what use cases take, naming what is wrong."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from libs.common.errors import field_error
from services.reporting.domain import exports as words
from services.reporting.domain.exports import Chart
from services.reporting.domain.metrics import METRICS
from services.reporting.domain.vocabulary import UNITS
from services.reporting.queries.drill_down import Drill
from services.reporting.queries.reports import ReportAsked
from services.reporting.service import arguments as args

_REPORT = ("metrics", "period", "by", "series", "filters", "compare")
_TICKETS = ("metric", "period", "by", "key", "filters")
_LONGEST = 100

Json = Mapping[str, Any]


def export_of(values: object, today: date) -> dict[str, Any]:
    """What is to be exported, checked as a whole, as it is kept until it is written."""
    wanted = _object("values", values)
    kind = args.one_of("kind", wanted.get("kind"), words.KINDS)
    what = args.one_of("what", wanted.get("what"), words.WHATS)
    language = args.language_of(wanted.get("language"))
    content = _object(what, wanted.get(what))
    arguments = {name: content[name] for name in _named(what) if content.get(name) is not None}
    if what == words.REPORT:
        report_of(arguments, today, language)
        arguments["charts"] = [vars(one) for one in charts_of(wanted.get("charts"))]
    else:
        drill_of(arguments, today)
    args.filters_of(arguments.get("filters"))
    name = _name(wanted.get("name")) if wanted.get("name") else _title(what, arguments, language)
    return {
        "kind": kind,
        "what": what,
        "language": language,
        "name": name,
        "arguments": arguments,
    }


def saved_of(values: object, today: date) -> dict[str, Any]:
    """A report to be kept under a name."""
    wanted = _object("values", values)
    definition = _object("definition", wanted.get("definition"))
    kept = {name: definition[name] for name in _REPORT if definition.get(name) is not None}
    report_of(kept, today, "zh")
    args.filters_of(kept.get("filters"))
    kept["charts"] = [vars(one) for one in charts_of(definition.get("charts"))]
    is_shared = wanted.get("is_shared", False)
    if not isinstance(is_shared, bool):
        raise field_error("is_shared", "must be true or false")
    return {"name": _name(wanted.get("name")), "definition": kept, "is_shared": is_shared}


def report_of(arguments: Json, today: date, language: str) -> ReportAsked:
    """The report that is asked for."""
    return ReportAsked(
        metrics=args.metrics_of(arguments.get("metrics")),
        period=args.period_of(arguments.get("period"), today),
        by=args.by_of(arguments.get("by")),
        series=args.series_of(arguments.get("series")),
        compare=args.compare_of(arguments.get("compare")),
        language=language,
    )


def drill_of(arguments: Json, today: date) -> Drill:
    """The figure whose tickets are asked for."""
    dimension = args.by_of(arguments.get("by"))
    if dimension in UNITS:
        raise field_error("by", "must be a dimension: of a unit of time ask for its period")
    return Drill(
        metric=args.metric_of("metric", arguments.get("metric")),
        period=args.period_of(arguments.get("period"), today),
        by=dimension,
        key=args.key_of(dimension, arguments.get("key")) if dimension else None,
    )


def charts_of(value: object) -> tuple[Chart, ...]:
    """At most ten, each of known metrics."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > words.MOST_CHARTS:
        raise field_error("charts", f"must be a list of at most {words.MOST_CHARTS} charts")
    return tuple(_chart(f"charts[{place}]", one) for place, one in enumerate(value))


def day_of(at: datetime, zone: tzinfo) -> date:
    """In the business zone."""
    return at.astimezone(zone).date()


def _chart(where: str, value: object) -> Chart:
    wanted = _object(where, value)
    kind = args.one_of(f"{where}.kind", wanted.get("kind"), words.CHARTS)
    metrics = wanted.get("metrics") or []
    if not isinstance(metrics, list):
        raise field_error(f"{where}.metrics", "must be a list of metrics")
    found = [args.metric_of(f"{where}.metrics[{n}]", key) for n, key in enumerate(metrics)]
    return Chart(kind, tuple(metric.key for metric in found))


def _object(where: str, value: object) -> Json:
    if not isinstance(value, Mapping):
        raise field_error(where, "must be an object")
    return value


def _named(what: str) -> tuple[str, ...]:
    return _REPORT if what == words.REPORT else _TICKETS


def _name(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= _LONGEST or "\x00" in value:
        raise field_error("name", f"must be a text of 1 to {_LONGEST} characters")
    return value.strip()


def _title(what: str, arguments: Json, language: str) -> str:
    place = 1 if language == "en" else 0
    if what == words.REPORT:
        return ("报表", "Report")[place]
    metric = METRICS[arguments["metric"]]
    return ("工单明细", "Tickets")[place] + f" {metric.en if place else metric.zh}"
