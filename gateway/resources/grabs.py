"""Tickets that may be grabbed (抢单), and grabbing one of them."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.grab import Grab, OfferPage, PoolQuery

blueprint = ApiBlueprint("grabs", __name__, description="Tickets that may be grabbed")


@blueprint.operation("GET", "/grab-pool")
@requires("ticket.take")
@blueprint.arguments(PoolQuery, location="query")
@blueprint.response(200, OfferPage)
def list_grab_pool(page: dict[str, Any]) -> Response:
    """The tickets that the caller may grab now."""
    return answer(query("dispatch", "list_pool", page))


@blueprint.operation("POST", "/tickets/<number:number>/grabs", errors=(404,), is_command=True)
@requires("ticket.take")
@blueprint.response(202, Grab)
def grab_ticket(number: str) -> Response:
    """Be the first. 409 for everybody else, and for whoever has grabbed enough."""
    return answer(command("dispatch", "grab_ticket", {"number": number}), 202)
