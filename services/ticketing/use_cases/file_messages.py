"""Files customers' messages: opens tickets, appends to them, or carries closed ones on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.actor import Actor
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.categories import Tree
from services.ticketing.domain.opening import Opening, follow_up_id
from services.ticketing.domain.received_forms import (
    read_category,
    read_received,
    unknown_template,
)
from services.ticketing.domain.settings import Settings
from services.ticketing.domain.templates import TemplateVersion
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Attachment, CustomerMessage
from services.ticketing.domain.urgency_words import Hint, heard
from services.ticketing.domain.vocabulary import (
    DEFAULT_KIND,
    DEFAULT_URGENCY,
    INTERNAL,
    KINDS,
    URGENCIES,
    URGENCY_BY_CUSTOMER,
)
from services.ticketing.storage.category_rows import read_tree
from services.ticketing.storage.received_messages import filed_messages
from services.ticketing.storage.row_inserts import adopt_attachments
from services.ticketing.storage.template_versions import default_versions, find_current
from services.ticketing.storage.ticket_finders import guard_openings, lock_with_successors
from services.ticketing.storage.ticket_settings import read_settings
from services.ticketing.storage.urgency_words import read_words
from services.ticketing.use_cases.categorising import Beginning, beginning_in
from services.ticketing.use_cases.following_children import follow_children
from services.ticketing.use_cases.keeping import keep_entries, keep_new, tell


def file_messages(uow: UnitOfWork, events: Sequence[Event], now: datetime, zone: ZoneInfo) -> None:
    """Each message becomes one entry of one ticket, however often and in whatever order."""
    by_ticket = {event.data["ticket_id"] for event in events}
    guard_openings(uow.session, by_ticket)
    filing = _Filing(uow, lock_with_successors(uow.session, by_ticket), now)
    # Only behind the locks it is certain what has been filed.
    filed = filed_messages(uow.session, (event.data["message_id"] for event in events))
    for event in events:
        if event.data["message_id"] not in filed:
            filed.add(event.data["message_id"])
            filing.file(event)
    filing.keep(zone)


class _Filing:
    """One batch on its way: the tickets it touches and what it found out."""

    def __init__(self, uow: UnitOfWork, tickets: dict[UUID, Ticket], now: datetime) -> None:
        self._uow = uow
        self._now = now
        self._known_settings: Settings | None = None
        self._known_hints: tuple[Hint, ...] | None = None
        self._tickets = tickets
        self._opened: list[Ticket] = []
        self._carried_on: list[tuple[Ticket, Ticket, UUID, Act]] = []
        self._defaults: dict[str, TemplateVersion] | None = None
        self._named: dict[str, TemplateVersion | None] = {}
        self._tree: Tree | None = None
        self._usual: dict[UUID, Beginning] = {}
        self._files: dict[UUID, tuple[Attachment, ...]] = {}

    def file(self, event: Event) -> None:
        """Let the domain decide where the message belongs."""
        data = checks.storable(event.data)
        customer = Actor(data["customer_id"], data["customer_name"], kind="customer")
        act = Act(customer, self._now, uuid7, cause=event)
        opening = _opening(data)
        self._files[data["message_id"]] = opening.message.attachments
        ticket = self._tickets.get(opening.ticket_id)
        if data["opens"] or ticket is None or ticket.is_closed or _names_form(data):
            opening = self._with_category(self._with_template(opening, data), data)
        if ticket is None:
            self._open(opening, act)
        elif self._is_over(ticket) and not opening.message.is_auto_reply:
            self._carry_on(ticket, opening, act)
        elif not ticket.is_purged:
            # What an automatic reply says is not worth a new ticket.
            if data["opens"]:
                ticket.adopt_opening(opening, act)
            else:
                ticket.hear_form(opening, act)
            ticket.receive_message(opening.message, act, self._settings)
            self._hear(ticket, opening.message, act)

    def _is_over(self, ticket: Ticket) -> bool:
        if not ticket.is_closed:
            return False
        return not ticket.is_reopenable(self._settings.reopen_days, self._now)

    @property
    def _settings(self) -> Settings:
        """Read when the first message comes to a ticket that is there already."""
        if self._known_settings is None:
            self._known_settings = read_settings(self._uow.session)
        return self._known_settings

    def _hear(self, ticket: Ticket, message: CustomerMessage, act: Act) -> None:
        """The subject counts as well, where it is the customer's own."""
        if message.is_auto_reply:
            return
        if self._known_hints is None:
            self._known_hints = read_words(self._uow.session).hints
        ticket.hear_hint(heard(f"{ticket.subject}\n{message.text}", self._known_hints), act)

    def _with_template(self, opening: Opening, data: dict[str, Any]) -> Opening:
        """With the template that the message names, its fields read by that."""
        key = data.get("template_key")
        if key is None:
            return replace(opening, template=self._template_of(opening.kind))
        template = self._template_named(key)
        form = template and template.for_requesters()
        if form is None:
            usual = self._template_of(opening.kind)
            return replace(opening, template=usual, left_out=(unknown_template(key),))
        fields, left = read_received(form, opening.fields)
        kind = opening.kind if data.get("kind") in KINDS else form.kind
        return replace(opening, template=template, kind=kind, fields=fields, left_out=left)

    def _usual_in(self, category_id: UUID) -> Beginning:
        if category_id not in self._usual:
            self._usual[category_id] = beginning_in(self._uow.session, category_id)
        return self._usual[category_id]

    def _with_category(self, opening: Opening, data: dict[str, Any]) -> Opening:
        """In the category that the message names, if whoever fills in the form may choose it."""
        words = data.get("category")
        if not words:
            return opening
        form = opening.template and opening.template.for_requesters()
        if self._tree is None:
            self._tree = read_tree(self._uow.session)
        category, left = read_category(form, words, self._tree)
        if category is None:
            return replace(opening, left_out=(*opening.left_out, *left))
        usual = self._usual_in(category.category_id)
        return replace(
            opening,
            category=category,
            tags=checks.tag_list("tags", usual.tags),
            **usual.urgency_for(_urgency_said(data)),
            **vars(usual.place_in(opening.region_id)),
        )

    def _template_named(self, key: str) -> TemplateVersion | None:
        if key not in self._named:
            found = find_current(self._uow.session, key)
            # What employees ask of one another is no form for the world.
            self._named[key] = found if found and found.kind != INTERNAL else None
        return self._named[key]

    def _template_of(self, kind: str) -> TemplateVersion | None:
        """The first of its kind; values stay as they came, whatever it makes of them."""
        if self._defaults is None:
            self._defaults = default_versions(self._uow.session, KINDS)
        return self._defaults.get(kind)

    def _open(self, opening: Opening, act: Act) -> Ticket:
        ticket = Ticket.open(opening, act)
        self._hear(ticket, opening.message, act)
        self._tickets[ticket.ticket_id] = ticket
        self._opened.append(ticket)
        return ticket

    def _carry_on(self, closed: Ticket, opening: Opening, act: Act) -> None:
        message = opening.message
        assert message.message_id is not None
        last = self._last_successor(closed)
        if self._is_over(last):
            new_id = follow_up_id(last.ticket_id, message.message_id)
            following = opening.following_up(last.ticket_id, new_id).as_secret_as(last)
            successor = self._open(following, act)
            last.followed_up_by = new_id
        else:
            successor = last
            successor.hear_form(opening, act)
            successor.receive_message(message, act, self._settings)
            self._hear(successor, message, act)
        self._carried_on.append((closed, successor, message.message_id, act))

    def _last_successor(self, ticket: Ticket) -> Ticket:
        while ticket.is_closed and ticket.carried_on_by:
            known = self._tickets
            if ticket.carried_on_by not in known:
                known |= lock_with_successors(self._uow.session, [ticket.carried_on_by])
            ticket = known[ticket.carried_on_by]
        return ticket

    def keep(self, zone: ZoneInfo) -> None:
        """Write all, the numbers last; only then closed tickets can name who carries them on."""
        touched = list(self._tickets.values())
        entries = [entry for ticket in touched for entry in ticket.entries]
        files = [row for entry in entries for row in self._file_rows(entry)]
        adopt_attachments(self._uow.session, files)
        keep_entries(self._uow, touched)
        keep_new(self._uow, self._opened, zone)
        for closed, successor, message_id, act in self._carried_on:
            closed.follow_up(successor, message_id, act)
        touched += follow_children(self._uow.session, touched)
        keep_entries(self._uow, touched)
        tell(self._uow, touched)

    def _file_rows(self, entry: Any) -> list[dict[str, Any]]:
        places = {
            "ticket_id": entry.ticket_id,
            "entry_id": entry.entry_id,
            "staged_by": None,
            "created_at": entry.created_at,
        }
        return [file.as_fact() | places for file in self._files.get(entry.message_id, ())]


def _names_form(data: dict[str, Any]) -> bool:
    """A template or category that is not there is told, too."""
    return data.get("template_key") is not None or data.get("category") is not None


def _urgency_said(data: dict[str, Any]) -> str | None:
    """The customer's own word for it, where that counts."""
    hint = data.get("urgency_hint")
    counts = data["channel"] in URGENCY_BY_CUSTOMER and hint in URGENCIES
    return hint if counts else None


def _opening(data: dict[str, Any]) -> Opening:
    """A message as the beginning of a ticket; what it does not say gets its default."""
    message = CustomerMessage(
        message_id=data["message_id"],
        text=data["text"],
        html=data.get("html"),
        attachments=tuple(Attachment(**file) for file in data["attachments"]),
        is_auto_reply=data["is_auto_reply"],
        received_at=data["received_at"],
    )
    kind = data.get("kind")
    return Opening(
        ticket_id=data["ticket_id"],
        customer_id=data["customer_id"],
        customer_name=data["customer_name"],
        contact_id=data.get("contact_id"),
        subject=checks.subject_of(data["subject"], data["text"]),
        channel=data["channel"],
        channel_account_id=data["channel_account_id"],
        conversation_id=data["conversation_id"],
        region_id=data.get("region_id"),
        kind=kind if kind in KINDS else DEFAULT_KIND,
        urgency=_urgency_said(data) or DEFAULT_URGENCY,
        fields=data["form_fields"],
        possibly_related_to=data.get("possibly_related_ticket_id"),
        message=message,
    )
