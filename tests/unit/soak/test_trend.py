"""What counts as flat in a soak."""

import random

import pytest

from tests.soak.trend import LEAST, LEAST_SPAN, Tolerance, slope, trend_of

MEMORY = Tolerance(share=0.05, amount=12)
EVERY = 15.0
TWENTY_MINUTES = 80


def sampled(values: list[float]) -> list[tuple[float, float]]:
    return [(place * EVERY, value) for place, value in enumerate(values)]


def noisy(base: float, gain_per_hour: float, count: int = TWENTY_MINUTES) -> list[float]:
    chance = random.Random(5)
    per_sample = gain_per_hour * EVERY / 3600
    return [base + per_sample * place + chance.uniform(-2, 2) for place in range(count)]


def test_noise_is_flat():
    trend = trend_of(sampled(noisy(100, 0)), MEMORY)
    assert trend.is_flat
    assert trend.gain == pytest.approx(0, abs=5)


def test_a_leak_grows_however_noisy_it_is():
    trend = trend_of(sampled(noisy(100, 60)), MEMORY)
    assert trend.is_flat is False
    assert trend.gain == pytest.approx(60, rel=0.2)


def test_a_warm_up_does_not_count():
    warm = [40.0 + 3 * place for place in range(20)]
    trend = trend_of(sampled([*warm, *noisy(100, 0, 60)]), MEMORY)
    assert trend.is_flat
    assert trend.first == 40


def test_single_peaks_do_not_count():
    values = [0.0] * TWENTY_MINUTES
    values[30] = values[70] = values[79] = 500.0
    trend = trend_of(sampled(values), Tolerance(share=0, amount=20))
    assert trend.is_flat
    assert trend.highest == 500


def test_a_backlog_that_only_rises_grows():
    values = [float(place) for place in range(TWENTY_MINUTES)]
    assert trend_of(sampled(values), Tolerance(share=0, amount=20)).is_flat is False


def test_what_shrinks_is_flat():
    assert trend_of(sampled(noisy(100, -500)), MEMORY).is_flat


def test_few_samples_say_nothing():
    hourly = [(place * 3600.0, 1.0) for place in range(LEAST)]
    assert trend_of(hourly, MEMORY).is_flat is None


def test_a_short_look_says_nothing():
    count = int(LEAST_SPAN / EVERY)
    assert trend_of(sampled(noisy(100, 600, count)), MEMORY).is_flat is None


def test_two_samples_of_one_instant_have_no_slope():
    assert slope([(0, 1), (0, 2)]) == 0
