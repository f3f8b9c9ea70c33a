"""Time that people have spent on a ticket."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.effort import Effort, EffortPage, EffortQuery, NewEffort

blueprint = ApiBlueprint(
    "efforts",
    __name__,
    url_prefix="/tickets/<number:number>/efforts",
    description="Time spent on tickets",
)


@blueprint.operation("GET", "", errors=(404,))
@requires("ticket.read")
@blueprint.arguments(EffortQuery, location="query")
@blueprint.response(200, EffortPage)
def list_efforts(page: dict[str, Any], number: str) -> Response:
    """Who has spent how much, with the totals."""
    return answer(query("ticketing", "list_efforts", {"number": number, **page}))


@blueprint.operation("POST", "", errors=(404,), is_command=True)
@requires("ticket.log_effort")
@blueprint.arguments(NewEffort)
@blueprint.response(201, Effort)
def log_effort(effort: dict[str, Any], number: str) -> Response:
    """Write down one's own; whoever may read the ticket may have helped."""
    return answer(command("ticketing", "log_effort", {"number": number, **_plain(effort)}), 201)


@blueprint.operation("PUT", "/<uuid:effort_id>", errors=(404,), is_command=True)
@requires("ticket.log_effort")
@blueprint.arguments(NewEffort)
@blueprint.response(200, Effort)
def edit_effort(effort: dict[str, Any], number: str, effort_id: UUID) -> Response:
    """Correct one's own."""
    args = {"number": number, "effort_id": str(effort_id), **_plain(effort)}
    return answer(command("ticketing", "edit_effort", args))


@blueprint.operation("DELETE", "/<uuid:effort_id>", errors=(404,), is_command=True)
@requires("ticket.log_effort")
@blueprint.response(204)
def remove_effort(number: str, effort_id: UUID) -> Response:
    """Take one's own back; the timeline keeps that it was there."""
    command("ticketing", "remove_effort", {"number": number, "effort_id": str(effort_id)})
    return nothing()


def _plain(effort: dict[str, Any]) -> dict[str, Any]:
    day = effort.get("worked_on")
    return {**effort, "worked_on": day.isoformat() if day else None}
