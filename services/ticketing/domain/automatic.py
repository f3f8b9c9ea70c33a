"""What happens to tickets without anybody's hand: proposals of dispatch, steps of policies."""

from dataclasses import dataclass, replace
from uuid import UUID

from libs.common.actor import SYSTEM
from services.ticketing.domain.placing import Colleague, Team

# The system where it carries out what people have laid down in rules: it may what they may.
RULES = replace(
    SYSTEM,
    permissions=frozenset(
        f"ticket.{name}" for name in ("assign", "transfer", "return", "move", "work_all")
    ),
)

MANUAL, ESCALATION = "manual", "escalation"
ACCEPT_TIMEOUT, RETURNED = "accept_timeout", "returned"


@dataclass(frozen=True)
class Handing:
    """How somebody gets a ticket; what is not said is as if it were by hand.

    `colleague` is where they work, as far as that is known. `team` is the group that the ticket is
    to be in. `mode`: manual, automatic, grab, hand_over, escalation. `way` is what the timeline
    says of it by hand: transfer, returned.
    """

    colleague: Colleague | None = None
    team: Team | None = None
    assignment_id: UUID | None = None
    mode: str = MANUAL
    way: str | None = None


@dataclass(frozen=True)
class Proposal:
    """Whom dispatch has chosen, for the ticket whose `assignment_epoch` was `epoch`."""

    assignee_id: UUID
    name: str
    note: str | None
    epoch: int
    handing: Handing
