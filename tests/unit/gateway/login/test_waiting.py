"""How long one has to wait: after failures, and for the next code."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.auth.throttle import LONGEST_WAIT, Standing, delay_after, hidden
from gateway.login.code_requests import FOR_ADDRESS, FOR_ONE, needs_captcha, wait_for
from gateway.login.guessing import guessing_at

NINE = datetime(2023, 10, 1, 9, tzinfo=UTC)


def ago(**duration: float) -> datetime:
    return NINE - timedelta(**duration)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (14, 512), (15, 900), (1000, 900)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert delay_after(failures, free=5) == timedelta(seconds=seconds)


def test_a_day_of_guessing_is_a_hundred_guesses() -> None:
    spent, failures = timedelta(0), 0
    while spent < timedelta(days=1):
        failures += 1
        spent += delay_after(failures, free=5)
    assert failures < 120
    assert delay_after(failures, free=5) == LONGEST_WAIT


def test_counters_do_not_show_what_was_typed() -> None:
    guessing = guessing_at("My-Password", "10.0.0.1", None)
    assert all("assword" not in counter.key for counter in guessing.counters)
    assert guessing.pair.key == guessing_at(" my-password ", "10.0.0.1", None).pair.key


def test_a_known_browser_has_a_counter_of_its_own() -> None:
    own, foreign = guessing_at("CS001", "a", "device"), guessing_at("CS001", "a", None)
    assert own.whole.key != foreign.whole.key
    assert own.pair == foreign.pair


def test_a_captcha_comes_after_three_failures_or_twenty_of_the_place() -> None:
    guessing = guessing_at("CS001", "10.0.0.1", None)
    zero = {counter.key: 0 for counter in guessing.counters}

    def is_needed(**failures: int) -> bool:
        named = {getattr(guessing, name).key: count for name, count in failures.items()}
        return guessing.needs_captcha(Standing({**zero, **named}, 0))

    assert not is_needed(pair=2, address=19)
    assert is_needed(pair=3)
    assert is_needed(address=20)


def test_hidden_texts_differ_as_their_originals_do() -> None:
    assert hidden("a") == hidden("a") != hidden("b")
    assert hidden("\udc80")


@pytest.mark.parametrize(
    ("times", "wait"),
    [
        ([], 0),
        ([ago(seconds=60)], 0),
        ([ago(seconds=59.5)], 1),
        ([ago(minutes=one) for one in (2, 3, 4, 5)], 0),
        ([ago(minutes=one) for one in (2, 3, 4, 5, 6)], 54 * 60),
        ([ago(hours=one) for one in range(2, 12)], 13 * 3600),
    ],
)
def test_one_phone_gets_one_code_a_minute_five_an_hour_ten_a_day(
    times: list[datetime], wait: int
) -> None:
    assert wait_for(times, FOR_ONE, NINE) == wait


def test_an_office_gets_more() -> None:
    times = [ago(minutes=one) for one in range(1, 30)]
    assert wait_for(times, FOR_ADDRESS, NINE) == 0
    assert wait_for([NINE, *times], FOR_ADDRESS, NINE) > 0


def test_whoever_asks_often_reads_a_picture() -> None:
    assert not needs_captcha([ago(minutes=1), ago(minutes=2), ago(minutes=61)], NINE)
    assert needs_captcha([ago(minutes=one) for one in (1, 2, 3)], NINE)
