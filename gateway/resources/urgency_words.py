"""Words of urgency: the scales that people judge by, and what hints at an urgency."""

from typing import Any

from flask import Response

from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.tickets import present_ticket
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.ticket import Ticket
from gateway.schemas.urgency_word import HintAnswer, UrgencyWordChanges, UrgencyWords

blueprint = ApiBlueprint(
    "urgency words", __name__, description="How urgency is called, and what hints at it"
)


@blueprint.operation("GET", "/urgency-words")
@requires("ticket.list")
@blueprint.response(200, UrgencyWords, headers=ETAG_HEADER)
def get_urgency_words() -> Response:
    """All scales and hints."""
    return present(query("ticketing", "get_urgency_words"))


@blueprint.operation(
    "PATCH", "/urgency-words", errors=(412, 428), is_command=True, parameters=IF_MATCH
)
@requires("urgency_word.manage")
@blueprint.arguments(UrgencyWordChanges)
@blueprint.response(200, UrgencyWords, headers=ETAG_HEADER)
def edit_urgency_words(changes: dict[str, Any]) -> Response:
    """Other scales or hints in place of the old."""
    args = {"version": expected_version(is_required=True), "changes": changes}
    return present(command("ticketing", "edit_urgency_words", args))


@blueprint.operation(
    "POST",
    "/tickets/<number:number>/urgency-hint-answers",
    errors=(*EDIT_ERRORS, 409),
    is_command=True,
    parameters=IF_MATCH,
)
@requires("ticket.edit")
@blueprint.arguments(HintAnswer)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def answer_urgency_hint(given: dict[str, Any], number: str) -> Response:
    """采纳 or 忽略 of what the customer's words propose."""
    args = {"number": number, "version": expected_version(is_required=True), **given}
    return present_ticket(command("ticketing", "answer_urgency_hint", args))
