"""People who may get a ticket, and whether they are there to take one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

# Reasons why somebody takes no tickets now, in the order in which they are told.
MANUAL_ONLY = "manual_only"


@dataclass(slots=True)
class Candidate:
    """Somebody, as far as it matters for a choice; `load` grows while a batch is decided.

    `reasons` why nothing is assigned to them now; none: they are available.
    """

    person_id: UUID
    name: str
    capacity: int
    load: int = 0
    active: int = 0
    grabbed: int = 0
    seniority: int = 0
    languages: frozenset[str] = frozenset()
    skills: Mapping[UUID, int] = field(default_factory=dict)
    last_assigned_at: datetime | None = None
    reasons: tuple[str, ...] = ()

    @property
    def may_grab(self) -> bool:
        """Whether offers are told to them: who gets nothing by itself may still take."""
        return all(reason == MANUAL_ONLY for reason in self.reasons)

    @property
    def share(self) -> float:
        """The part of their capacity that is taken."""
        return self.load / self.capacity if self.capacity else 1.0

    def limit(self, excess: int) -> int:
        """How far they may be loaded; nobody without capacity gets an excess."""
        return self.capacity + excess if self.capacity else 0

    def speaks(self, language: str) -> bool:
        """By the language alone: who speaks zh-CN speaks zh-TW."""
        return _language(language) in self.languages


def languages_of(listed: list[str], own: str | None) -> frozenset[str]:
    """The languages set for somebody, or the one they use the console in."""
    return frozenset(map(_language, listed or ([own] if own else [])))


def _language(tag: str) -> str:
    return tag.split("-", 1)[0].split("_", 1)[0].lower()


def reasons_of(
    *,
    state: str | None,
    heartbeat_at: datetime | None,
    heartbeat_seconds: int,
    now: datetime,
    is_in_shift: bool = True,
    is_on_leave: bool = False,
    is_automatic: bool = True,
) -> tuple[str, ...]:
    """All reasons why somebody is not available at `now`; none if they are."""
    found = []
    if state != "online":
        found.append(state or "offline")
    elif heartbeat_at is None or now - heartbeat_at > timedelta(seconds=heartbeat_seconds):
        found.append("no_heartbeat")
    if not is_in_shift:
        found.append("off_shift")
    if is_on_leave:
        found.append("on_leave")
    if not is_automatic:
        found.append(MANUAL_ONLY)
    return tuple(found)
