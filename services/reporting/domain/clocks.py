"""What the clocks of a ticket say for figures: what was broken, and how long it took in hours."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from services.reporting.domain.facts import ClockFact

FIRST_REPLY, RESOLUTION = "first_reply", "resolution"


class Clocks:
    """All that sla has told of one ticket's clocks."""

    def __init__(self, facts: Iterable[ClockFact]) -> None:
        by_clock: dict[str, list[ClockFact]] = defaultdict(list)
        for fact in facts:
            by_clock[fact.clock_id].append(fact)
        # A breach is told by an event of its own, which may share its revision with a change.
        order = {
            key: sorted(found, key=lambda fact: (fact.revision, fact.is_breached))
            for key, found in by_clock.items()
        }
        self._newest = [found[-1] for found in order.values()]
        self._elapsed: dict[tuple[str, datetime], int] = {}
        for found in order.values():
            if not _is_undone(found[-1]):
                self._note(found)

    def elapsed(self, target: str, at: datetime) -> int | None:
        """Of the clock of this target that was met then: seconds of the policy's hours."""
        return self._elapsed.get((target, at))

    def first_breach(self) -> datetime | None:
        """When the first promise was broken, of those that are not taken back."""
        return min(
            (one.due_at for one in self._newest if one.is_breached and one.due_at), default=None
        )

    def _note(self, found: Iterable[ClockFact]) -> None:
        # A reopened ticket's clock goes on, and is met a second time.
        for fact in found:
            if fact.state == "met" and fact.stopped_at and fact.elapsed_seconds is not None:
                self._elapsed[fact.target, fact.stopped_at] = fact.elapsed_seconds


def _is_undone(fact: ClockFact) -> bool:
    """A policy, or a fact that came late, has taken the clock back."""
    return fact.state == "cancelled" and fact.stopped_at is None
