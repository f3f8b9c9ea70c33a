"""Shifts: the hours in which people are given work."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.shift import NewShift, Shift, ShiftChanges, ShiftPage

blueprint = ApiBlueprint("shifts", __name__, url_prefix="/shifts", description="Shifts of agents")


@blueprint.operation("GET", "")
@requires("dispatch.read")
@blueprint.response(200, ShiftPage)
def list_shifts() -> Response:
    """All shifts by name."""
    return answer(query("dispatch", "list_shifts"))


@blueprint.operation("POST", "", is_command=True)
@requires("dispatch.manage")
@blueprint.arguments(NewShift)
@blueprint.response(201, Shift, headers=ETAG_HEADER)
def create_shift(values: dict[str, Any]) -> Response:
    """Add a shift."""
    return present(command("dispatch", "create_shift", values), 201)


@blueprint.operation(
    "PATCH", "/<uuid:shift_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("dispatch.manage")
@blueprint.arguments(ShiftChanges)
@blueprint.response(200, Shift, headers=ETAG_HEADER)
def edit_shift(changes: dict[str, Any], shift_id: UUID) -> Response:
    """Rename a shift, or change its hours."""
    version = expected_version(is_required=True)
    args = {"shift_id": str(shift_id), "version": version, "changes": changes}
    return present(command("dispatch", "edit_shift", args))


@blueprint.operation(
    "DELETE", "/<uuid:shift_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("dispatch.manage")
@blueprint.response(204)
def remove_shift(shift_id: UUID) -> Response:
    """Remove a shift; refused while somebody works in it."""
    version = expected_version(is_required=True)
    command("dispatch", "remove_shift", {"shift_id": str(shift_id), "version": version})
    return nothing()
