"""Saved views of tickets: one's own, a group's, everybody's."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.ticket_view import (
    ConditionTrial,
    ConditionTrialResult,
    NewTicketView,
    TicketView,
    TicketViewCounts,
    TicketViewOrder,
    TicketViewPage,
)

blueprint = ApiBlueprint("ticket views", __name__, description="Saved views of tickets")


@blueprint.operation("GET", "/ticket-views")
@requires("view.own")
@blueprint.response(200, TicketViewPage)
def list_ticket_views() -> Response:
    """What the caller may use, in the caller's order."""
    return answer(query("ticketing", "list_views"))


@blueprint.operation("GET", "/ticket-view-counts")
@requires("view.own")
@blueprint.response(200, TicketViewCounts)
def count_ticket_views() -> Response:
    """How many tickets each of the first twenty views holds, counted to 1,000."""
    return answer(query("ticketing", "count_views"))


@blueprint.operation("POST", "/ticket-views", errors=(403,), is_command=True)
@requires("view.own")
@blueprint.arguments(NewTicketView)
@blueprint.response(201, TicketView, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_ticket_view(values: dict[str, Any]) -> Response:
    """A new view; one for others needs the permission view.manage."""
    view = command("ticketing", "create_view", {"values": values})
    return present(view, 201, f"/ticket-views/{view['view_id']}")


@blueprint.operation("GET", "/ticket-views/<uuid:view_id>", errors=(404,))
@requires("view.own")
@blueprint.response(200, TicketView, headers=ETAG_HEADER)
def get_ticket_view(view_id: UUID) -> Response:
    """One view."""
    return present(query("ticketing", "get_view", {"view_id": str(view_id)}))


@blueprint.operation(
    "PUT", "/ticket-views/<uuid:view_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("view.own")
@blueprint.arguments(NewTicketView)
@blueprint.response(200, TicketView, headers=ETAG_HEADER)
def replace_ticket_view(values: dict[str, Any], view_id: UUID) -> Response:
    """The whole view anew."""
    version = expected_version(is_required=True)
    args = {"view_id": str(view_id), "version": version, "values": values}
    return present(command("ticketing", "replace_view", args))


@blueprint.operation(
    "DELETE",
    "/ticket-views/<uuid:view_id>",
    errors=EDIT_ERRORS,
    is_command=True,
    parameters=IF_MATCH,
)
@requires("view.own")
@blueprint.response(204)
def remove_ticket_view(view_id: UUID) -> Response:
    """Remove a view, for all who had it."""
    version = expected_version(is_required=True)
    command("ticketing", "remove_view", {"view_id": str(view_id), "version": version})
    return nothing()


@blueprint.operation("PUT", "/ticket-views/order", is_command=True)
@requires("view.own")
@blueprint.arguments(TicketViewOrder)
@blueprint.response(200, TicketViewPage)
def order_ticket_views(order: dict[str, Any]) -> Response:
    """Put the caller's views into another order; nobody else's."""
    return answer(command("ticketing", "order_views", order))


@blueprint.operation("POST", "/ticket-views/trials")
@requires("view.own")
@blueprint.arguments(ConditionTrial)
@blueprint.response(200, ConditionTrialResult)
def try_ticket_view(trial: dict[str, Any]) -> Response:
    """Which tickets a condition holds now; changes nothing."""
    return answer(query("ticketing", "try_view", {"values": trial}))
