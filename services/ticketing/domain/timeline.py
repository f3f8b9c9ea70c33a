"""What a ticket leaves behind: facts for others, entries for its own timeline."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actor import Actor


@dataclass(frozen=True)
class Fact:
    """Something that happened: `header` is the ticket right after it, `details` the rest."""

    type: str
    seq: int
    occurred_at: datetime
    actor: Actor
    header: dict[str, Any]
    details: dict[str, Any]
    cause: object = None


@dataclass(frozen=True)
class Attachment:
    """A file that belongs to a ticket; its bytes are in the blob store. `size` in bytes."""

    attachment_id: UUID
    blob_key: str
    name: str
    media_type: str
    size: int
    sha256: str

    def as_fact(self) -> dict[str, Any]:
        """The form that events carry."""
        return dict(vars(self))

    def as_shown(self) -> dict[str, Any]:
        """The form that readers see: without the store's own."""
        shown = ("name", "media_type", "size")
        return {"attachment_id": str(self.attachment_id)} | {
            name: getattr(self, name) for name in shown
        }


@dataclass(frozen=True)
class CustomerMessage:
    """What a customer wrote, or what staff registered in the customer's name."""

    text: str
    received_at: datetime
    message_id: UUID | None = None
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    is_auto_reply: bool = False


@dataclass(eq=False, slots=True)
class Entry:
    """One line of a timeline: a public message, an internal note, or an event.

    `seq` is the place in the ticket's timeline, not the `seq` of events.
    """

    entry_id: UUID
    ticket_id: UUID
    seq: int
    kind: str
    author_kind: str
    author_id: UUID | None
    author_name: str
    created_at: datetime
    direction: str | None = None
    text: str | None = None
    html: str | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    event: dict[str, Any] | None = None
    is_auto_reply: bool = False
    message_id: UUID | None = None
    mentions: list[dict[str, Any]] = field(default_factory=list)


def author_kind(actor: Actor) -> str:
    """The timeline's word for the actor's kind."""
    return {"staff": "agent"}.get(actor.kind, actor.kind)
