"""What a ticket is made of, and how it records what happens to it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.errors import Conflict
from services.ticketing.domain.act import Act
from services.ticketing.domain.categories import Category
from services.ticketing.domain.confidential import split_fields
from services.ticketing.domain.numbers import TicketNumber
from services.ticketing.domain.placing import Place
from services.ticketing.domain.statuses import CATEGORY_OF, Status, is_unfinished
from services.ticketing.domain.templates import TemplateVersion
from services.ticketing.domain.timeline import (
    Attachment,
    CustomerMessage,
    Entry,
    Fact,
    author_kind,
)
from services.ticketing.domain.traces import Snapshot, differences, snapshot

# What `ticket.edited` names where only the place of the category has changed.
PATH = "category_path"

_HEADER = (
    "ticket_id",
    "seq",
    "version",
    "status",
    "status_category",
    "own_status",
    "urgency",
    "kind",
    "channel",
    "customer_id",
    "contact_id",
    "assignee_id",
    "group_id",
    "subject",
    "customer_name",
    "created_at",
    "assignment_epoch",
    "accepted_at",
    "score",
    "is_dissatisfied",
    "close_kind",
    "urge_count",
    "last_urged_at",
    "is_supervised",
    "category_id",
    "urgency_word",
    "urgency_reason",
)


@dataclass(eq=False, kw_only=True)
class TicketState:
    """The fields of a ticket. `facts` and `entries` are what it recorded since it was loaded."""

    ticket_id: UUID
    subject: str
    kind: str
    urgency: str
    channel: str
    customer_id: UUID
    customer_name: str
    created_at: datetime
    updated_at: datetime
    last_entry_at: datetime
    number: str = ""
    number_order: int = 0
    status: str = "unassigned"
    status_category: str = "new"
    own_status: str | None = None  # stands on `status`, its base
    seq: int = 0
    last_entry_seq: int = 0
    version: int = 1
    contact_id: UUID | None = None
    channel_account_id: UUID | None = None
    conversation_id: UUID | None = None
    assignee_id: UUID | None = None
    assignee_name: str | None = None
    assignment_id: UUID | None = None
    assignment_epoch: int = 0
    waited_in_group_id: UUID | None = None
    group_id: UUID | None = None
    group_name: str | None = None
    department_id: UUID | None = None
    region_id: UUID | None = None
    brand_id: UUID | None = None
    is_confidential: bool = False  # once it is, for ever
    needs_identity_check: bool = False
    identity_valid_until: datetime | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    solution: str | None = None
    accepted_at: datetime | None = None
    first_replied_at: datetime | None = None
    solved_at: datetime | None = None
    solved_seq: int | None = None
    closed_at: datetime | None = None
    last_customer_message_at: datetime | None = None
    possibly_related_to: UUID | None = None
    follows_up: UUID | None = None
    followed_up_by: UUID | None = None
    next_due_at: datetime | None = None
    is_overdue: bool = False
    sla_revision: int = 0
    score: int | None = None
    is_dissatisfied: bool = False
    dissatisfied_at: datetime | None = None
    judged_at: datetime | None = None
    cc: list[UUID] = field(default_factory=list)
    collaborators: list[UUID] = field(default_factory=list)
    parent_id: UUID | None = None
    open_children: int = 0
    merged_into: UUID | None = None
    merged_at: datetime | None = None
    merged_before: dict[str, Any] | None = None
    split_from: UUID | None = None
    problem_id: UUID | None = None
    template_version_id: UUID | None = None
    # The version itself, and the types of the files that the ticket has as far as its template
    # asks for files: storage brings them with the ticket, they are no columns.
    template: TemplateVersion | None = None
    media_types: tuple[str, ...] = ()
    # Where it lies; its place in the tree is brought by storage as well.
    category_id: UUID | None = None
    category: Category | None = None
    urgency_word: str | None = None
    urgency_reason: str | None = None
    urgency_proposal: dict[str, Any] | None = None
    open_collaborations: int = 0
    effort_minutes: int = 0
    status_changed_at: datetime | None = None
    touched_at: datetime | None = None  # by anybody but rules
    close_kind: str | None = None
    duplicate_of: UUID | None = None
    confirmation: dict[str, Any] | None = None
    urge_count: int = 0
    last_urged_at: datetime | None = None
    is_supervised: bool = False
    supervision: dict[str, Any] | None = None
    previous_assignee_id: UUID | None = None
    previous_assignee_name: str | None = None
    deleted_at: datetime | None = None
    deletion: dict[str, Any] | None = None
    cc_shown: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.facts: list[Fact] = []
        self.entries: list[Entry] = []
        self.before: Snapshot | None = None
        self.was_unfinished: bool | None = None
        self.was_confidential: bool | None = None

    def begin(self) -> None:
        """Nothing has been recorded yet; storage calls it for a ticket that it has loaded."""
        self.facts = []
        self.entries = []
        self.before = snapshot(self)
        self.was_unfinished = is_unfinished(self.status)
        self.was_confidential = self.is_confidential

    def trace(self) -> dict[str, Any]:
        """What the operation log keeps: {object, before, after} since the ticket was loaded."""
        return {"object": self.number, **differences(self.before, snapshot(self))}

    def trace_writing(self, entry: Entry) -> dict[str, Any]:
        """The same for what was written: how much, and never the words."""
        trace = self.trace()
        trace["after"] |= {
            "entry_id": str(entry.entry_id),
            "characters": len(entry.text or ""),
            "attachments": len(entry.attachments),
        }
        return trace

    def take_number(self, number: TicketNumber) -> None:
        """The number by which people know this ticket, for ever."""
        self.number, self.number_order = str(number), number.order

    def scope(self) -> dict[str, Any]:
        """Whom it concerns: what the shared scope predicate looks at."""
        return {
            "assignee": self.assignee_id,
            "group": self.group_id,
            "department": self.department_id,
            "region": self.region_id,
            "pool": None,
            "cc": list(self.cc),
            "collaborators": list(self.collaborators),
            "requester": self.customer_id,
            "confidential": self.is_confidential,
        }

    def open_fields(self) -> dict[str, Any]:
        """The fields that others than readers of the ticket may know."""
        kept = split_fields(self.fields, self.template, is_confidential=self.is_confidential)
        return kept[0]

    def tell_path(self, act: Act) -> None:
        """Its category lies elsewhere: copies learn it, and in the ticket nothing has changed."""
        self._record(act, "ticket.edited", changed=[PATH])

    def become_confidential(self, *, needs_identity_check: bool) -> None:
        """From now on and for ever; storage seals what was written before."""
        self.is_confidential = True
        self.needs_identity_check = self.needs_identity_check or needs_identity_check
        self._drop_words()

    def _drop_words(self) -> None:
        """What a confidential ticket would repeat of texts: they stand in the timeline, sealed."""
        self.urgency_reason = None
        if self.urgency_proposal is not None:
            self.urgency_proposal = {**self.urgency_proposal, "words": []}

    def _heed_template(self) -> None:
        """A confidential template makes its tickets so; a plain one does not undo it."""
        if self.template and self.template.confidential:
            check = self.template.confidential.identity_check
            self.become_confidential(needs_identity_check=check)
        elif self.is_confidential:
            self._drop_words()

    @property
    def category_zh(self) -> tuple[str, ...]:
        """The names of its category, from the top of the tree down."""
        return self.category.names_zh if self.category else ()

    @property
    def category_en(self) -> tuple[str, ...]:
        """The same in English."""
        return self.category.names_en if self.category else ()

    @property
    def place(self) -> Place:
        """Where in the organisation it is."""
        return Place(self.group_id, self.group_name, self.department_id, self.region_id)

    def _place(self, place: Place) -> None:
        for name, value in vars(place).items():
            setattr(self, name, value)

    @property
    def standing(self) -> Status:
        """The status that people see: the company's own one, if it has one."""
        return Status(self.own_status or self.status, self.status)

    def _set_status(self, status: str, act: Act, own: str | None = None) -> None:
        if is_unfinished(self.status) and not is_unfinished(status):
            self._refuse_open_children()
        if status == "closed" and self.status != "closed":
            self.closed_at = act.now
        self.status, self.status_category = status, CATEGORY_OF[status]
        self.own_status = own
        self.status_changed_at = act.now
        self.version += 1

    def _refuse_open_children(self) -> None:
        """The refusal for whoever wants to end a ticket before its children."""
        if count := self.open_children:
            message = f"{count} of its child tickets are not finished yet"
            raise Conflict("ticket.children_open", message, {"open_children": count})

    def _refuse_supervised(self) -> None:
        """督办: who supervises it has the last word."""
        if self.is_supervised:
            raise Conflict(
                "ticket.supervised",
                "the ticket is supervised: it is closed after the leader's sign-off",
                {"leader": self.supervision["leader"] if self.supervision else None},
            )

    def _record(self, act: Act, type: str, **details: Any) -> None:
        """Keep a fact under the next `seq`, with the ticket as it now is."""
        self.seq += 1
        self.updated_at = max(self.updated_at, act.now)
        if act.actor.kind != "system":
            self.touched_at = act.now
        header = self.header()
        self.facts.append(Fact(type, self.seq, act.now, act.actor, header, details, act.cause))

    def header(self) -> dict[str, Any]:
        """The ticket as its events tell it."""
        header = {name: getattr(self, name) for name in _HEADER}
        # Copies: what the ticket holds may change before the fact is told.
        header |= {"tags": list(self.tags), "custom_fields": self.open_fields()}
        header["category_path"] = list(self.category.path) if self.category else []
        return {**header, "scope": self.scope()}

    def _enter(self, entry_id: UUID, actor: Actor, at: datetime, **content: Any) -> Entry:
        """Append an entry. None is older than its ticket, so that readers may skip old months."""
        self.last_entry_seq += 1
        entry = Entry(
            entry_id=entry_id,
            ticket_id=self.ticket_id,
            seq=self.last_entry_seq,
            author_kind=author_kind(actor),
            author_id=actor.subject,
            author_name=actor.name,
            created_at=max(at, self.created_at),
            **content,
        )
        self.entries.append(entry)
        self.last_entry_at = max(self.last_entry_at, entry.created_at)
        return entry

    def _enter_event(self, act: Act, type: str, text: str | None = None, **details: Any) -> Entry:
        event = {"type": type} | {name: _plain(value) for name, value in details.items()}
        return self._enter(act.new_id(), act.actor, act.now, kind="event", text=text, event=event)

    def _enter_message(self, message: CustomerMessage, act: Act) -> Entry:
        customer = Actor(subject=self.customer_id, name=self.customer_name, kind="customer")
        self.last_customer_message_at = max(
            message.received_at, self.last_customer_message_at or message.received_at
        )
        return self._enter(
            act.new_id(),
            customer,
            message.received_at,
            kind="message",
            direction="in",
            text=message.text,
            html=message.html,
            attachments=[file.as_shown() for file in message.attachments],
            is_auto_reply=message.is_auto_reply,
            message_id=message.message_id,
        )

    def _enter_writing(
        self, act: Act, kind: str, text: str, attachments: tuple[Attachment, ...]
    ) -> Entry:
        return self._enter(
            act.new_id(),
            act.actor,
            act.now,
            kind=kind,
            direction="out" if kind == "message" else None,
            text=text,
            attachments=[file.as_shown() for file in attachments],
        )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def team_shown(ticket: TicketState) -> dict[str, Any] | None:
    """The ticket's group as timelines show one."""
    if ticket.group_id is None:
        return None
    return {"group_id": str(ticket.group_id), "name": ticket.group_name or ""}


def person(person_id: UUID | None, name: str | None) -> dict[str, Any] | None:
    """A member of staff as timelines show one."""
    return {"person_id": str(person_id), "name": name or ""} if person_id else None
