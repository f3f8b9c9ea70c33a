"""The moments that tests of the domain are given."""

from datetime import timedelta

from tests.unit.ticketing.making import LI, NOON, by


def test_acts_follow_one_another_and_never_reach_the_moments_that_tests_name():
    """However many tests run in one process: instants of tests are a minute after noon or more."""
    acts = [by(LI).now for _ in range(3000)]
    assert acts == sorted(set(acts))
    assert acts[0] > NOON
    assert acts[-1] < NOON + timedelta(minutes=1)
