"""A ticket's place in a waiting list."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class Waiting:
    """Waits in a group, for a rule to decide (push) or for somebody to take it (grab).

    Without a rule it waits for a person's decision. `excluded` maps people to the instant, in ISO
    format, until which they do not get it by themselves. `tried`: the rules, as explained.
    `trigger`: why it waits: it is new, or what became of its last assignment.
    """

    ticket_id: UUID
    group_id: UUID | None
    rule_id: UUID | None
    mode: str
    urgency_rank: int
    since: datetime
    trigger: str = "new"
    not_before: datetime | None = None
    offer_id: UUID | None = None
    offer_ends_at: datetime | None = None
    offered_to: list[UUID] = field(default_factory=list)
    excluded: dict[str, str] = field(default_factory=dict)
    tried: list[dict[str, Any]] = field(default_factory=list)
    rules_revision: int = 0
    is_explained: bool = False

    def excluded_at(self, now: datetime) -> frozenset[UUID]:
        """Who does not get it now."""
        return frozenset(
            UUID(person_id)
            for person_id, until in self.excluded.items()
            if datetime.fromisoformat(until) > now
        )
