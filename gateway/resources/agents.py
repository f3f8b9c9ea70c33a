"""People whom dispatch gives work: what they can, how much, when, and who takes over."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.agent import (
    Agent,
    AgentChanges,
    AgentPage,
    AgentQuery,
    HandOver,
    HandOverResult,
    Leave,
    NewLeave,
)
from gateway.schemas.presence import OwnPresence, PresenceChange

blueprint = ApiBlueprint(
    "agents", __name__, url_prefix="/dispatch", description="People whom dispatch gives work"
)

_ONE = "/agents/<uuid:person_id>"


@blueprint.operation("GET", "/agents")
@requires("dispatch.read")
@blueprint.arguments(AgentQuery, location="query")
@blueprint.response(200, AgentPage)
def list_agents(wanted: dict[str, Any]) -> Response:
    """Members of groups by name, each with skills, capacity and presence."""
    absent = dict.fromkeys(("q", "group_id", "cursor"))
    return answer(query("dispatch", "list_agents", {**absent, **wanted}))


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("dispatch.read")
@blueprint.response(200, Agent, headers=ETAG_HEADER)
def get_agent(person_id: UUID) -> Response:
    """One of them."""
    return present(query("dispatch", "get_agent", {"person_id": str(person_id)}))


@blueprint.operation("PATCH", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("dispatch.manage")
@blueprint.arguments(AgentChanges)
@blueprint.response(200, Agent, headers=ETAG_HEADER)
def edit_agent(changes: dict[str, Any], person_id: UUID) -> Response:
    """Change what somebody can, how much work they get, and in which shift."""
    version = expected_version(is_required=True)
    args = {"person_id": str(person_id), "version": version, "changes": changes}
    return present(command("dispatch", "edit_agent", args))


@blueprint.operation("PUT", f"{_ONE}/presence", errors=(404,), is_command=True)
@requires("dispatch.manage")
@blueprint.arguments(PresenceChange)
@blueprint.response(200, OwnPresence)
def set_presence(change: dict[str, Any], person_id: UUID) -> Response:
    """Say for somebody that they are there, or not."""
    args = {"person_id": str(person_id), **change}
    return answer(command("dispatch", "set_presence", args))


@blueprint.operation("POST", f"{_ONE}/leaves", errors=(404,), is_command=True)
@requires("dispatch.manage")
@blueprint.arguments(NewLeave)
@blueprint.response(201, Leave)
def add_leave(leave: dict[str, Any], person_id: UUID) -> Response:
    """Note a time in which somebody gets no work."""
    return answer(command("dispatch", "add_leave", {"person_id": str(person_id), **leave}), 201)


@blueprint.operation("DELETE", "/leaves/<uuid:leave_id>", errors=(404,), is_command=True)
@requires("dispatch.manage")
@blueprint.response(204)
def remove_leave(leave_id: UUID) -> Response:
    """Take a leave back."""
    command("dispatch", "remove_leave", {"leave_id": str(leave_id)})
    return nothing()


@blueprint.operation("POST", f"{_ONE}/hand-overs", errors=(404,), is_command=True)
@requires("dispatch.manage")
@blueprint.arguments(HandOver)
@blueprint.response(202, HandOverResult)
def hand_over(wanted: dict[str, Any], person_id: UUID) -> Response:
    """Give all tickets of somebody to a colleague, or back to their groups (交接)."""
    target = wanted.get("to_person_id")
    args = {"person_id": str(person_id), "reason": wanted["reason"], "to_person_id": target}
    return answer(command("dispatch", "hand_over", args), 202)
