"""How far the events of a stream have come: a later one waits a while for the earlier ones.

Several replicas take events from one queue, and what a dead one held comes again later: what
arrives first need not have happened first.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

PATIENCE = timedelta(seconds=30)
_FIRST_PATIENCE = timedelta(seconds=10)


@dataclass(frozen=True)
class Stream:
    """All up to `upto` were seen; those `ahead` stand behind a gap that is open `gap_since` then.

    With `upto` None nothing is known of it but what is ahead.
    """

    upto: int | None = None
    ahead: tuple[int, ...] = ()
    gap_since: datetime | None = None

    def advance(self, positions: Collection[int], now: datetime) -> "Stream":
        """With more seen. The first position of all is 1; a gap is given up after a while."""
        upto = self.upto
        known = sorted({one for one in (*self.ahead, *positions) if one > (upto or 0)})
        if upto is None and known and known[0] == 1:
            upto = 0
        if known and self.gap_since is not None and now - self.gap_since >= self.patience:
            upto = known[0] - 1
        while known and upto is not None and known[0] == upto + 1:
            upto = known.pop(0)
        gap_since = (self.gap_since if upto == self.upto else None) or now
        return Stream(upto, tuple(known), gap_since if known else None)

    @property
    def patience(self) -> timedelta:
        """How long a gap is waited for; where a stream was never heard of, there may be none."""
        return _FIRST_PATIENCE if self.upto is None else PATIENCE

    def has_reached(self, position: int) -> bool:
        """Whether everything before it was seen."""
        return self.upto is not None and position <= self.upto
