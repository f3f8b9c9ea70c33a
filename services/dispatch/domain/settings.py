"""What holds for all of dispatch: capacity, weights, and how long things count."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CRITICAL = "critical"
URGENCY_RANKS = {"normal": 1, "urgent": 2, CRITICAL: 3}
# Statuses in which a ticket waits for somebody else than its assignee.
RESTING = frozenset(("pending", "on_hold"))


@dataclass(frozen=True)
class Settings:
    """One installation's; weights in points of capacity, `critical_excess` too."""

    default_capacity: int = 10
    critical_excess: int = 2
    heartbeat_seconds: int = 120
    sticky_days: int = 30
    grab_quota: int = 5
    urgency_weights: Mapping[str, int] = field(
        default_factory=lambda: {"normal": 1, "urgent": 2, "critical": 3}
    )
    channel_weights: Mapping[str, int] = field(default_factory=dict)
    pending_counts: bool = False
    rules_revision: int = 1

    def weight_of(self, urgency: str, channel: str, status_category: str) -> int:
        """How much of somebody's capacity a ticket takes; nothing while it rests."""
        if status_category in RESTING and not self.pending_counts:
            return 0
        by_urgency = self.urgency_weights.get(urgency, self.urgency_weights.get("normal", 1))
        return max(by_urgency + self.channel_weights.get(channel, 0), 0)


def rank_of(urgency: str) -> int:
    """The place of an urgency in waiting lists: the higher, the sooner."""
    return URGENCY_RANKS.get(urgency, 1)
