"""What sla knows of a ticket: one fact for each event of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TicketFact:
    """The ticket after an event of ticketing's, as far as clocks need to know.

    `seq` orders a ticket's facts; one that comes again is the same fact. `type` is the event's
    (`ticket.replied`); any other, such as that of a reconciled header, only tells the state.
    `epoch` is the header's `assignment_epoch`. `about` is what conditions look at
    (`libs.common.conditions.facts_of`, with `now` = the ticket's `created_at`, so that a policy
    for the night is one for tickets that came at night and does not change by itself).
    `own_status`: the company's own status that the ticket has on `status`, if it has one.
    """

    seq: int
    type: str
    occurred_at: datetime
    created_at: datetime
    status: str
    status_category: str
    urgency: str
    own_status: str | None = None
    actor_kind: str = "system"
    epoch: int = 0
    has_assignee: bool = False
    is_accepted: bool = False
    is_auto_reply: bool = False
    notify_customer: bool = False  # of ticket.solved: the solution was sent to the customer
    about: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def is_public_reply(self) -> bool:
        """Whether a person of the staff wrote to the customer."""
        told = self.type == "ticket.replied" or (
            self.type == "ticket.solved" and self.notify_customer
        )
        return told and self.actor_kind == "staff"

    @property
    def is_question(self) -> bool:
        """Whether the customer wrote again and waits for an answer."""
        return self.type == "ticket.message_received" and not self.is_auto_reply
