"""Whether what was sampled is flat: the Theil–Sen slope after a warm-up, beside a tolerance.

The median of the slopes between all pairs of samples (Sen 1968) does not mind single peaks, which a
fitted line would follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, median

WARM_UP = 0.25  # of the samples: caches fill, pools open
LEAST = 6  # samples after the warm-up that say something
LEAST_SPAN = 300.0  # seconds that they must span


@dataclass(frozen=True)
class Tolerance:
    """What may be gained in an hour: a share of the mean, and an amount."""

    share: float
    amount: float

    def of(self, mean: float) -> float:
        return self.share * mean + self.amount


@dataclass(frozen=True)
class Trend:
    """`gain` an hour by the slope, beside what is allowed; None: too little to say."""

    first: float
    mean: float
    highest: float
    last: float
    gain: float | None
    allowed: float

    @property
    def is_flat(self) -> bool | None:
        return None if self.gain is None else self.gain <= self.allowed


def trend_of(samples: Sequence[tuple[float, float]], tolerance: Tolerance) -> Trend:
    """Of (seconds, value) in the order of time."""
    steady = samples[int(len(samples) * WARM_UP) :]
    values = [value for _, value in samples]
    mean = fmean(value for _, value in steady)
    is_enough = len(steady) >= LEAST and steady[-1][0] - steady[0][0] >= LEAST_SPAN
    return Trend(
        first=values[0],
        mean=mean,
        highest=max(values),
        last=values[-1],
        gain=slope(steady) * 3600 if is_enough else None,
        allowed=tolerance.of(mean),
    )


def slope(samples: Sequence[tuple[float, float]]) -> float:
    """Per second; 0 where there are no two instants."""
    found = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(samples, 2) if x2 > x1]
    return median(found) if found else 0.0
