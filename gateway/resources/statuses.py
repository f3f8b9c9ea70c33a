"""The statuses that tickets can have: shipped ones, and a company's own on top of them."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.status import (
    NewStatus,
    StatusChanges,
    StatusOrder,
    StatusPage,
    StatusWithUsage,
)
from gateway.uses import with_uses

blueprint = ApiBlueprint(
    "statuses", __name__, url_prefix="/statuses", description="Statuses of tickets"
)


@blueprint.operation("GET", "")
@requires("status.read")
@blueprint.response(200, StatusPage)
def list_statuses() -> Response:
    """All statuses in order, with what staff and customers call them; archived ones, too."""
    return answer(query("ticketing", "list_statuses"))


@blueprint.operation("POST", "", is_command=True)
@requires("status.manage")
@blueprint.arguments(NewStatus)
@blueprint.response(201, StatusWithUsage, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_status(values: dict[str, Any]) -> Response:
    """Add an own status, behind the last on the same base."""
    status = command("ticketing", "create_status", {"values": values})
    return present(_with_usage(status), 201, f"/statuses/{status['key']}")


@blueprint.operation("PUT", "/order", is_command=True)
@requires("status.manage")
@blueprint.arguments(StatusOrder)
@blueprint.response(200, StatusPage)
def order_statuses(order: dict[str, Any]) -> Response:
    """Have them in another order; refused unless it names all there are."""
    return answer(command("ticketing", "order_statuses", order))


@blueprint.operation("GET", "/<string:key>", errors=(404,))
@requires("status.read")
@blueprint.response(200, StatusWithUsage, headers=ETAG_HEADER)
def get_status(key: str) -> Response:
    """One of them, with where it is in use."""
    return present(_with_usage(query("ticketing", "get_status", {"key": key})))


@blueprint.operation(
    "PATCH", "/<string:key>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("status.manage")
@blueprint.arguments(StatusChanges)
@blueprint.response(200, StatusWithUsage, headers=ETAG_HEADER)
def edit_status(changes: dict[str, Any], key: str) -> Response:
    """Rename, recolour or archive one, or tell customers something else; says where it is used."""
    version = expected_version(is_required=True)
    args = {"key": key, "changes": changes, "version": version}
    return present(_with_usage(command("ticketing", "edit_status", args)))


def _with_usage(status: dict[str, Any]) -> dict[str, Any]:
    return {**status, "usage": with_uses(status["usage"])}
