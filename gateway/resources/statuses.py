"""The statuses that tickets can have."""

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.schemas.ticket import StatusPage

blueprint = ApiBlueprint("statuses", __name__, description="Statuses of tickets")


@blueprint.operation("GET", "/statuses")
@requires("status.read")
@blueprint.response(200, StatusPage)
def list_statuses() -> Response:
    """All statuses in order, with what staff and customers call them."""
    return answer(query("ticketing", "list_statuses"))
