"""Merging: the same matter told twice goes on in one ticket, and can be taken apart again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, Forbidden
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.collaborating import CollaboratingTicket
from services.ticketing.domain.rights import may_work

MOST_AT_ONCE = 20


class MergedTicket(CollaboratingTicket):
    """A ticket as far as it has become part of another, or others of it.

    What was merged keeps its timeline, assignee and fields, and is closed. `merged_before` is what
    unmerging restores. Only messages of the same customer go on in the other ticket: another
    customer must not read them.
    """

    @property
    def carried_on_by(self) -> UUID | None:
        """The ticket in which messages for this one, when it is closed, go on."""
        before = self.merged_before or {}
        return self.merged_into if before.get("passes_messages") else self.followed_up_by

    def absorb(
        self,
        sources: Sequence["MergedTicket"],
        reason: str | None,
        act: Act,
        *,
        is_confirmed: bool = False,
    ) -> None:
        """Merge others into this one; those of another customer only if that is confirmed."""
        self._require_worker(act)
        self._refuse_closed()
        for source in sources:
            self._check_source(source, act, is_confirmed=is_confirmed)
        gained = self._join_tags(sources)
        for source in sources:
            if source.is_confidential:
                # What the customer adds to it comes here from now on.
                self.become_confidential(needs_identity_check=source.needs_identity_check)
            source._end_in(self, sources, gained[source.ticket_id], reason, act)
        numbers = [source.number for source in sources]
        self._enter_event(act, "ticket.merged", sources=numbers, reason=reason)
        self._record_merge(self, sources, reason, act)

    def unmerge_from(self, target: "MergedTicket", reason: str | None, act: Act) -> None:
        """As it was before; what came after the merge stays with the target."""
        self._require_worker(act)
        before = self.merged_before
        if before is None or self.merged_into != target.ticket_id:
            raise Conflict("merge.not_merged", "the ticket is not merged into another one")
        if self.status == "archived":
            raise Conflict("ticket.closed", "the ticket is archived")
        self.merged_into = self.merged_at = self.merged_before = self.closed_at = None
        followed_up_by = before["followed_up_by"]
        self.followed_up_by = UUID(followed_up_by) if followed_up_by else None
        self._set_status(before["status"], act)
        target._give_back_tags(before["tags_gained"])
        ids = {"source_ticket_id": self.ticket_id, "target_ticket_id": target.ticket_id}
        self._enter_event(act, "ticket.unmerged", target=target.number, reason=reason)
        self._record(act, "ticket.unmerged", reason=reason, **ids)
        target._enter_event(act, "ticket.unmerged", source=self.number, reason=reason)
        target._record(act, "ticket.unmerged", reason=reason, **ids)

    def _check_source(self, source: "MergedTicket", act: Act, *, is_confirmed: bool) -> None:
        number = source.number
        if source.ticket_id == self.ticket_id:
            raise Conflict("merge.self", "a ticket cannot be merged into itself")
        # What is nobody's yet may go into one's own ticket.
        if source.assignee_id is not None and not may_work(source.assignee_id, act.actor):
            raise Forbidden("ticket.not_assignee", f"only the assignee merges {number}")
        if source.merged_into is not None:
            raise Conflict("merge.already_merged", f"{number} is merged already")
        if source.is_closed:
            raise Conflict("merge.source_closed", f"{number} is closed")
        source._refuse_open_children()
        source._refuse_collaborating()
        source._refuse_dissatisfied()
        source._refuse_supervised()
        if source.customer_id != self.customer_id and not is_confirmed:
            message = f"{number} is another customer's"
            raise Conflict("merge.customers_differ", message, {"number": number})

    def _join_tags(self, sources: Sequence["MergedTicket"]) -> dict[UUID, list[str]]:
        """Take the tags that this one lacks; returns which source brought which."""
        gained: dict[UUID, list[str]] = {}
        joined = list(self.tags)
        for source in sources:
            room = checks.TAGS_LIMIT - len(joined)
            new = [tag for tag in source.tags if tag not in joined][: max(room, 0)]
            gained[source.ticket_id] = new
            joined += new
        if joined != self.tags:
            self.tags = joined
            self.version += 1
        return gained

    def _give_back_tags(self, tags: Sequence[str]) -> None:
        left = [tag for tag in self.tags if tag not in tags]
        if left != self.tags:
            self.tags = left
            self.version += 1

    def _end_in(
        self,
        target: "MergedTicket",
        sources: Sequence["MergedTicket"],
        tags_gained: list[str],
        reason: str | None,
        act: Act,
    ) -> None:
        followed_up_by = self.followed_up_by
        self.merged_before = {
            "status": self.status,
            "tags_gained": tags_gained,
            "followed_up_by": str(followed_up_by) if followed_up_by else None,
            "passes_messages": self.customer_id == target.customer_id,
        }
        self.merged_into, self.merged_at = target.ticket_id, act.now
        self._set_status("closed", act)
        self._enter_event(act, "ticket.merged", into=target.number, reason=reason)
        self._record_merge(target, sources, reason, act)

    def _record_merge(
        self,
        target: "MergedTicket",
        sources: Sequence["MergedTicket"],
        reason: str | None,
        act: Act,
    ) -> None:
        told: dict[str, Any] = {
            "target_ticket_id": target.ticket_id,
            "source_ticket_ids": [source.ticket_id for source in sources],
        }
        self._record(act, "ticket.merged", reason=reason, **told)
