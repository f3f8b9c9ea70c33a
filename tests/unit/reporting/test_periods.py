"""Periods, their cuts and comparisons, and which sums cover them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.covering import DAY, MONTH, UNIT_OF, YEAR, Marked, cover
from services.reporting.domain.periods import Period, shift, unit_end, unit_start, whole_units
from services.reporting.domain.vocabulary import UNITS

_DAYS = st.dates(date(2020, 1, 1), date(2029, 12, 31))


def dates(first: str, last: str, unit: str = "custom") -> Period:
    return Period(unit, date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("unit", "first", "last"),
    [
        ("day", "2026-11-25", "2026-11-25"),
        ("week", "2026-11-23", "2026-11-29"),
        ("month", "2026-11-01", "2026-11-30"),
        ("quarter", "2026-10-01", "2026-12-31"),
        ("year", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_unit_holds_whole_days(unit: str, first: str, last: str) -> None:
    wednesday = date(2026, 11, 25)
    assert whole_units(unit, wednesday, wednesday) == dates(first, last, unit)


def test_weeks_are_those_of_iso_and_pass_over_the_new_year() -> None:
    assert whole_units("week", date(2027, 1, 1), date(2027, 1, 1)).first == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("period", "previous", "year_ago"),
    [
        (
            dates("2026-03-01", "2026-03-31", "month"),
            ("2026-02-01", "2026-02-28"),
            ("2025-03-01", "2025-03-31"),
        ),
        (
            dates("2028-02-01", "2028-02-29", "month"),
            ("2028-01-01", "2028-01-31"),
            ("2027-02-01", "2027-02-28"),
        ),
        (
            dates("2026-01-01", "2026-06-30", "quarter"),
            ("2025-07-01", "2025-12-31"),
            ("2025-01-01", "2025-06-30"),
        ),
        (
            dates("2026-11-23", "2026-11-29", "week"),
            ("2026-11-16", "2026-11-22"),
            ("2025-11-24", "2025-11-30"),
        ),
        (
            dates("2028-02-20", "2028-02-29"),
            ("2028-02-10", "2028-02-19"),
            ("2027-02-20", "2027-02-28"),
        ),
    ],
)
def test_a_period_has_one_before_it_and_one_a_year_ago(period, previous, year_ago) -> None:
    assert period.compared("previous") == dates(previous[0], previous[1], period.unit)
    assert period.compared("year_ago") == dates(year_ago[0], year_ago[1], period.unit)


@given(_DAYS, st.integers(0, 380), st.sampled_from(UNITS))
def test_points_lie_side_by_side_and_fill_the_period(first: date, length: int, unit: str) -> None:
    period = Period("custom", first, first + timedelta(days=length))
    points = period.points(unit)
    assert (points[0].first, points[-1].last) == (period.first, period.last)
    for before, after in pairwise(points):
        assert after.first == before.last + timedelta(days=1)
        assert unit_start(after.first, unit) == after.first


def test_more_than_four_hundred_points_are_refused() -> None:
    assert len(dates("2025-01-01", "2026-02-04").points("day")) == 400
    with pytest.raises(ValueError, match="too many"):
        dates("2025-01-01", "2026-02-05").points("day")


@given(_DAYS, st.integers(0, 7000))
def test_a_fitting_unit_makes_a_series_that_can_be_read(first: date, length: int) -> None:
    period = Period("custom", first, first + timedelta(days=length))
    assert len(period.points(period.fitting_unit())) <= 42


def test_months_are_shifted_to_the_last_day_where_there_is_no_such_day() -> None:
    assert shift(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert shift(date(2026, 12, 31), 2) == date(2027, 2, 28)


@given(
    _DAYS,
    st.integers(0, 1500),
    st.lists(st.tuples(st.sampled_from((DAY, MONTH, YEAR)), _DAYS), max_size=8),
    st.sampled_from((DAY, MONTH, YEAR)),
)
def test_sums_and_single_days_cover_each_day_once(first, length, marks, finest) -> None:
    last = first + timedelta(days=length)
    given_marks = [(level, unit_start(day, UNIT_OF[level])) for level, day in marks]
    marked = Marked(given_marks)
    found = cover(first, last, 0, marked, finest)
    days: list[date] = []
    for level, start, _ in found.cells:
        assert level >= finest
        assert marked.holds(level, start)
        end = unit_end(start, UNIT_OF[level])
        inside = [s for kind, s in given_marks if kind <= level and start <= s <= end]
        assert not inside
        days += [start + timedelta(days=n) for n in range((end - start).days + 1)]
    for begin, end, _ in found.spans:
        days += [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    assert sorted(days) == [first + timedelta(days=n) for n in range(length + 1)]


def test_a_whole_year_that_holds_is_one_sum() -> None:
    found = cover(date(2025, 12, 31), date(2027, 2, 1), 0, Marked([]))
    assert [level for level, _, _ in found.cells] == [DAY, YEAR, MONTH, DAY]
    assert not found.spans
