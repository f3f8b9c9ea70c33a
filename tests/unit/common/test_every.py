"""How long jobs wait after a look in vain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.bus.every import pause_after


@pytest.mark.parametrize(
    ("seconds", "took", "pause"),
    [
        (0.1, 0.002, 0.1),  # a quiet machine: as often as wanted
        (0.1, 0.01, 0.4),  # a busy one: a fortieth of the time
        (0.1, 5.0, 1.0),  # never longer than a second
        (60, 5.0, 60),  # but where it was wanted so
    ],
)
def test_looks_in_vain_take_a_fortieth_of_the_time(
    seconds: float, took: float, pause: float
) -> None:
    assert pause_after(seconds, took) == pytest.approx(pause)


@given(seconds=st.floats(0.05, 3600), took=st.floats(0, 100))
def test_nothing_is_looked_for_more_often_than_wanted(seconds: float, took: float) -> None:
    assert seconds <= pause_after(seconds, took) <= max(seconds, 1.0)
