"""Settings of tickets: one set for the installation."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.versioned import IF_MATCH, present
from gateway.schemas.ticket_setting import (
    TicketDemands,
    TicketSettings,
    TicketSettingsChanges,
)

blueprint = ApiBlueprint(
    "ticket settings",
    __name__,
    url_prefix="/ticket-settings",
    description="How tickets end, are urged, and leave the bin",
)


@blueprint.operation("GET", "")
@requires("ticket_setting.read")
@blueprint.response(200, TicketSettings, headers=ETAG_HEADER)
def get_ticket_settings() -> Response:
    """What holds for all tickets."""
    return present(query("ticketing", "get_ticket_settings"))


@blueprint.operation("GET", "/demands")
@requires("ticket.read")
@blueprint.response(200, TicketDemands)
def get_ticket_demands() -> Response:
    """What closing and transferring ask for, which whoever works on tickets has to know."""
    return answer(query("ticketing", "get_ticket_demands"))


@blueprint.operation("PATCH", "", errors=(412, 428), is_command=True, parameters=IF_MATCH)
@requires("ticket_setting.manage")
@blueprint.arguments(TicketSettingsChanges)
@blueprint.response(200, TicketSettings, headers=ETAG_HEADER)
def edit_ticket_settings(changes: dict[str, Any]) -> Response:
    """Change some of it."""
    args = {"version": expected_version(is_required=True), "changes": changes}
    return present(command("ticketing", "edit_ticket_settings", args))
