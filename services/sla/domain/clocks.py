"""A clock: one promise to one ticket, and how it stands."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from services.sla.domain.vocabulary import BREACHED, PAUSED, RUNNING


@dataclass(frozen=True)
class Pause:
    """Time that does not count: from `start` up to `end`, or still going on.

    `why` is the status that the policy pauses in, or the one in which the clock had ended before it
    went on: `solved` until the reopening.
    """

    start: datetime
    end: datetime | None
    why: str


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What one target of a policy means for a ticket.

    `cycle` counts the clocks of a target from 1 (of `accept` it is the assignment's epoch; of
    `status` every stay in any status counts). `due_at` is None while paused, and where the
    calendar never opens long enough. `state` breached: past due and not ended; such a clock keeps
    its due time while it is paused. Of an ended clock `due_at` is what it was at the end, and
    `is_breached` whether that came first; `ended_at` tells when it was met or cancelled.
    `remaining_seconds`, of the policy's hours, is set while the clock stands still (paused or
    ended): what was left of the target. `elapsed_seconds`, of the same hours, is set once it has
    ended: what had passed, pauses not counted, of a late clock more than the target. It says
    nothing that changes by mere passing of time, so that two folds of the same facts differ only if
    a clock became breached in between.
    """

    target: str
    cycle: int
    state: str
    started_at: datetime
    due_at: datetime | None
    target_seconds: int
    policy_id: UUID
    revision: int
    is_breached: bool = False
    is_paused: bool = False
    ended_at: datetime | None = None
    remaining_seconds: float | None = None
    elapsed_seconds: float | None = None
    pauses: tuple[Pause, ...] = ()
    assignment_epoch: int = 0
    status: str | None = None  # of the target `status`: which

    @property
    def met_at(self) -> datetime | None:
        """When the promise was kept, if late."""
        return self.ended_at if self.state == "met" else None

    @property
    def is_unended(self) -> bool:
        """Whether it is still to be met: running, paused or breached."""
        return self.state in (RUNNING, PAUSED, BREACHED)

    def id_for(self, ticket_id: UUID) -> UUID:
        """The clock's id, the same however often it is computed."""
        return uuid5(ticket_id, f"{self.target}:{self.cycle}")
