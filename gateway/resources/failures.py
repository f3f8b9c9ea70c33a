"""Events that services could not handle: looked at, tried again, given up by supervisors."""

from typing import Any

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.failure import FailurePage, FailureQuery

blueprint = ApiBlueprint(
    "failures",
    __name__,
    url_prefix="/failures/<service:service>",
    description="Events that a service could not handle",
)


@blueprint.operation("GET", "", errors=(404,))
@requires("failure.list")
@blueprint.arguments(FailureQuery, location="query")
@blueprint.response(200, FailurePage)
def list_failures(wanted: dict[str, Any], service: str) -> Response:
    """Failed events of a service: waiting for another attempt, or parked."""
    return answer({"items": query(service, "list_failures", wanted)})


@blueprint.operation("POST", "/<row_id:failure_id>/replay", errors=(404,), is_command=True)
@requires("failure.replay")
@blueprint.response(204)
def replay_failure(service: str, failure_id: int) -> Response:
    """Try it again now."""
    command(service, "replay_failure", {"failure_id": failure_id})
    return nothing()


@blueprint.operation("DELETE", "/<row_id:failure_id>", errors=(404,), is_command=True)
@requires("failure.discard")
@blueprint.response(204)
def discard_failure(service: str, failure_id: int) -> Response:
    """Give it up for good."""
    command(service, "discard_failure", {"failure_id": failure_id})
    return nothing()
