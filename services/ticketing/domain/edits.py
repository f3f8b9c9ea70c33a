"""Which edits of a ticket's fields are real, and whether their values can stand."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from libs.common.errors import InvalidInput, field_error
from services.ticketing.domain import checks, forms
from services.ticketing.domain.act import Act
from services.ticketing.domain.templates.offering import refuse_unoffered
from services.ticketing.domain.ticket_state import TicketState
from services.ticketing.domain.urgency_words import is_higher
from services.ticketing.domain.vocabulary import KINDS, URGENCIES

_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "subject": lambda value: checks.required_text("subject", value, checks.SUBJECT_LIMIT),
    "kind": lambda value: checks.one_of("kind", value, KINDS),
    "urgency": lambda value: checks.one_of("urgency", value, URGENCIES),
    "tags": lambda value: checks.tag_list("tags", value),
    # These two have been looked up already.
    "category": lambda value: value,
    "urgency_word": lambda value: value,
}


def differences(
    ticket: TicketState, changes: Mapping[str, Any], *, may_add: bool = False
) -> list[dict[str, Any]]:
    """Each real change as {field, from, to}; raises InvalidInput naming what cannot stand.

    `may_add`: fields that the ticket's template does not know are taken, too.
    """
    unknown = {name: ["cannot be edited"] for name in changes if name not in (*_CHECKS, "fields")}
    if unknown:
        raise InvalidInput("field.unknown", "unknown fields", {"errors": unknown})
    wanted = {name: _CHECKS[name](value) for name, value in changes.items() if name in _CHECKS}
    if wanted.get("urgency", ticket.urgency) != ticket.urgency:
        # The word belongs to the urgency that it was chosen with.
        wanted.setdefault("urgency_word", None)
    if wanted.get("category") not in (None, ticket.category):
        refuse_unoffered(ticket.template, wanted["category"])
    if "fields" in changes:
        facts = forms.facts_of(ticket, wanted)
        wanted["fields"] = forms.filled(ticket, changes["fields"], facts, may_add=may_add)
    return [
        {"field": name, "from": getattr(ticket, name), "to": value}
        for name, value in wanted.items()
        if value != getattr(ticket, name)
    ]


def check_urgency_reason(
    differences: Sequence[Mapping[str, Any]], reason: str | None, act: Act
) -> None:
    """Whoever raises the urgency says why (R215); lowering it again needs no words."""
    changes = [one for one in differences if one["field"] == "urgency"]
    is_raised = any(is_higher(one["to"], one["from"]) for one in changes)
    if is_raised and not reason and act.actor.kind == "staff":
        raise field_error("urgency_reason", "say why it is more urgent", "urgency.reason_needed")


def told(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change as the timeline keeps it."""
    if change["field"] != "category":
        return dict(change)
    shown = {name: change[name] and change[name].shown() for name in ("from", "to")}
    return {"field": "category", **shown}
