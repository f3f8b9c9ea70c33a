"""The customer beside a ticket: one look at all that is known."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.schemas.company import TicketCustomer
from libs.common.errors import NotFound, Unavailable

blueprint = ApiBlueprint("ticket customer", __name__, description="Customers beside tickets")


@blueprint.operation("GET", "/tickets/<number:number>/customer", errors=(404,))
@requires("ticket.read")
@blueprint.response(200, TicketCustomer)
def get_ticket_customer(number: str) -> Response:
    """Customer, company, last tickets with their results, and what other systems know."""
    history = query("ticketing", "get_customer_history", {"number": number})
    known = _surroundings(history["customer"]["customer_id"])
    return answer(
        {
            **history,
            "profile": known.get("customer"),
            "company": known.get("company"),
            "records": known.get("records"),
        }
    )


def _surroundings(customer_id: str) -> dict[str, Any]:
    """Nothing for who may not read customers; tickets must be readable without intake, too."""
    if "customer.read" not in caller().permissions:
        return {}
    try:
        found: dict[str, Any] = query("intake", "get_surroundings", {"customer_id": customer_id})
    except (NotFound, Unavailable):
        return {}
    return found
