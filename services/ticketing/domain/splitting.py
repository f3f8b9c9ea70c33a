"""Splitting: what is another matter becomes a ticket of its own; the original keeps its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.errors import field_error
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.links import LinkedTicket
from services.ticketing.domain.timeline import Attachment

MOST_ENTRIES = 50
_STAFF = "客服"


@dataclass(frozen=True)
class Said:
    """An entry of the original, as far as a quotation needs it."""

    entry_id: UUID
    kind: str
    author_kind: str
    author_name: str
    text: str
    created_at: datetime


class SplitTicket(LinkedTicket):
    """A ticket as far as parts of it have become others."""

    def check_splitting(self, act: Act) -> None:
        """Whether this actor may split it now."""
        self._require_worker(act)
        self._refuse_archived()

    def quote_note(self, text: str, attachments: tuple[Attachment, ...], act: Act) -> None:
        """What was written down about it internally goes along."""
        entry = self._enter_writing(act, "note", text, attachments)
        self._record(act, "ticket.note_added", entry_id=entry.entry_id, mentions=[])

    def split_off(self, new: "SplitTicket", entry_ids: Sequence[UUID], act: Act) -> None:
        """`new`, numbered already, has been opened with some of what was said here."""
        self._enter_event(act, "ticket.split", number=new.number, entries=len(entry_ids))
        self._record(act, "ticket.split", new_ticket_id=new.ticket_id, entry_ids=list(entry_ids))


def quotation(number: str, said: Sequence[Said], zone: ZoneInfo) -> str:
    """What was said, with who and when; customers may read it, so staff have no names."""
    parts = [f"({number})", *(_quoted(one, zone) for one in said)]
    text = "\n\n".join(parts)
    if len(text) > checks.TEXT_LIMIT:
        raise field_error("entry_ids", "together they are too long", "field.too_long")
    return text


def _quoted(one: Said, zone: ZoneInfo) -> str:
    who = one.author_name if one.author_kind == "customer" else _STAFF
    at = one.created_at.astimezone(zone)
    return f"[{at:%Y-%m-%d %H:%M}] {who}:\n{one.text}"
