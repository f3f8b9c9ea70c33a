"""Macros (宏): kept, tried, carried out on a ticket."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import (
    ETAG_HEADER,
    LOCATION_HEADER,
    expected_version,
    if_match_parameter,
)
from gateway.resources.tickets import present_ticket
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.kept import (
    Macro,
    MacroPage,
    MacroQuery,
    MacroRun,
    MacroTrial,
    MacroTrialResult,
    NewMacro,
)
from gateway.schemas.ticket import Ticket

blueprint = ApiBlueprint(
    "macros", __name__, description="Lists of actions that are carried out by hand, all or none"
)

_ONE = "/macros/<uuid:macro_id>"
_PAGE = ("sort", "limit", "cursor")


@blueprint.operation("GET", "/macros")
@requires("macro.use")
@blueprint.arguments(MacroQuery, location="query")
@blueprint.response(200, MacroPage)
def list_macros(wanted: dict[str, Any]) -> Response:
    """The caller's own, those of the caller's groups, and those for all."""
    page: dict[str, Any] = {name: wanted.pop(name) for name in _PAGE if name in wanted}
    return answer(query("ticketing", "list_macros", {"filters": wanted, **page}))


@blueprint.operation("POST", "/macros", is_command=True)
@requires("macro.use")
@blueprint.arguments(NewMacro)
@blueprint.response(201, Macro, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_macro(values: dict[str, Any]) -> Response:
    """Keep one; for a group or for all this needs macro.manage."""
    made = command("ticketing", "create_macro", {"values": values})
    return present(made, 201, f"/macros/{made['macro_id']}")


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("macro.use")
@blueprint.response(200, Macro, headers=ETAG_HEADER)
def get_macro(macro_id: UUID) -> Response:
    """One of them."""
    return present(query("ticketing", "get_macro", {"macro_id": str(macro_id)}))


@blueprint.operation("PUT", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("macro.use")
@blueprint.arguments(NewMacro)
@blueprint.response(200, Macro, headers=ETAG_HEADER)
def replace_macro(values: dict[str, Any], macro_id: UUID) -> Response:
    """The whole macro anew; one that others use, too, needs macro.manage."""
    version = expected_version(is_required=True)
    args = {"macro_id": str(macro_id), "version": version, "values": values}
    return present(command("ticketing", "replace_macro", args))


@blueprint.operation("DELETE", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("macro.use")
@blueprint.response(204)
def remove_macro(macro_id: UUID) -> Response:
    """Remove one; what it has done stays."""
    version = expected_version(is_required=True)
    command("ticketing", "remove_macro", {"macro_id": str(macro_id), "version": version})
    return nothing()


@blueprint.operation("POST", f"{_ONE}/trials", errors=(404,))
@requires("macro.use")
@blueprint.arguments(MacroTrial)
@blueprint.response(200, MacroTrialResult)
def try_macro(trial: dict[str, Any], macro_id: UUID) -> Response:
    """What it would do with a ticket now, step by step. Nothing is changed."""
    return answer(query("ticketing", "try_macro", {"macro_id": str(macro_id), **trial}))


@blueprint.operation(
    "POST",
    "/tickets/<number:number>/macro-runs",
    errors=(404, 412),
    is_command=True,
    parameters=[if_match_parameter(is_required=False)],
)
@requires("macro.use")
@blueprint.arguments(MacroRun)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def apply_macro(run: dict[str, Any], number: str) -> Response:
    """Carry a macro out on the ticket: all of its steps, or none if one of them is refused."""
    args = {"number": number, **run, "version": expected_version()}
    return present_ticket(command("ticketing", "apply_macro", args))
