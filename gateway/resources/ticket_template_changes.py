"""Another template for a running ticket: what it would do, and doing it."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version, if_match_parameter
from gateway.resources.tickets import present_ticket
from gateway.schemas.ticket import Ticket
from gateway.schemas.ticket_template import (
    TemplateChange,
    TemplateChangePlan,
    TemplateChangePreview,
)

blueprint = ApiBlueprint(
    "ticket template changes",
    __name__,
    url_prefix="/tickets/<number:number>",
    description="Other templates for running tickets",
)


@blueprint.operation("POST", "/template-changes/preview", errors=(404,))
@requires("ticket.edit")
@blueprint.arguments(TemplateChangePreview)
@blueprint.response(200, TemplateChangePlan)
def preview_ticket_template(change: dict[str, Any], number: str) -> Response:
    """What would be kept, lost and made anew, and what would be missing; changes nothing."""
    return answer(query("ticketing", "preview_ticket_template", {"number": number, **change}))


@blueprint.operation(
    "PUT",
    "/template",
    errors=(404, 412),
    is_command=True,
    parameters=[if_match_parameter(is_required=False)],
)
@requires("ticket.edit")
@blueprint.arguments(TemplateChange)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def change_ticket_template(change: dict[str, Any], number: str) -> Response:
    """Give the ticket the newest version of a template; what is lost stays in its timeline."""
    args = {"number": number, **change, "version": expected_version()}
    return present_ticket(command("ticketing", "change_ticket_template", args))
