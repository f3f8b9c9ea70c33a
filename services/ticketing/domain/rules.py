"""Triggers and automations: when they act, on which tickets, and where they stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.common.conditions import Condition

TRIGGER, AUTOMATION = "trigger", "automation"
KINDS = (TRIGGER, AUTOMATION)

# A trigger may ask for any change but the first.
CREATED, UPDATED = "created", "updated"

# What automations count time from.
ANCHORS = ("created", "touched", "status_changed", "customer_message", "solved")

# An event that so many others have led to sets off no trigger: what that would do must still reach
# the other services, who answer one another, before all chains are cut (envelope.MAX_HOPS).
MOST_HOPS = 4


@dataclass(frozen=True)
class Rule:
    """A rule that is switched on; `actions` are read when they are carried out."""

    rule_id: UUID
    name: str
    events: frozenset[str]
    anchor: str | None
    delay_minutes: int | None
    condition: Condition
    actions: tuple[Mapping[str, Any], ...]

    @property
    def delay(self) -> timedelta:
        """How long after its anchor an automation acts."""
        return timedelta(minutes=self.delay_minutes or 0)

    def hears(self, event_type: str) -> bool:
        """Whether it is for events of this type."""
        name = event_type.removeprefix("ticket.")
        return name in self.events or (UPDATED in self.events and name != CREATED)
