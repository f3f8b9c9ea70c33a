"""Events of one ticket that arrive in another order than they happened."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.streams import PATIENCE, Stream

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_new_ticket_is_followed_from_its_first_event() -> None:
    stream = Stream().advance([1, 2], NOON)
    assert (stream.upto, stream.ahead, stream.gap_since) == (2, (), None)


def test_what_stands_behind_a_gap_waits_until_the_gap_is_closed() -> None:
    stream = Stream().advance([1], NOON).advance([3], NOON)
    assert not stream.has_reached(3)
    assert stream.gap_since == NOON
    stream = stream.advance([2], NOON + timedelta(seconds=3))
    assert stream.has_reached(3)
    assert stream.gap_since is None


def test_a_gap_is_given_up_after_a_while() -> None:
    stream = Stream().advance([1], NOON).advance([3], NOON)
    later = stream.advance([4], NOON + PATIENCE)
    assert (later.upto, later.ahead, later.gap_since) == (4, (), None)


def test_of_a_ticket_that_was_never_heard_of_the_beginning_is_waited_for_less() -> None:
    stream = Stream().advance([7], NOON)
    assert stream.upto is None
    assert not stream.has_reached(7)
    assert stream.patience < PATIENCE
    assert stream.advance([8], NOON + stream.patience).upto == 8


def test_repeats_and_stragglers_change_nothing() -> None:
    stream = Stream().advance([1, 2, 3], NOON)
    assert stream.advance([2], NOON) == stream
    assert stream.advance([3, 3], NOON) == stream


def test_progress_at_one_gap_gives_the_next_its_own_time() -> None:
    stream = Stream().advance([1, 3, 5], NOON)
    stream = stream.advance([2], NOON + timedelta(seconds=20))
    assert (stream.upto, stream.ahead) == (3, (5,))
    assert stream.gap_since == NOON + timedelta(seconds=20)


def test_in_whatever_order_four_events_come_all_are_reached() -> None:
    for order in permutations([1, 2, 3, 4]):
        stream = Stream()
        for position in order:
            stream = stream.advance([position], NOON)
        assert stream == Stream(4)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=60))
def test_what_is_reached_has_everything_before_it_seen(arrivals: list[int]) -> None:
    stream, seen = Stream(), set()
    for position in arrivals:
        seen.add(position)
        stream = stream.advance([position], NOON)
        reached = stream.upto or 0
        assert set(range(1, reached + 1)) <= seen
        assert seen - set(range(1, reached + 1)) == set(stream.ahead)
