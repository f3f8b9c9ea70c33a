"""Policies: which tickets they are for, what they promise, and what happens on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actions import Action, Recipient
from libs.common.conditions import Condition
from services.sla.domain.vocabulary import STATUS

MOST_REPEATS = 50


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something to tell or to carry out `offset_seconds` after (negative: before) a due time.

    `calendar`: business (the policy's), elapsed (calendar time), None for the policy's. A recurring
    step comes `repeat_limit` times in all, every `repeat_seconds`, the first time at the offset.
    """

    key: str
    target: str
    offset_seconds: int
    calendar: str | None = None
    repeat_seconds: int | None = None
    repeat_limit: int = 1
    recipients: tuple[Recipient, ...] = ()
    actions: tuple[Action, ...] = ()

    @property
    def is_recurring(self) -> bool:
        return self.repeat_seconds is not None

    def as_json(self) -> dict[str, Any]:
        """What `parse_policy` takes."""
        return {
            "key": self.key,
            "target": self.target,
            "offset_seconds": self.offset_seconds,
            "calendar": self.calendar,
            "repeat_seconds": self.repeat_seconds,
            "repeat_limit": self.repeat_limit if self.is_recurring else None,
            "recipients": [recipient.as_json() for recipient in self.recipients],
            "actions": [action.as_json() for action in self.actions],
        }


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One revision of a policy. Seconds are of its calendar's hours (None: calendar time).

    `since`/`until` bound the time in which the revision held (None: from ever, until now): a clock
    that has ended is judged by what held then. A revision that is replaced, moved to another
    position, switched off or removed gets its `until`.
    """

    policy_id: UUID
    revision: int
    position: int
    name: str
    condition: Condition
    is_active: bool = True
    calendar_id: UUID | None = None
    pause_statuses: frozenset[str] = frozenset()
    targets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def seconds_for(self, target: str, urgency: str, status: str | None = None) -> int | None:
        """What is promised, if anything; `status` picks among the targets for statuses."""
        return self.targets.get(target, {}).get(str(status) if target == STATUS else urgency)

    def steps_of(self, target: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.target == target)

    def held_at(self, at: datetime | None) -> bool:
        """Whether this revision was in force then; None asks for now."""
        if at is None:
            return self.is_active and self.until is None
        begun = self.since is None or self.since <= at
        return self.is_active and begun and (self.until is None or at < self.until)

    def as_json(self) -> dict[str, Any]:
        """What `parse_policy` takes: all that people edit."""
        return {
            "name": self.name,
            "is_active": self.is_active,
            "condition": self.condition.as_json(),
            "calendar_id": str(self.calendar_id) if self.calendar_id else None,
            "pause_statuses": sorted(self.pause_statuses),
            "targets": {target: dict(values) for target, values in self.targets.items()},
            "steps": [step.as_json() for step in self.steps],
        }
