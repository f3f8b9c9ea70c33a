"""The policies and calendars in force, and which of them a ticket falls under."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.calendars import ALWAYS, Hours
from services.sla.domain.policies import Policy


class PolicyBook:
    """All revisions of all policies that may still matter, and the calendars they name.

    Keep it while nothing is edited: calendars are laid out once per instance.
    """

    def __init__(self, policies: Iterable[Policy], calendars: Mapping[UUID, Hours]) -> None:
        self._policies = sorted(policies, key=lambda policy: policy.position)
        self._present = [policy for policy in self._policies if policy.held_at(None)]
        self._revisions = {(one.policy_id, one.revision): one for one in self._policies}
        self._calendars = calendars

    def choose(self, about: Mapping[str, Any], at: datetime | None = None) -> Policy | None:
        """The first policy in order that the ticket falls under, of those in force then (now)."""
        held = self._present if at is None else (one for one in self._policies if one.held_at(at))
        return next((policy for policy in held if policy.condition.holds(about)), None)

    def revision(self, policy_id: UUID, revision: int) -> Policy | None:
        """The revision by which a clock was made."""
        return self._revisions.get((policy_id, revision))

    def hours_of(self, policy: Policy) -> Hours:
        """The hours in which the policy's seconds count."""
        return ALWAYS if policy.calendar_id is None else self._calendars[policy.calendar_id]

    def present(self) -> list[Policy]:
        """The policies in force now, in order."""
        return list(self._present)
