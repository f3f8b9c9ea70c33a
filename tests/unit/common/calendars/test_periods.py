"""Hours as people write them: what is read, and what is refused by which name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.calendars import (
    Period,
    Weekly,
    parse_periods,
    parse_weekly,
    parse_zone,
    periods_as_json,
)
from libs.common.errors import InvalidInput
from tests.unit.common.calendars.minutes import periods


def test_a_day_may_have_a_lunch_break_and_go_up_to_midnight() -> None:
    read = parse_periods([["13:00", "24:00"], ["09:00", "12:00"]])
    assert read == (Period(540, 720), Period(780, 1440))
    assert periods_as_json(read) == [["09:00", "12:00"], ["13:00", "24:00"]]


def test_weekdays_that_are_left_out_are_closed() -> None:
    weekly = parse_weekly({"1": [["08:00", "18:00"]]})
    assert weekly.on(1) == (Period(480, 1080),)
    assert weekly.on(7) == ()


@given(st.lists(periods(), min_size=7, max_size=7).filter(any))
def test_what_is_written_is_read_again(days) -> None:
    weekly = Weekly(tuple(days))
    assert parse_weekly(weekly.as_json()) == weekly


@pytest.mark.parametrize(
    ("raw", "field", "words"),
    [
        ({"1": [["09:00", "12:00"], ["11:59", "13:00"]]}, "weekly.1[1]", "overlaps"),
        ({"1": [["11:00", "13:00"], ["09:00", "12:00"]]}, "weekly.1[0]", "overlaps"),
        ({"1": [["09:00", "12:00"], ["09:00", "12:00"]]}, "weekly.1[1]", "overlaps"),
        ({"2": [["18:00", "09:00"]]}, "weekly.2[0]", "ends before it starts"),
        ({"2": [["22:00", "00:00"]]}, "weekly.2[0]", "24:00"),
        ({"3": [["09:00", "09:00"]]}, "weekly.3[0]", "empty"),
        ({"3": [["24:00", "24:00"]]}, "weekly.3[0]", "empty"),
        ({"4": [["9:00", "12:00"]]}, "weekly.4[0]", "times"),
        ({"4": [["09:00", "24:01"]]}, "weekly.4[0]", "times"),
        ({"4": [["09:00", "٢٣:00"]]}, "weekly.4[0]", "times"),
        ({"4": [["09:00", "12:00\n"]]}, "weekly.4[0]", "times"),
        ({"4": [[9, 12]]}, "weekly.4[0]", "times"),
        ({"4": [["09:00"]]}, "weekly.4[0]", "pair"),
        ({"4": ["09:00-12:00"]}, "weekly.4[0]", "pair"),
        ({"5": None}, "weekly.5", "list"),
        ({"5": [["09:00", "12:00"]] * 25}, "weekly.5", "at most"),
        ({"8": []}, "weekly.8", "weekday"),
        ({"Monday": []}, "weekly.Monday", "weekday"),
        ({}, "weekly", "open"),
        ({"1": []}, "weekly", "open"),
        ([], "weekly", "weekdays"),
        (None, "weekly", "weekdays"),
    ],
)
def test_hours_that_make_no_sense_are_refused_by_name(raw, field, words) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_weekly(raw)
    assert words in refusal.value.details["errors"][field][0]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_weekly({"1": [["09:00", "09:00"]], "2": "closed", "9": []}, where="hours")
    assert set(refusal.value.details["errors"]) == {"hours.1[0]", "hours.2", "hours.9"}


def test_a_closed_day_is_one_without_periods() -> None:
    assert parse_periods([]) == ()


@pytest.mark.parametrize("raw", ["Mars/Olympus", "", None, 8, "../etc/passwd", "asia/shanghai"])
def test_a_zone_that_nobody_knows_is_refused(raw) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_zone(raw, "zone")
    assert "zone" in refusal.value.details["errors"]


def test_a_zone_is_known_by_its_usual_name() -> None:
    assert parse_zone("Asia/Shanghai").key == "Asia/Shanghai"
