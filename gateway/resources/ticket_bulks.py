"""Work on up to 500 tickets at once: ordered, watched, cancelled."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import LOCATION_HEADER
from gateway.schemas.ticket_bulk import (
    BulkItemPage,
    BulkItemQuery,
    NewTicketBulk,
    TicketBulk,
    TicketBulkPage,
    TicketBulkQuery,
)

blueprint = ApiBlueprint(
    "ticket bulks", __name__, url_prefix="/ticket-bulks", description="Work on many tickets"
)

_ONE = "/<uuid:bulk_id>"


@blueprint.operation("GET", "")
@requires("ticket.bulk")
@blueprint.arguments(TicketBulkQuery, location="query")
@blueprint.response(200, TicketBulkPage)
def list_ticket_bulks(wanted: dict[str, Any]) -> Response:
    """The caller's own, the newest first; they are kept for 90 days."""
    return answer(query("ticketing", "list_bulks", wanted))


@blueprint.operation("POST", "", errors=(429,), is_command=True)
@requires("ticket.bulk")
@blueprint.arguments(NewTicketBulk)
@blueprint.response(202, TicketBulk, headers=LOCATION_HEADER)
def create_ticket_bulk(order: dict[str, Any]) -> Response:
    """Order it; it is done in the background with the rights that the caller has now."""
    made = command("ticketing", "create_bulk", order)
    return answer(made, 202, {"Location": f"/api/v1/ticket-bulks/{made['bulk_id']}"})


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("ticket.bulk")
@blueprint.response(200, TicketBulk)
def get_ticket_bulk(bulk_id: UUID) -> Response:
    """How far it is."""
    return answer(query("ticketing", "get_bulk", {"bulk_id": str(bulk_id)}))


@blueprint.operation("GET", f"{_ONE}/items", errors=(404,))
@requires("ticket.bulk")
@blueprint.arguments(BulkItemQuery, location="query")
@blueprint.response(200, BulkItemPage)
def list_ticket_bulk_items(wanted: dict[str, Any], bulk_id: UUID) -> Response:
    """What became of each ticket."""
    return answer(query("ticketing", "list_bulk_items", {"bulk_id": str(bulk_id), **wanted}))


@blueprint.operation("POST", f"{_ONE}/cancellation", errors=(404,), is_command=True)
@requires("ticket.bulk")
@blueprint.response(200, TicketBulk)
def cancel_ticket_bulk(bulk_id: UUID) -> Response:
    """Leave the tickets that still wait as they are; what is done stays done."""
    return answer(command("ticketing", "cancel_bulk", {"bulk_id": str(bulk_id)}))
