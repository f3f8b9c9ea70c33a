"""What people are writing, kept for them alone."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import query, signal
from services.ticketing.queries.confidential import reason_for, reporting
from services.ticketing.queries.shapes import show_instant
from services.ticketing.queries.ticket_pages import find_ticket_face, find_ticket_id
from services.ticketing.service import arguments as args
from services.ticketing.storage.draft_rows import find_draft
from services.ticketing.use_cases import drafts

Json = dict[str, Any]


class DraftCalls:
    """No commands: the last one counts, however often it is sent."""

    @query("ticket.read")
    def get_draft(self, call: Call, *, number: str, kind: str) -> Json:
        """The caller's own; without text where there is none."""
        ticket = find_ticket_face(call.uow, call.actor, args.number_of(number))
        place = drafts.place_of(call.actor, ticket.ticket_id, kind)
        found = find_draft(call.uow.session, place)
        words, updated_at = found or ({}, None)
        if reason_for(ticket, call.actor):
            words = {}
        shown = {
            "text": words.get("text", ""),
            "mentions": words.get("mentions", []),
            "updated_at": show_instant(updated_at),
        }
        return reporting(shown, [ticket] if words else [], call.actor, "draft")

    @signal("ticket.read")
    def save_draft(
        self, call: Call, *, number: str, kind: str, text: str, mentions: list[Json] | None = None
    ) -> Json:
        """Nothing written is no draft."""
        ticket_id = find_ticket_id(call.uow, call.actor, args.number_of(number))
        words = {"text": text, "mentions": mentions or []}
        drafts.save_draft(
            call.uow, call.actor, call.now, ticket_id=ticket_id, kind=kind, words=words
        )
        return words | {"updated_at": show_instant(call.now)}

    @signal("ticket.read")
    def drop_draft(self, call: Call, *, number: str, kind: str) -> None:
        """It was sent, or is not wanted any more."""
        ticket_id = find_ticket_id(call.uow, call.actor, args.number_of(number))
        drafts.drop_draft(call.uow, call.actor, ticket_id=ticket_id, kind=kind)
