"""Public holidays, from the library `holidays`: no network, what its release knows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import holidays

from libs.common.errors import field_error

HOLIDAY, WORKDAY = "holiday", "workday"
_FIRST, _LAST = 2000, 2099
_WORKDAY_NAMES = {"zh_CN": "调休上班"}


@dataclass(frozen=True)
class Holiday:
    """A day that differs from its weekday: a holiday, or a make-up day on which people work."""

    date: date
    kind: str
    name: str


@dataclass(frozen=True)
class Holidays:
    """A country's days of a year, in order.

    `is_official` is false while the government has not said, as far as this release knows, which
    days are swapped (调休), or where dates are estimates: then look again before the year begins.
    """

    days: tuple[Holiday, ...]
    is_official: bool


def holidays_of(country: str, year: int) -> Holidays:
    """Of a country by its ISO 3166 code, such as CN; raises InvalidInput for what is not known.

    Names are Chinese where the library has them. Days of a long holiday that are weekends anyway
    are not among them: the week's own hours say that those are free.
    """
    if not isinstance(year, int) or not _FIRST <= year <= _LAST:
        raise field_error("year", f"must be from {_FIRST} to {_LAST}")
    calendar = _calendar(country, year)
    off = [Holiday(day, HOLIDAY, name) for day, name in calendar.items() if day.year == year]
    language = calendar.language or ""
    work = [
        Holiday(day, WORKDAY, _WORKDAY_NAMES.get(language, "Make-up working day"))
        for day in calendar.weekend_workdays
        if day.year == year
    ]
    days = tuple(sorted(off + work, key=lambda one: one.date))
    return Holidays(days, _is_official(calendar, year, days))


def _calendar(country: str, year: int) -> Any:
    if country not in holidays.list_supported_countries(include_aliases=False):
        raise field_error("country", "must be the ISO code of a country, such as CN")
    known = getattr(holidays, country)
    if not known.start_year <= year <= known.end_year:
        raise field_error("year", f"is known from {known.start_year} to {known.end_year} only")
    languages = [one for one in ("zh_CN", "en_US") if one in known.supported_languages]
    return known(years=year, language=languages[0] if languages else None)


def _is_official(calendar: Any, year: int, days: tuple[Holiday, ...]) -> bool:
    if calendar.has_substituted_holidays and year > max(calendar.special_public_holidays):
        return False
    label = getattr(calendar, "estimated_label", None)
    mark = calendar.tr(label).replace("%s", "").strip() if label else None
    return mark is None or not any(mark in day.name for day in days)
