"""A few things handed over at once, in threads that are fed by a job and never waited for.

Plain threads, which are greenlets in a green process.
"""

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

_FULL = 32  # outcomes that are worth a commit without waiting for more


@dataclass(frozen=True)
class Outcome(Generic[Item]):
    """What became of an item: sent, refused for ever, or to be tried again; `reason` says why.

    `is_unknown`: nobody can say whether it was taken, and a repetition would be noticed.
    `retry_after`: seconds for which another try is of no use.
    """

    item: Item
    is_sent: bool = False
    is_final: bool = False
    reason: str = ""
    is_unknown: bool = False
    retry_after: float | None = None
    provider_id: str | None = None


class Lanes(ABC, Generic[Item]):
    """Carries items and keeps their outcomes until the job has committed them."""

    def __init__(self, lanes: int) -> None:
        self._lanes = lanes
        self._changed = threading.Condition()
        self._waiting: deque[Item] = deque()
        self._busy = 0
        self._outcomes: list[Outcome[Item]] = []

    @abstractmethod
    def room(self) -> int:
        """How many items it takes now."""

    @abstractmethod
    def carry(self, item: Item) -> Outcome[Item]:
        """Hand one over; must not raise."""

    def under_way(self) -> int:
        """How many are being carried or wait for a lane."""
        with self._changed:
            return len(self._waiting) + self._busy

    def take(self, items: Sequence[Item]) -> None:
        """Begin to carry them; returns at once."""
        with self._changed:
            self._waiting.extend(items)
            while self._waiting and self._busy < self._lanes:
                self._busy += 1
                first = self._waiting.popleft()
                threading.Thread(target=self._run, args=(first,), daemon=True).start()

    def outcomes(self, wait: float) -> list[Outcome[Item]]:
        """What is done and not yet forgotten.

        Waits up to `wait` seconds for more while lanes are busy, so that many share a commit.
        """
        until = time.monotonic() + wait
        with self._changed:
            while self._busy and len(self._outcomes) < _FULL and time.monotonic() < until:
                self._changed.wait(until - time.monotonic())
            return list(self._outcomes)

    def forget(self, outcomes: Sequence[Outcome[Item]]) -> None:
        """They are committed."""
        known = {id(outcome) for outcome in outcomes}
        with self._changed:
            self._outcomes = [one for one in self._outcomes if id(one) not in known]

    def is_busy(self) -> bool:
        """Whether anything is under way or not yet forgotten."""
        with self._changed:
            return bool(self.under_way() or self._outcomes)

    def close(self) -> None:
        """Let go of what is kept open for the next item."""

    def _run(self, item: Item) -> None:
        upcoming: Item | None = item
        while upcoming is not None:
            outcome = self.carry(upcoming)
            with self._changed:
                self._outcomes.append(outcome)
                upcoming = self._waiting.popleft() if self._waiting else None
                self._busy -= upcoming is None
                self._changed.notify_all()
