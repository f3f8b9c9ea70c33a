"""Gives a running ticket another template, or tells what that would do. The shell commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.confidential import withheld, withheld_reason
from services.ticketing.domain.templates import TemplateVersion
from services.ticketing.domain.templates.changing import Plan
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.vocabulary import KINDS
from services.ticketing.storage.attachment_rows import media_types_of
from services.ticketing.storage.template_versions import find_current
from services.ticketing.storage.ticket_finders import read_by_number
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.form_files import claim_form_files, keep_with_entry
from services.ticketing.use_cases.keeping import keep

Json = dict[str, Any]


def preview_template(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    template_key: str,
    kind: str | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> Json:
    """What would be kept, lost and made anew, and what the form would still ask for.

    Raises Forbidden where the ticket is withheld: all of this tells of its values.
    """
    ticket = read_by_number(uow.session, number)
    if ticket is None or not scope.allows(actor, ticket.scope()):
        raise NotFound("ticket.not_found", "there is no such ticket")
    if reason := withheld_reason(ticket, actor, now):
        raise withheld(reason)
    new = find_template_in_use(uow, template_key)
    wanted = _kind(new, kind)
    plan = _plan(uow, ticket, new, wanted, mapping, {})
    return {
        "is_confidential": ticket.is_confidential,
        "becomes_confidential": new.confidential is not None and not ticket.is_confidential,
        "from_template": ticket.template and ticket.template.as_shown(),
        "to_template": new.as_shown(),
        "kind": {"from": ticket.kind, "to": wanted},
        "kept": [move.as_json() for move in plan.kept],
        "recomputed": [move.as_json() for move in plan.recomputed],
        "lost": [loss.as_json() for loss in plan.lost],
        "lost_category": plan.lost_category and plan.lost_category.shown(),
        "missing": [
            {"path": path, "message": fault.message, **fault.as_json()}
            for path, fault in plan.missing.items()
        ],
    }


def change_template(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    version: int | None,
    template_key: str,
    kind: str | None = None,
    mapping: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> Ticket:
    """The newest version of another template, or of the same, from now on."""
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    new = find_template_in_use(uow, template_key)
    given, files = claim_form_files(uow, actor, ticket.ticket_id, new, fields or {})
    wanted = _kind(new, kind)
    plan = _plan(uow, ticket, new, wanted, mapping, given)
    said = checks.optional_text("reason", reason)
    ticket.change_template(new, wanted, plan, said, Act(actor, now, uuid7))
    keep_with_entry(uow, ticket, files)
    keep(uow, ticket)
    return ticket


def find_template_in_use(uow: UnitOfWork, key: str) -> TemplateVersion:
    """The version that new tickets get; raises InvalidInput naming `template_key`."""
    found = find_current(uow.session, key)
    if found is None:
        raise field_error("template_key", "is no template in use", "ticket_template.unknown")
    return found


def _kind(new: TemplateVersion, kind: str | None) -> str:
    return new.kind if kind is None else checks.one_of("kind", kind, KINDS)


def _plan(
    uow: UnitOfWork,
    ticket: Ticket,
    new: TemplateVersion,
    kind: str,
    mapping: Mapping[str, Any] | None,
    fields: Mapping[str, Any],
) -> Plan:
    ticket.media_types = media_types_of(uow.session, [ticket.ticket_id]).get(ticket.ticket_id, ())
    return ticket.plan_template(new, kind, _mapped(new, mapping or {}), fields)


def _mapped(new: TemplateVersion, mapping: Mapping[str, Any]) -> dict[str, str | None]:
    known = new.definition.known_fields()
    for key, source in mapping.items():
        if key not in known:
            raise field_error(f"mapping.{key}", "is no field of the new template")
        if source is not None and not isinstance(source, str):
            raise field_error(f"mapping.{key}", "must be a field's key, or null")
    return dict(mapping)
