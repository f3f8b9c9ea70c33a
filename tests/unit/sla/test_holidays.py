"""Public holidays: of China as the State Council decreed them for 2026, and elsewhere."""

from datetime import date

import pytest

from libs.common.errors import InvalidInput
from services.sla.clients.holidays import holidays_of


def _days(country: str, year: int, kind: str) -> dict[date, str]:
    return {day.date: day.name for day in holidays_of(country, year).days if day.kind == kind}


def test_china_swaps_days_off_for_working_weekends() -> None:
    assert set(_days("CN", 2026, "workday")) == {
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    }
    off = _days("CN", 2026, "holiday")
    assert off[date(2026, 2, 17)] == "春节"
    assert {date(2026, 10, day) for day in (1, 2, 5, 6, 7)} <= set(off)
    assert date(2026, 10, 8) not in off


def test_a_year_that_is_not_decreed_yet_is_not_official() -> None:
    assert holidays_of("CN", 2026).is_official
    assert not holidays_of("CN", 2040).is_official
    assert date(2040, 10, 1) in _days("CN", 2040, "holiday")


def test_countries_without_swapped_days_are_known_for_good() -> None:
    assert holidays_of("DE", 2030).is_official
    assert date(2030, 10, 3) in _days("DE", 2030, "holiday")
    assert _days("DE", 2030, "workday") == {}


def test_estimated_dates_are_not_official() -> None:
    assert not holidays_of("MA", 2035).is_official


def test_days_are_of_the_year_and_in_order() -> None:
    days = [day.date for day in holidays_of("US", 2027).days]
    assert days == sorted(days)
    assert {day.year for day in days} == {2027}


@pytest.mark.parametrize(
    ("country", "year", "field"),
    [
        ("ZZ", 2026, "country"),
        ("", 2026, "country"),
        ("cn", 2026, "country"),
        ("CN", 1999, "year"),
        ("CN", 2100, "year"),
        ("CN", "2026", "year"),
    ],
)
def test_what_is_not_known_is_refused_by_name(country, year, field) -> None:
    with pytest.raises(InvalidInput) as refusal:
        holidays_of(country, year)
    assert field in refusal.value.details["errors"]
