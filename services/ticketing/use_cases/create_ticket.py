"""Registers a request by hand, e.g. while the customer is on the phone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.forms import facts_of, opened_form
from services.ticketing.domain.opening import Opening
from services.ticketing.domain.templates import TemplateVersion
from services.ticketing.domain.templates.offering import refuse_unoffered
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import CustomerMessage
from services.ticketing.domain.urgency_words import heard
from services.ticketing.domain.vocabulary import (
    DEFAULT_KIND,
    KINDS,
    MANUAL_CHANNELS,
)
from services.ticketing.storage.attachment_rows import attach_to_entry
from services.ticketing.storage.status_rows import own_statuses
from services.ticketing.storage.template_versions import default_versions, find_version
from services.ticketing.storage.urgency_words import read_words
from services.ticketing.use_cases.attachments import claim_attachments
from services.ticketing.use_cases.categorising import (
    Beginning,
    beginning_in,
    refuse_unknown_tags,
    urgency_by_word,
)
from services.ticketing.use_cases.change_templates import find_template_in_use
from services.ticketing.use_cases.form_files import claim_form_files
from services.ticketing.use_cases.keeping import keep_entries, keep_new, tell


def create_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    customer_id: UUID,
    customer_name: str,
    subject: str,
    text: str,
    kind: str | None = None,
    urgency: str | None = None,
    channel: str = "manual",
    channels: Collection[str] = MANUAL_CHANNELS,
    fields: Mapping[str, Any] | None = None,
    attachment_ids: Sequence[UUID] = (),
    contact_id: UUID | None = None,
    region_id: UUID | None = None,
    template_key: str | None = None,
    takes_default: bool = False,
    category_id: UUID | None = None,
    urgency_word: str | None = None,
    tags: Sequence[str] = (),
    form: TemplateVersion | None = None,
) -> Ticket:
    """A new ticket with the customer's words as its first message.

    By `template_key` the form is filled in: what it asks for must be there; by `form` the part of
    a template that requesters see, whose files are their message's. With `takes_default` the
    ticket has the first template of its kind, whatever of it is filled in. What a category brings
    counts where nothing more explicit is said.
    """
    ticket_id = uuid7()
    # What shows the ticket asks for them: nothing may be asked while the number is held.
    own_statuses(uow.session)
    template = _template(uow, template_key, form)
    asked = form or template
    usual = beginning_in(uow.session, category_id)
    refuse_unoffered(template, usual.category)
    kind = _kind(kind, template, usual)
    urgent = _urgency(uow, urgency, urgency_word, usual)
    refuse_unknown_tags(uow.session, tags, usual.tags)
    fields, form_files = claim_form_files(uow, actor, ticket_id, asked, fields or {})
    files = claim_attachments(uow, actor, ticket_id, attachment_ids)
    # Of a form that the customer has filled in the files are the customer's own words.
    shown = files + form_files if form else files
    message = CustomerMessage(checks.required_text("text", text), now, attachments=shown)
    opening = Opening(
        ticket_id=ticket_id,
        customer_id=customer_id,
        customer_name=checks.required_text("customer_name", customer_name, checks.SUBJECT_LIMIT),
        contact_id=contact_id,
        subject=checks.required_text("subject", subject, checks.SUBJECT_LIMIT),
        channel=checks.one_of("channel", channel, channels),
        kind=kind,
        **urgent,
        tags=checks.tag_list("tags", [*usual.tags, *tags]),
        category=usual.category,
        **vars(usual.place_in(region_id)),
        fields=fields if template else checks.custom_fields("fields", fields),
        template=template,
        message=message,
    )
    if asked:
        types = [file.media_type for file in (*files, *form_files)]
        values = opened_form(asked, fields, facts_of(opening), types)
        opening = replace(opening, fields=values)
    elif usual.template and usual.template.kind == kind:
        opening = replace(opening, template=usual.template)
    elif takes_default:
        default = default_versions(uow.session, [kind]).get(kind)
        opening = replace(opening, template=_fitting(default, usual))
    act = Act(actor, now, uuid7)
    ticket = Ticket.open(opening, act)
    created, said = ticket.entries[0].entry_id, ticket.entries[-1].entry_id
    # Also by hand: whoever writes down a customer's words may miss what they hint at.
    ticket.hear_hint(heard(f"{ticket.subject}\n{message.text}", read_words(uow.session).hints), act)
    attach_to_entry(uow.session, shown, said)
    if not form:
        # To the entry of the ticket's creation, which customers do not see.
        attach_to_entry(uow.session, form_files, created)
    keep_entries(uow, [ticket])
    keep_new(uow, [ticket], zone)
    tell(uow, [ticket])
    return ticket


def _template(
    uow: UnitOfWork, key: str | None, form: TemplateVersion | None
) -> TemplateVersion | None:
    if form:
        return find_version(uow.session, form.template_version_id)
    return find_template_in_use(uow, key) if key else None


def _fitting(template: TemplateVersion | None, usual: Beginning) -> TemplateVersion | None:
    """Nobody has asked for it: none rather than one that does not offer the ticket's category."""
    return template if template and template.offers(usual.category) else None


def _kind(kind: str | None, template: TemplateVersion | None, usual: Beginning) -> str:
    """Said, or the form's, or the category's template's, or the category's own."""
    by_template = template or usual.template
    usually = template.kind if template else usual.kind or (by_template and by_template.kind)
    return checks.one_of("kind", kind or usually or DEFAULT_KIND, KINDS)


def _urgency(
    uow: UnitOfWork, urgency: str | None, word: str | None, usual: Beginning
) -> dict[str, Any]:
    if word is not None:
        return urgency_by_word(uow.session, word)
    return usual.urgency_for(urgency)
