"""Documents that a customer is asked for: a link to a page that takes files, once (R76)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.errors import Conflict, Gone, Unsupported, field_error
from services.ticketing.domain.act import Act
from services.ticketing.domain.handing import HandedTicket
from services.ticketing.domain.timeline import Attachment

OPEN, RECEIVED, REVOKED = STATES = ("open", "received", "revoked")
FILES_LIMIT = 10
DAYS_LIMIT = 30
ASKED_LIMIT = 1_000
# Files may be taken back and chosen anew, but not for ever.
_TRIES = 3

_OFFICE = "application/vnd.openxmlformats-officedocument"
# By what the bytes are, not by what a file is called.
KINDS: dict[str, tuple[str, ...]] = {
    "image": ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/heic"),
    "pdf": ("application/pdf",),
    "document": (
        f"{_OFFICE}.wordprocessingml.document",
        "application/msword",
        "application/vnd.oasis.opendocument.text",
        "text/plain",
    ),
    "spreadsheet": (
        f"{_OFFICE}.spreadsheetml.sheet",
        "application/vnd.ms-excel",
        "application/vnd.oasis.opendocument.spreadsheet",
        "text/csv",
    ),
    "video": ("video/mp4", "video/quicktime", "video/webm"),
}


@dataclass(eq=False, kw_only=True)
class MaterialRequest:
    """Bound to one ticket; of its token only the hash is known. `words`: what is asked for."""

    request_id: UUID
    ticket_id: UUID
    token_hash: bytes
    kinds: list[str]
    max_files: int
    requester_id: UUID
    requester_name: str
    created_at: datetime
    expires_at: datetime
    state: str = OPEN
    uploads: int = 0
    received_at: datetime | None = None
    revoked_at: datetime | None = None
    words: dict[str, str] = field(default_factory=dict)

    def state_at(self, now: datetime) -> str:
        """Its state, where an open one may have expired."""
        return "expired" if self.state == OPEN and self.expires_at <= now else self.state

    def check_open(self, now: datetime) -> None:
        """Raises Gone once nothing is taken any more."""
        if (state := self.state_at(now)) != OPEN:
            raise Gone(f"material.{state}", f"this link is {state}", {"state": state})

    def take_upload(self, media_type: str, now: datetime) -> None:
        """One more file comes; raises where it is not wanted."""
        self.check_open(now)
        check_kind(self.kinds, media_type)
        if self.uploads >= self.max_files * _TRIES:
            raise field_error("file", "too many have been sent by this link", "material.too_many")
        self.uploads += 1

    def receive(self, files: int, now: datetime) -> None:
        """All is sent: the link has done its work."""
        self.check_open(now)
        if not 1 <= files <= self.max_files:
            raise field_error("attachment_ids", f"must have 1 to {self.max_files} members")
        self.state, self.received_at = RECEIVED, now

    def revoke(self, now: datetime) -> None:
        """Nothing is taken any more."""
        if self.state != OPEN:
            raise Conflict("material.ended", f"the link is {self.state}")
        self.state, self.revoked_at = REVOKED, now


def check_kind(kinds: Collection[str], media_type: str) -> None:
    """Raises Unsupported for a file of another kind than those that were asked for."""
    if not any(media_type in KINDS[kind] for kind in kinds):
        raise Unsupported(
            "material.kind_refused",
            f"{media_type} is none of: {', '.join(kinds)}",
            {"field": "file", "kinds": list(kinds)},
        )


def check_wanted(kinds: Sequence[str], max_files: int, days: int) -> None:
    """Raises InvalidInput naming what cannot be asked for."""
    if not kinds or any(kind not in KINDS for kind in kinds):
        raise field_error("kinds", f"must be some of {', '.join(KINDS)}", "field.unknown_value")
    if not 1 <= max_files <= FILES_LIMIT:
        raise field_error("max_files", f"must be 1 to {FILES_LIMIT}")
    if not 1 <= days <= DAYS_LIMIT:
        raise field_error("days", f"must be 1 to {DAYS_LIMIT}")


def expiry(now: datetime, days: int) -> datetime:
    """When a link made now ends."""
    return now + timedelta(days=days)


class MaterialTicket(HandedTicket):
    """A ticket whose customer may be asked for documents; the message with the link is a reply."""

    def tell_material_requested(self, request: MaterialRequest, entry_id: UUID, act: Act) -> None:
        """The link has been written to the customer, in the entry of that id."""
        self._record(
            act,
            "ticket.material_requested",
            request_id=request.request_id,
            entry_id=entry_id,
            kinds=list(request.kinds),
            max_files=request.max_files,
            expires_at=request.expires_at,
        )

    def tell_material_received(
        self, request: MaterialRequest, entry_id: UUID, files: Sequence[Attachment], act: Act
    ) -> None:
        """The customer's files stand in the entry of that id."""
        self._record(
            act,
            "ticket.material_received",
            request_id=request.request_id,
            entry_id=entry_id,
            files=len(files),
        )

    def tell_material_revoked(self, request: MaterialRequest, act: Act) -> None:
        """The link no longer leads anywhere."""
        self._enter_event(act, "ticket.material_revoked", request_id=request.request_id)
        self._record(act, "ticket.material_revoked", request_id=request.request_id)
