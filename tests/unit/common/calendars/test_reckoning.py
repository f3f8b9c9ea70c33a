"""Arithmetic of open time against a count of minutes, and by its laws."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.calendars import (
    ALWAYS,
    Calendar,
    CalendarNeverOpens,
    Hours,
    parse_periods,
    parse_weekly,
)
from tests.unit.common.calendars.minutes import (
    MINUTE,
    calendars_and_starts,
    is_open_at,
    open_minutes,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORKDAYS = {str(day): [["08:00", "18:00"]] for day in range(1, 6)}
TICK = timedelta(microseconds=1)
WEEK = timedelta(days=8)

a_case = calendars_and_starts()
some_seconds = st.integers(0, 10 * 86_400) | st.integers(0, 10**12).map(lambda us: us / 10**6)


@given(a_case, st.data())
def test_due_times_are_those_of_a_count_of_minutes(case, data) -> None:
    calendar, start = case
    minutes = list(open_minutes(calendar, start, start + WEEK))
    wanted = data.draw(st.integers(0, len(minutes)))
    expected = minutes[wanted - 1] + MINUTE if wanted else start
    assert calendar.add(start, wanted * 60) == expected


@given(a_case, st.data())
def test_going_back_is_a_count_of_minutes_backwards(case, data) -> None:
    calendar, start = case
    minutes = list(open_minutes(calendar, start, start + WEEK))
    wanted = data.draw(st.integers(0, len(minutes)))
    expected = minutes[-wanted] if wanted else start + WEEK
    assert calendar.back(start + WEEK, wanted * 60) == expected


@given(a_case, st.integers(0, 8 * 1440))
def test_open_time_between_instants_is_a_count_of_minutes(case, length) -> None:
    calendar, start = case
    end = start + length * MINUTE
    minutes = list(open_minutes(calendar, start, end))
    assert calendar.between(start, end) == 60 * len(minutes)
    spans = calendar.spans(start, end)
    counted = [minute for opening, closing in spans for minute in _minutes(opening, closing)]
    assert counted == minutes
    assert all(closing < opening for (_, closing), (opening, _) in pairwise(spans))


@given(a_case, st.lists(st.integers(0, 8 * 86_400), min_size=20, max_size=20))
def test_it_is_open_when_the_clock_on_the_wall_says_so(case, offsets) -> None:
    calendar, start = case
    for offset in offsets:
        instant = start + timedelta(seconds=offset)
        assert calendar.is_open(instant) == is_open_at(calendar, instant)


@given(a_case)
def test_the_next_opening_is_the_first_open_minute(case) -> None:
    calendar, start = case
    first = next(open_minutes(calendar, start, start + 3 * WEEK), None)
    if first is not None:
        assert calendar.next_opening(start) == first


@given(a_case, some_seconds, st.integers(0, 86_400 * 10**6))
def test_what_was_added_lies_between_and_not_a_moment_earlier(case, seconds, shift) -> None:
    calendar, start = case
    start += timedelta(microseconds=shift)
    due = calendar.add(start, seconds)
    assert calendar.between(start, due) == seconds
    assert due == start or calendar.between(start, due - TICK) < seconds


@given(a_case, some_seconds, st.integers(0, 86_400 * 10**6))
def test_what_was_gone_back_lies_between_and_not_a_moment_later(case, seconds, shift) -> None:
    calendar, end = case
    end += timedelta(microseconds=shift)
    start = calendar.back(end, seconds)
    assert calendar.between(start, end) == seconds
    assert start == end or calendar.between(start + TICK, end) < seconds


@given(a_case, st.integers(1, 10**6), st.integers(1, 10**6))
def test_adding_in_two_parts_is_adding_at_once(case, one, other) -> None:
    calendar, start = case
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@given(a_case, st.lists(st.integers(0, 400), min_size=3, max_size=3))
def test_open_time_adds_up_over_years(case, days) -> None:
    calendar, start = case
    first, middle, last = (start + timedelta(days=sum(days[: n + 1])) for n in range(3))
    parts = calendar.between(first, middle) + calendar.between(middle, last)
    assert calendar.between(first, last) == parts
    spans = calendar.spans(first, last)
    assert sum((end - begin).total_seconds() for begin, end in spans) == parts


def test_four_hours_from_monday_five_are_due_on_tuesday_at_eleven() -> None:
    calendar = Calendar(SHANGHAI, parse_weekly(WORKDAYS))
    due = calendar.add(datetime(2026, 11, 23, 17, tzinfo=SHANGHAI), 4 * 3600)
    assert due == datetime(2026, 11, 24, 11, tzinfo=SHANGHAI)
    assert calendar.back(due, 3600) == datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)


def test_a_due_time_at_closing_is_not_put_off_to_the_next_opening() -> None:
    calendar = Calendar(SHANGHAI, parse_weekly(WORKDAYS))
    monday = datetime(2026, 11, 23, 17, tzinfo=SHANGHAI)
    assert calendar.add(monday, 3600) == datetime(2026, 11, 23, 18, tzinfo=SHANGHAI)


def test_a_make_up_day_is_worked_and_a_holiday_is_not() -> None:
    days = {date(2026, 5, day): parse_periods([]) for day in range(1, 6)}
    days[date(2026, 5, 9)] = parse_periods([["08:00", "18:00"]])
    calendar = Calendar(SHANGHAI, parse_weekly(WORKDAYS), days)
    thursday = datetime(2026, 4, 30, 17, tzinfo=SHANGHAI)
    # An hour of Thursday, Wednesday to Friday, an hour of Saturday.
    assert calendar.add(thursday, 32 * 3600) == datetime(2026, 5, 9, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]
)
def test_a_day_has_as_many_hours_as_the_clock_gives_it(day, hours) -> None:
    whole_week = {str(number): [["00:00", "24:00"]] for number in range(1, 8)}
    calendar = Calendar(ZoneInfo("Europe/Berlin"), parse_weekly(whole_week))
    start = datetime.fromisoformat(day).replace(tzinfo=calendar.zone)
    assert calendar.between(start, start + timedelta(days=1)) == hours * 3600


def test_a_calendar_that_no_longer_opens_says_so() -> None:
    never = Calendar(SHANGHAI, parse_weekly({"1": [["08:00", "09:00"]]}), _Closed())
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    for ask in (never.add, never.back):
        with pytest.raises(CalendarNeverOpens):
            ask(instant, 1)
    with pytest.raises(CalendarNeverOpens):
        never.next_opening(instant)
    assert never.between(instant, instant + 99 * WEEK) == 0


def test_a_target_that_would_take_centuries_is_refused() -> None:
    rare = Calendar(SHANGHAI, parse_weekly({"1": [["08:00", "08:01"]]}))
    with pytest.raises(CalendarNeverOpens):
        rare.add(datetime(2026, 1, 1, tzinfo=UTC), 366 * 86_400)


@pytest.mark.parametrize("hours", [ALWAYS, Calendar(SHANGHAI, parse_weekly(WORKDAYS))])
def test_instants_of_any_zone_come_back_in_utc(hours: Hours) -> None:
    instant = datetime(2026, 11, 23, 17, tzinfo=ZoneInfo("America/New_York"))
    answers = [hours.add(instant, 0), hours.add(instant, 5), hours.back(instant, 5)]
    answers += [hours.next_opening(instant), hours.back(instant, 0)]
    assert {answer.tzinfo for answer in answers} == {UTC}
    assert hours.between(instant, instant - WEEK) == 0
    with pytest.raises(ValueError, match="negative"):
        hours.add(instant, -1)


@given(st.integers(0, 10**12))
def test_calendar_time_never_stands_still(micros) -> None:
    start = datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Berlin"))
    due = ALWAYS.add(start, micros / 10**6)
    assert ALWAYS.between(start, due) == micros / 10**6
    assert ALWAYS.back(due, micros / 10**6) == start
    assert ALWAYS.is_open(due)
    assert ALWAYS.spans(start, due) == ([(start, due)] if micros else [])


class _Closed(dict):
    """Every day is a special one, and closed."""

    def get(self, day, default=None):
        return ()


def _minutes(start: datetime, end: datetime) -> list[datetime]:
    return [start + n * MINUTE for n in range((end - start) // MINUTE)]
