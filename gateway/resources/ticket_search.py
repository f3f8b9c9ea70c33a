"""Search over everything that tickets say."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.schemas.ticket_search import FoundTicketPage, TicketSearchQuery

blueprint = ApiBlueprint("ticket-search", __name__, description="Search over tickets")

_PAGE = ("q", "sort", "limit", "cursor")


@blueprint.operation("GET", "/ticket-search")
@requires("ticket.list")
@blueprint.arguments(TicketSearchQuery, location="query")
@blueprint.response(200, FoundTicketPage)
def search_tickets(wanted: dict[str, Any]) -> Response:
    """The tickets with these words that the caller may see, the best of the newest first.

    What has just been written is found a moment later.
    """
    page: dict[str, Any] = {name: wanted.pop(name) for name in _PAGE if name in wanted}
    return answer(query("ticketing", "search_tickets", {"filters": wanted, **page}))
