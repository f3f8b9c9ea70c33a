"""A customer's message as it was understood, whatever channel it came by."""

from dataclasses import dataclass, field
from datetime import datetime

KINDS = ("inquiry", "complaint", "repair", "suggestion", "internal")
URGENCIES = ("normal", "urgent", "critical")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Sender:
    """Who wrote. Addresses are in their normal form; a sender without any is nobody we know."""

    name: str
    email: str | None = None
    phone: str | None = None
    language: str = "zh"

    def contacts(self) -> list[tuple[str, str]]:
        """(kind, value), the address that identifies best first."""
        known = (("email", self.email), ("phone", self.phone))
        return [(kind, value) for kind, value in known if value]


@dataclass(frozen=True)
class InboundFile:
    """A file that came along; `content_id` is the name by which the mail's HTML shows it."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    content_id: str | None = None


@dataclass(frozen=True)
class InboundMessage:
    """`references` is the raw text of References and In-Reply-To (bounces: of the mail that came
    back), newest last. `has_loop_mark`: a system of ours wrote it."""

    sender: Sender
    subject: str
    text: str
    html: str | None = None
    files: tuple[InboundFile, ...] = ()
    kind: str | None = None
    urgency_hint: str | None = None
    template_key: str | None = None
    category: str | None = None
    form_fields: dict[str, str] = field(default_factory=dict)
    message_id: str | None = None
    references: str = ""
    sent_at: datetime | None = None
    is_auto_reply: bool = False
    is_bounce: bool = False
    has_loop_mark: bool = False
