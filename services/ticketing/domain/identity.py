"""Checks of the customer's identity, which confidential templates may ask for before they show."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.ticket_state import TicketState

METHODS = ("document", "call_back", "known_answer", "account", "in_person")
PASSED, FAILED = RESULTS = ("passed", "failed")


@dataclass(kw_only=True)
class IdentityCheck:
    """What somebody has found out; `valid_until` null for a failed one. `words`: a note."""

    check_id: UUID
    ticket_id: UUID
    method: str
    result: str
    person_id: UUID | None
    person_name: str
    checked_at: datetime
    valid_until: datetime | None
    words: dict[str, Any] = field(default_factory=dict)


class CheckedTicket(TicketState):
    """A passed check holds for some hours and for all who may read; a failed one ends it."""

    def check_identity(
        self, method: str, result: str, note: str | None, hours: int, act: Act
    ) -> IdentityCheck:
        """Keep what came out, in the timeline as well."""
        checks.one_of("method", method, METHODS)
        checks.one_of("result", result, RESULTS)
        if not self.is_confidential:
            raise Conflict("ticket.not_confidential", "the ticket is not confidential")
        if self.status == "archived":
            raise Conflict("ticket.closed", "the ticket is archived")
        until = act.now + timedelta(hours=hours) if result == PASSED else None
        self.identity_valid_until = until
        self.version += 1
        told: dict[str, Any] = {"method": method, "result": result}
        shown_until = until.isoformat() if until else None
        self._enter_event(
            act, "ticket.identity_checked", **told, valid_until=shown_until, note=note
        )
        self._record(act, "ticket.identity_checked", **told, valid_until=until)
        return IdentityCheck(
            check_id=act.new_id(),
            ticket_id=self.ticket_id,
            **told,
            person_id=act.actor.subject,
            person_name=act.actor.name,
            checked_at=act.now,
            valid_until=until,
            words={"note": note},
        )
