"""Which edits of a ticket's fields are real, and whether their values can stand."""

from collections.abc import Callable, Mapping
from typing import Any

from libs.common.errors import InvalidInput
from services.ticketing.domain import checks
from services.ticketing.domain.ticket_state import TicketState
from services.ticketing.domain.vocabulary import KINDS, URGENCIES

_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "subject": lambda value: checks.required_text("subject", value, checks.SUBJECT_LIMIT),
    "kind": lambda value: checks.one_of("kind", value, KINDS),
    "urgency": lambda value: checks.one_of("urgency", value, URGENCIES),
    "fields": lambda value: checks.custom_fields("fields", value),
    "tags": lambda value: checks.tag_list("tags", value),
}


def differences(ticket: TicketState, changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each real change as {field, from, to}; raises InvalidInput naming what cannot stand."""
    unknown = {name: ["cannot be edited"] for name in changes if name not in _CHECKS}
    if unknown:
        raise InvalidInput("field.unknown", "unknown fields", {"errors": unknown})
    wanted = {name: _CHECKS[name](value) for name, value in changes.items()}
    if "fields" in wanted:
        wanted["fields"] = merged(ticket.fields, wanted["fields"])
    return [
        {"field": name, "from": getattr(ticket, name), "to": value}
        for name, value in wanted.items()
        if value != getattr(ticket, name)
    ]


def merged(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Named fields set, those given as null removed, the others as they were (RFC 7396)."""
    together = {**fields, **changes}
    kept = {name: value for name, value in together.items() if value is not None}
    checks.refuse_many("fields", kept)
    return kept
