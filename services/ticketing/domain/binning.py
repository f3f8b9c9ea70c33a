"""The bin (回收站): deleted tickets can be restored until they are purged; numbers stay taken."""

from collections.abc import Sequence

from libs.common.errors import Conflict
from services.ticketing.domain.act import Act
from services.ticketing.domain.statuses import CLOSED, DELETED, PURGED, is_unfinished
from services.ticketing.domain.ticket_state import TicketState, person


class BinnedTicket(TicketState):
    """A ticket as far as it may be thrown away."""

    def delete(self, reason: str, act: Act, open_children: Sequence[str] = ()) -> None:
        """Into the bin: nobody works on it, and lists, counts and the portal are without it.

        Refused while children would be left behind; `open_children` are those to be named then.
        """
        act.actor.demand("ticket.delete")
        if self.deleted_at is not None:
            raise Conflict("ticket.deleted", "the ticket is in the bin already")
        if count := self.open_children:
            raise Conflict(
                "ticket.children_left",
                f"{count} of its child tickets are not finished yet: finish or detach them first",
                {
                    "open_children": count,
                    "children": [{"number": one} for one in open_children],
                    "hidden": count - len(open_children),
                },
            )
        self.deletion = {"by": person(act.actor.subject, act.actor.name), "status": self.status}
        if is_unfinished(self.status) and self.assignee_id is not None:
            self._forget_assignee()
        self.deleted_at = act.now
        self._throw_away(DELETED)
        self._enter_event(act, "ticket.deleted", reason=reason)
        self._record(act, "ticket.deleted", reason=reason)

    def restore(self, act: Act) -> None:
        """Out of the bin; what was being worked on waits for somebody again."""
        act.actor.demand("ticket.delete")
        if self.deleted_at is None or self.status == PURGED:
            raise Conflict("ticket.not_deleted", "the ticket is not in the bin")
        before = (self.deletion or {}).get("status", "closed")
        self.deleted_at = self.deletion = None
        closed_at = self.closed_at
        self._set_status("unassigned" if is_unfinished(before) else before, act)
        self.closed_at = closed_at
        self._enter_event(act, "ticket.restored", to_status=self.status)
        self._record(act, "ticket.restored")

    def purge(self, act: Act) -> None:
        """For good: only the number remains, so that it is never given again."""
        if self.status != DELETED:
            raise Conflict("ticket.not_deleted", "only what is in the bin is purged")
        self.subject, self.customer_name = "-", "-"
        self.fields, self.tags, self.solution = {}, [], None
        self.urgency_reason = self.urgency_proposal = None
        self.confirmation = self.supervision = None
        self.is_supervised = False
        self._throw_away(PURGED)
        self._record(act, "ticket.purged")

    @property
    def is_purged(self) -> bool:
        """Nothing is kept of it any more, whatever others still tell of it."""
        return self.status == PURGED

    def _throw_away(self, status: str) -> None:
        """Closed for everybody who follows it, and none of the statuses that people choose."""
        self.status, self.status_category, self.own_status = status, CLOSED, None
        self.version += 1

    def _forget_assignee(self) -> None:
        self.assignee_id = self.assignee_name = self.assignment_id = self.accepted_at = None
        self.assignment_epoch += 1
