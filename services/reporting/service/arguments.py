"""Turns what arrives as JSON into what queries take, naming what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from libs.common.errors import field_error
from services.reporting.domain.metrics import METRICS, Metric
from services.reporting.domain.periods import (
    EARLIEST,
    LATEST,
    MOST_DAYS,
    Period,
    last_units,
    whole_units,
)
from services.reporting.domain.vocabulary import (
    COMPARISONS,
    CUSTOM,
    DIMENSIONS,
    FILTERS,
    MOST_POINTS,
    NONE,
    OTHERS,
    SCORE,
    UNITS,
)
from services.reporting.queries.asking import Filters

_MOST_METRICS, _MOST_KEYS, _LONGEST = 60, 200, 200
_UUIDS = ("group", "department", "agent", "category", "region")


def metrics_of(value: object) -> Sequence[Metric]:
    """Known metrics, each once, in their order."""
    if not isinstance(value, list) or not 1 <= len(value) <= _MOST_METRICS:
        raise field_error("metrics", f"must be a list of 1 to {_MOST_METRICS} metrics")
    return [metric_of(f"metrics[{n}]", key) for n, key in enumerate(dict.fromkeys(_texts(value)))]


def metric_of(where: str, value: object) -> Metric:
    """One metric by its key."""
    if not isinstance(value, str) or value not in METRICS:
        raise field_error(where, "is no metric; list_metrics names them")
    return METRICS[value]


def period_of(value: object, today: date) -> Period:
    """Whole units of time, by default the present one; the `last` ones; or custom, between days."""
    if not isinstance(value, Mapping):
        raise field_error("period", "must be an object with unit, from and until")
    unit = one_of("period.unit", value.get("unit"), (*UNITS, CUSTOM))
    if value.get("last") is not None or value.get("is_over"):
        return _recent(unit, value, today)
    if unit == CUSTOM or value.get("from") is not None:
        first = _day("period.from", value.get("from"))
    else:
        first = today
    last = value.get("until")
    until = first if last is None and unit != CUSTOM else _day("period.until", last)
    if until < first:
        raise field_error("period.until", "must not be before period.from")
    period = whole_units(unit, first, until)
    if period.days > MOST_DAYS:
        raise field_error("period", "must not be longer than 20 years")
    return period


def _recent(unit: str, value: Mapping[str, Any], today: date) -> Period:
    """So many of the `last` units (1); the present one is the last, unless they are over."""
    if unit == CUSTOM or value.get("from") is not None or value.get("until") is not None:
        raise field_error("period.last", "goes with a unit of time, without from and until")
    count = value.get("last")
    count = 1 if count is None else count
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_POINTS:
        raise field_error("period.last", f"must be a whole number from 1 to {MOST_POINTS}")
    period = last_units(unit, today, count, is_over=value.get("is_over") is True)
    if period.days > MOST_DAYS:
        raise field_error("period", "must not be longer than 20 years")
    return period


def by_of(value: object) -> str | None:
    """A dimension or a unit of time, or none."""
    return optional_one_of("by", value, (*DIMENSIONS, *UNITS))


def series_of(value: object) -> str | None:
    """A unit of time, or none."""
    return optional_one_of("series", value, UNITS)


def compare_of(value: object) -> str | None:
    """With what, or nothing."""
    return optional_one_of("compare", value, COMPARISONS)


def language_of(value: object) -> str:
    """zh or en."""
    return one_of("language", "zh" if value is None else value, ("zh", "en"))


def filters_of(value: object) -> Filters:
    """One key or a list of keys for each name; '' (or null) means what has none."""
    if value is None:
        return Filters()
    if not isinstance(value, Mapping):
        raise field_error("filters", "must be an object")
    keys: dict[str, tuple[str, ...]] = {}
    scores: tuple[int, ...] = ()
    for name, given in value.items():
        if name == SCORE:
            scores = _scores(given)
        elif name in FILTERS:
            keys[FILTERS[name]] = _keys(f"filters.{name}", FILTERS[name], given)
        else:
            raise field_error(f"filters.{name}", f"must be one of {', '.join((*FILTERS, SCORE))}")
    return Filters(keys, scores)


def key_of(dimension: str, value: object) -> str:
    """A row's key; what the row of all others holds cannot be listed."""
    if value == OTHERS:
        raise field_error("key", "is that of all others, which cannot be listed")
    return _keys("key", dimension, "" if value is None else value)[0]


def limit_of(value: object) -> int:
    """How long a page is."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LONGEST:
        raise field_error("limit", f"must be a whole number from 1 to {_LONGEST}")
    return value


def cursor_of(value: object) -> str | None:
    """Where the last page ended."""
    if value is not None and not isinstance(value, str):
        raise field_error("cursor", "must be a text")
    return value


def one_of(where: str, value: object, allowed: Sequence[str]) -> str:
    """A word of these."""
    if not isinstance(value, str) or value not in allowed:
        raise field_error(where, f"must be one of {', '.join(allowed)}")
    return value


def optional_one_of(where: str, value: object, allowed: Sequence[str]) -> str | None:
    """A word of these, or None."""
    return None if value is None else one_of(where, value, allowed)


def _texts(values: list[Any]) -> list[Any]:
    return [one if isinstance(one, str) else repr(one) for one in values]


def _day(where: str, value: object) -> date:
    try:
        day = date.fromisoformat(value)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        raise field_error(where, "must be a day such as 2026-10-01") from None
    if not EARLIEST <= day <= LATEST:
        raise field_error(where, f"must be from {EARLIEST.year} to {LATEST.year}")
    return day


def _keys(where: str, dimension: str, value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not 1 <= len(listed) <= _MOST_KEYS:
        raise field_error(where, f"must be 1 to {_MOST_KEYS} keys")
    return tuple(dict.fromkeys(_key(where, dimension, one) for one in listed))


def _key(where: str, dimension: str, value: object) -> str:
    if value in (None, NONE):
        return NONE
    if not isinstance(value, str) or len(value) > 200 or "\x00" in value:
        raise field_error(where, "must be a text")
    if dimension not in _UUIDS:
        return value
    try:
        return str(UUID(value))
    except ValueError:
        raise field_error(where, "must be a UUID") from None


def _scores(value: object) -> tuple[int, ...]:
    listed = value if isinstance(value, list) else [value]
    if not listed or any(isinstance(one, bool) or one not in (1, 2, 3, 4, 5) for one in listed):
        raise field_error("filters.score", "must be scores from 1 to 5")
    return tuple(dict.fromkeys(listed))
