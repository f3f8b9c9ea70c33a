"""How tickets begin, and which id a follow-up gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

from services.ticketing.domain.categories import Category
from services.ticketing.domain.placing import Place
from services.ticketing.domain.received_forms import LeftOut
from services.ticketing.domain.templates import TemplateVersion
from services.ticketing.domain.timeline import CustomerMessage
from services.ticketing.domain.vocabulary import DEFAULT_KIND, DEFAULT_URGENCY


@dataclass(frozen=True)
class Opening:
    """What a new ticket begins with; `message` is the request itself."""

    ticket_id: UUID
    customer_id: UUID
    customer_name: str
    subject: str
    channel: str
    message: CustomerMessage
    kind: str = DEFAULT_KIND
    urgency: str = DEFAULT_URGENCY
    fields: Mapping[str, Any] = field(default_factory=dict)
    contact_id: UUID | None = None
    channel_account_id: UUID | None = None
    conversation_id: UUID | None = None
    region_id: UUID | None = None
    possibly_related_to: UUID | None = None
    follows_up: UUID | None = None
    group_id: UUID | None = None
    group_name: str | None = None
    department_id: UUID | None = None
    parent_id: UUID | None = None
    split_from: UUID | None = None
    template: TemplateVersion | None = None
    # Where what it begins with comes from a confidential ticket.
    is_confidential: bool = False
    needs_identity_check: bool = False
    category: Category | None = None
    urgency_word: str | None = None
    urgency_reason: str | None = None
    tags: list[str] = field(default_factory=list)
    # What was said by the keys of a template and has no place there.
    left_out: tuple[LeftOut, ...] = ()

    @property
    def category_id(self) -> UUID | None:
        """Of its category, if it has one."""
        return self.category.category_id if self.category else None

    @property
    def place(self) -> Place:
        """Where in the organisation it begins."""
        return Place(self.group_id, self.group_name, self.department_id, self.region_id)

    @property
    def template_version_id(self) -> UUID | None:
        """Of the template, if it has one."""
        return self.template.template_version_id if self.template else None

    def following_up(self, closed_ticket_id: UUID, ticket_id: UUID) -> "Opening":
        """The same beginning for a ticket that carries a closed one on."""
        return replace(self, ticket_id=ticket_id, follows_up=closed_ticket_id)

    def as_secret_as(self, origin: Any) -> "Opening":
        """What was confidential in one ticket stays so in the ticket that it leads to."""
        return replace(
            self,
            is_confidential=self.is_confidential or origin.is_confidential,
            needs_identity_check=self.needs_identity_check or origin.needs_identity_check,
        )


def follow_up_id(closed_ticket_id: UUID, message_id: UUID) -> UUID:
    """The id of the ticket that a message opens in place of a closed one: the same every time."""
    return uuid5(closed_ticket_id, str(message_id))
