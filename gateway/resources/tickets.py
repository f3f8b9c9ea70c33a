"""Tickets: lists, counts, one of them, a new one, changes to its fields."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.customer_names import Face
from gateway.parts import parts
from gateway.preconditions import (
    ETAG_HEADER,
    LOCATION_HEADER,
    etag,
    expected_version,
    if_match_parameter,
)
from gateway.schemas.ticket import Ticket, TicketCounts, TicketPage
from gateway.schemas.ticket_work import NewTicket, TicketChanges, TicketQuery
from libs.common.errors import field_error

blueprint = ApiBlueprint("tickets", __name__, description="Tickets")


def present_ticket(ticket: dict[str, Any], status: int = 200) -> Response:
    """A ticket with its version as ETag."""
    return answer(ticket, status, {"ETag": etag(ticket["version"])})


@blueprint.operation("GET", "/tickets")
@requires("ticket.list")
@blueprint.arguments(TicketQuery, location="query")
@blueprint.response(200, TicketPage)
def list_tickets(wanted: dict[str, Any]) -> Response:
    """The tickets that fit all filters and that the caller may see."""
    page: dict[str, Any] = {
        name: wanted.pop(name) for name in ("sort", "limit", "cursor") if name in wanted
    }
    return answer(query("ticketing", "list_tickets", {"filters": wanted, **page}))


@blueprint.operation("GET", "/ticket-counts")
@requires("ticket.list")
@blueprint.response(200, TicketCounts)
def count_tickets() -> Response:
    """How many tickets each view holds, counted to 1,000."""
    return answer(query("ticketing", "count_tickets"))


@blueprint.operation("POST", "/tickets", is_command=True)
@requires("ticket.create")
@blueprint.arguments(NewTicket)
@blueprint.response(201, Ticket, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_ticket(ticket: dict[str, Any]) -> Response:
    """Register a ticket by hand, e.g. after a call."""
    customer = _customer(str(ticket["customer_id"]))
    args = {**ticket, "customer_name": customer.name, "region_id": customer.region_id}
    opened = command("ticketing", "create_ticket", args)
    response = present_ticket(opened, 201)
    response.headers["Location"] = f"/api/v1/tickets/{opened['number']}"
    return response


def _customer(customer_id: str) -> Face:
    names = parts().customer_names
    if known := names.get(customer_id):
        return known
    found = query("intake", "get_customers", {"customer_ids": [customer_id]})
    if not found:
        raise field_error("customer_id", "there is no such customer", "customer.unknown")
    names.remember(found)
    return Face(found[0]["name"], found[0].get("region_id"))


@blueprint.operation("GET", "/tickets/<number:number>", errors=(404,))
@requires("ticket.read")
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def get_ticket(number: str) -> Response:
    """A ticket with the newest page of its timeline."""
    return present_ticket(query("ticketing", "get_ticket", {"number": number}))


@blueprint.operation(
    "PATCH",
    "/tickets/<number:number>",
    errors=(404, 412, 428),
    is_command=True,
    parameters=[if_match_parameter(is_required=True)],
)
@requires("ticket.edit")
@blueprint.arguments(TicketChanges)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def edit_ticket(changes: dict[str, Any], number: str) -> Response:
    """Change what staff may edit; refused if somebody else did so since the caller read it."""
    version = expected_version(is_required=True)
    args = {
        "number": number,
        "version": version,
        "urgency_reason": changes.pop("urgency_reason", None),
        "changes": changes,
    }
    return present_ticket(command("ticketing", "edit_ticket", args))
