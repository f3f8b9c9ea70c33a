"""What is confidential of a ticket, and whether somebody may read it now: decided here alone.

A confidential ticket's texts, its solution and all fields but those that its template leaves open
are kept sealed. Number, subject, customer's name and the facts that lists need are not.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from libs.common.actor import Actor
from libs.common.errors import Forbidden
from services.ticketing.domain.templates.version import TemplateVersion

READ = "ticket.read_confidential"
PERMISSION, IDENTITY_CHECK = REASONS = ("permission", "identity_check")

Values = Mapping[str, Any]


def withheld_reason(ticket: Any, actor: Actor, now: datetime) -> str | None:
    """Why the actor may not read what is confidential of it; takes a ticket or its row.

    None where nothing is withheld. A check of the customer's identity holds for all who read.
    """
    if not ticket.is_confidential:
        return None
    if not actor.may(READ):
        return PERMISSION
    until = ticket.identity_valid_until
    if ticket.needs_identity_check and (until is None or until <= now):
        return IDENTITY_CHECK
    return None


def withheld(reason: str) -> Forbidden:
    """The refusal where showing a part of something would make no sense."""
    message = "this is confidential: it needs a right that you do not have"
    if reason == IDENTITY_CHECK:
        message = "this is confidential: check the customer's identity first"
    return Forbidden("ticket.withheld", message, {"reason": reason})


def open_keys(template: TemplateVersion | None) -> Collection[str]:
    """The fields of a confidential ticket that stay readable.

    Only what a confidential template knows and has not chosen: with any other template nobody has
    said which values are harmless. Files are withheld like those of the timeline, by their names.
    """
    if template is None or template.confidential is None:
        return frozenset()
    fields = template.definition.own_fields
    files = {key for key, one in fields.items() if one.type == "file"}
    return fields.keys() - files - set(template.confidential.fields)


def split_fields(
    fields: Values, template: TemplateVersion | None, *, is_confidential: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values that stay open, and those that are sealed."""
    if not is_confidential:
        return dict(fields), {}
    known = open_keys(template)
    plain = {key: value for key, value in fields.items() if key in known}
    return plain, {key: value for key, value in fields.items() if key not in known}
