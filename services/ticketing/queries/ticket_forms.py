"""A ticket's form: its template, what is wrong with its values, what its stages still ask for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.ticketing.domain.confidential import split_fields
from services.ticketing.domain.forms import facts_of, faults_of
from services.ticketing.domain.statuses import CLOSED
from services.ticketing.domain.templates import Fault, TemplateVersion
from services.ticketing.storage.attachment_rows import media_types_of
from services.ticketing.storage.template_versions import find_version

_NOTHING: dict[str, Any] = {
    "template": None,
    "field_faults": [],
    "lacking": {"solve": [], "close": []},
}


def show_form(session: Session, ticket: Any) -> dict[str, Any]:
    """Of a row or a ticket; values that came as they came are judged anew each time."""
    template = find_version(session, ticket.template_version_id)
    if template is None:
        return dict(_NOTHING)
    return {
        "template": template.as_shown(),
        "field_faults": show_faults(faults_of(template, ticket.fields, facts_of(ticket))),
        "lacking": _lacking(session, template, ticket),
    }


def show_withheld_form(session: Session, ticket: Any) -> dict[str, Any]:
    """The template and the values that it leaves open: what is wrong with the others would tell."""
    template = find_version(session, ticket.template_version_id)
    fields, _ = split_fields(ticket.fields, template, is_confidential=True)
    return _NOTHING | {"template": template and template.as_shown(), "fields": fields}


def show_faults(faults: Mapping[str, Fault]) -> list[dict[str, Any]]:
    """Each with its path, its code, what the code's words need, and the words in English."""
    return [
        {"path": path, "code": fault.code, "told": fault.told, "message": fault.message}
        for path, fault in faults.items()
    ]


def _lacking(session: Session, template: TemplateVersion, ticket: Any) -> dict[str, Any]:
    if ticket.status_category == CLOSED:
        return {"solve": [], "close": []}
    types: tuple[str, ...] = ()
    if template.asks_for_files:
        types = media_types_of(session, [ticket.ticket_id]).get(ticket.ticket_id, ())
    facts, definition = facts_of(ticket), template.definition
    return {
        stage: show_faults(definition.missing(stage, ticket.fields, facts, types))
        for stage in ("solve", "close")
    }
