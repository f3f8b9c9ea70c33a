"""Values of a ticket's fields, judged by the version of the template that it keeps."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from libs.common.errors import InvalidInput, field_error
from services.ticketing.domain import checks
from services.ticketing.domain.templates import Fault, TemplateVersion, refuse
from services.ticketing.domain.templates.faults import required
from services.ticketing.domain.templates.fields import is_empty
from services.ticketing.domain.ticket_state import TicketState

Values = Mapping[str, Any]


def facts_of(ticket: Any, changes: Values | None = None) -> dict[str, Any]:
    """What conditions of fields may look at beside fields; `changes` are about to be made."""
    names = ("kind", "urgency", "channel")
    return {name: (changes or {}).get(name) or getattr(ticket, name) for name in names}


def merged(fields: Values, changes: Values) -> dict[str, Any]:
    """Named fields set, those given as null removed, the others as they were (RFC 7396)."""
    together = {**fields, **changes}
    kept = {name: value for name, value in together.items() if value is not None}
    checks.refuse_many("fields", kept)
    return kept


def filled(ticket: TicketState, given: object, facts: Values, *, may_add: bool) -> dict[str, Any]:
    """The ticket's fields with those given; raises InvalidInput naming `fields.<key>`.

    A key that the template does not know is refused as a slip of the pen unless the ticket has it
    already; with `may_add`, for what no person fills in, it is taken.
    """
    template = ticket.template
    if template is None:
        return merged(ticket.fields, checks.custom_fields("fields", given))
    values = storable_object(given)
    kept, faults = read_form(template, values, None if may_add else ticket.fields)
    after = merged(ticket.fields, kept)
    demanded = template.definition.demanded(after, facts)
    for key in values:
        if key in demanded and is_empty(after.get(key)):
            faults.setdefault(f"fields.{key}", required())
    refuse(faults)
    return after


def opened_form(
    template: TemplateVersion, given: object, facts: Values, media_types: Sequence[str]
) -> dict[str, Any]:
    """The fields of a new ticket that somebody fills in; what shows and is required must be there.

    Raises InvalidInput naming everything at once.
    """
    values = storable_object(given)
    kept, faults = read_form(template, values, ())
    after = merged({}, kept)
    lacking = template.definition.missing("create", after, facts, media_types)
    wrong = {path.split("[")[0] for path in faults}
    refuse({**{path: lacking[path] for path in lacking if path not in wrong}, **faults})
    return after


def faults_of(template: TemplateVersion, values: Values, facts: Values) -> dict[str, Fault]:
    """What is wrong with values that were taken as they came, by path."""
    _, faults = template.definition.read(values)
    lacking = template.definition.missing("create", values, facts)
    in_fields = {path: lacking[path] for path in lacking if path.startswith("fields.")}
    return {**in_fields, **faults}


def read_form(
    template: TemplateVersion, values: Values, allowed: Collection[str] | None
) -> tuple[dict[str, Any], dict[str, Fault]]:
    """What is to be kept and what cannot be; of unknown keys those `allowed`, None for all."""
    kept, faults = template.definition.read(values)
    known = template.definition.known_fields()
    extras = {key: value for key, value in values.items() if key not in known}
    for key, value in extras.items():
        if allowed is not None and value is not None and key not in allowed:
            faults[f"fields.{key}"] = Fault("unknown_field", "is no field of the template")
    return {**checks.custom_fields("fields", extras), **kept}, faults


def storable_object(given: object) -> dict[str, Any]:
    """A JSON object of not too many members."""
    if not isinstance(given, Mapping):
        raise field_error("fields", "must be an object")
    checks.refuse_many("fields", given)
    if any(not isinstance(name, str) for name in given):
        raise InvalidInput("field.invalid", "fields: names must be text")
    cleaned: dict[str, Any] = checks.storable(given)
    return cleaned
