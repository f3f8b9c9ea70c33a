"""Why a ticket is where it is: decisions of dispatch, candidates, clocks."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.schemas.clock import ClockPage
from gateway.schemas.decision import (
    CandidatePage,
    CandidateQuery,
    DecisionPage,
    DecisionQuery,
)

blueprint = ApiBlueprint(
    "ticket reasons",
    __name__,
    url_prefix="/tickets/<number:number>",
    description="Why a ticket went to whom, and what of it is due when",
)


@blueprint.operation("GET", "/decisions", errors=(404,))
@requires("ticket.read")
@blueprint.arguments(DecisionQuery, location="query")
@blueprint.response(200, DecisionPage)
def list_decisions(wanted: dict[str, Any], number: str) -> Response:
    """Who decided what about the ticket and why, the newest first."""
    return answer(query("dispatch", "list_decisions", {"number": number, **wanted}))


@blueprint.operation("GET", "/candidates", errors=(404,))
@requires("ticket.read")
@blueprint.arguments(CandidateQuery, location="query")
@blueprint.response(200, CandidatePage)
def list_candidates(wanted: dict[str, Any], number: str) -> Response:
    """Whom the ticket could be given to by hand, with what speaks against it."""
    return answer(query("dispatch", "list_candidates", {"number": number, **wanted}))


@blueprint.operation("GET", "/clocks", errors=(404,))
@requires("ticket.read")
@blueprint.response(200, ClockPage)
def list_clocks(number: str) -> Response:
    """What of the ticket is due when, and how that was reckoned."""
    return answer(query("sla", "list_clocks", {"number": number}))
