"""The way to a service and back, with nothing at its end: what every request costs at least."""

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.schemas.ping import Pong

blueprint = ApiBlueprint("ping", __name__, description="The way to a service and back")


@blueprint.operation("GET", "/ping")
@requires("session.own")
@blueprint.response(200, Pong)
def ping() -> Response:
    """Ask ticketing whether it is there."""
    return answer(query("ticketing", "ping"))


@blueprint.operation("POST", "/ping")
@requires("session.own")
@blueprint.response(204)
def ping_gateway() -> Response:
    """An action that does nothing: what letting in and recording cost."""
    return nothing()
