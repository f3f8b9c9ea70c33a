"""Collaborations (协作): others asked for help with a ticket, and what they answer."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.organisation.targets import list_targets
from gateway.parts import parts
from gateway.schemas.collaboration import (
    Collaboration,
    CollaborationAnswer,
    CollaborationCancellation,
    CollaborationCounts,
    CollaborationList,
    CollaborationPage,
    CollaborationQuery,
    CollaborationRating,
    CollaborationRefusal,
    CollaborationRound,
    CollaborationRow,
    CollaborationTargets,
    NewCollaboration,
)

blueprint = ApiBlueprint("collaborations", __name__, description="Help with tickets")

_OF_TICKET = "/tickets/<number:number>/collaborations"
_ONE_OF_TICKET = f"{_OF_TICKET}/<uuid:collaboration_id>"
_ONE = "/collaborations/<uuid:collaboration_id>"


@blueprint.operation("GET", _OF_TICKET, errors=(404,))
@requires("ticket.read")
@blueprint.response(200, CollaborationList)
def list_ticket_collaborations(number: str) -> Response:
    """Who was asked for help with the ticket, and what came of it."""
    return answer(query("ticketing", "list_ticket_collaborations", {"number": number}))


@blueprint.operation("POST", _OF_TICKET, errors=(404,), is_command=True)
@requires("ticket.collaborate")
@blueprint.arguments(NewCollaboration)
@blueprint.response(201, CollaborationList)
def start_collaboration(wanted: dict[str, Any], number: str) -> Response:
    """Ask departments, groups or people for help (发起协作); they see the ticket from now on."""
    args = {"number": number, **wanted, "parts": [_part(one) for one in wanted["parts"]]}
    return answer(command("ticketing", "start_collaboration", args), 201)


@blueprint.operation("POST", f"{_ONE_OF_TICKET}/acceptance", errors=(404,), is_command=True)
@requires("ticket.collaborate")
@blueprint.response(200, Collaboration)
def accept_collaboration(number: str, collaboration_id: UUID) -> Response:
    """What was answered is what was asked for."""
    return _of_ticket("accept_collaboration", number, collaboration_id)


@blueprint.operation("POST", f"{_ONE_OF_TICKET}/rounds", errors=(404,), is_command=True)
@requires("ticket.collaborate")
@blueprint.arguments(CollaborationRound)
@blueprint.response(200, Collaboration)
def ask_collaboration_again(
    wanted: dict[str, Any], number: str, collaboration_id: UUID
) -> Response:
    """It is not: say what is missing."""
    told = {**wanted, "due_at": _instant(wanted.get("due_at"))}
    return _of_ticket("ask_collaboration_again", number, collaboration_id, told)


@blueprint.operation("POST", f"{_ONE_OF_TICKET}/cancellation", errors=(404,), is_command=True)
@requires("ticket.collaborate")
@blueprint.arguments(CollaborationCancellation)
@blueprint.response(200, Collaboration)
def cancel_collaboration(wanted: dict[str, Any], number: str, collaboration_id: UUID) -> Response:
    """The help is no longer needed."""
    return _of_ticket("cancel_collaboration", number, collaboration_id, wanted)


@blueprint.operation("PUT", f"{_ONE_OF_TICKET}/rating", errors=(404,), is_command=True)
@requires("ticket.collaborate")
@blueprint.arguments(CollaborationRating)
@blueprint.response(200, Collaboration)
def rate_collaboration(rating: dict[str, Any], number: str, collaboration_id: UUID) -> Response:
    """Say how good the help was, once it is done."""
    return _of_ticket("rate_collaboration", number, collaboration_id, rating)


@blueprint.operation("GET", "/collaborations")
@requires("collaboration.answer")
@blueprint.arguments(CollaborationQuery, location="query")
@blueprint.response(200, CollaborationPage)
def list_collaborations(wanted: dict[str, Any]) -> Response:
    """What the caller, or a unit of theirs, must do (待我协作), or what they have asked for."""
    states = wanted.pop("state", None)
    return answer(query("ticketing", "list_collaborations", {**wanted, "states": states}))


@blueprint.operation("GET", "/collaboration-targets")
@requires("ticket.collaborate")
@blueprint.response(200, CollaborationTargets)
def list_collaboration_targets() -> Response:
    """Departments and groups that may be asked for help; colleagues are found by their names."""
    with parts().database.begin(read_only=True) as uow:
        return answer(list_targets(uow.session))


@blueprint.operation("GET", "/collaboration-counts")
@requires("collaboration.answer")
@blueprint.response(200, CollaborationCounts)
def count_collaborations() -> Response:
    """How many wait, counted to 1,000."""
    return answer(query("ticketing", "count_collaborations"))


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("collaboration.answer")
@blueprint.response(200, CollaborationRow)
def get_collaboration(collaboration_id: UUID) -> Response:
    """One of those."""
    args = {"collaboration_id": str(collaboration_id)}
    return answer(query("ticketing", "get_collaboration", args))


@blueprint.operation("PUT", f"{_ONE}/taker", errors=(404,), is_command=True)
@requires("collaboration.answer")
@blueprint.response(200, Collaboration)
def take_collaboration(collaboration_id: UUID) -> Response:
    """The caller sees to it, for those who were asked."""
    return _by_helper("take_collaboration", collaboration_id)


@blueprint.operation("POST", f"{_ONE}/answer", errors=(404,), is_command=True)
@requires("collaboration.answer")
@blueprint.arguments(CollaborationAnswer)
@blueprint.response(200, Collaboration)
def answer_collaboration(given: dict[str, Any], collaboration_id: UUID) -> Response:
    """Say what came of it; whoever answers has thereby taken it."""
    return _by_helper("answer_collaboration", collaboration_id, given)


@blueprint.operation("POST", f"{_ONE}/refusal", errors=(404,), is_command=True)
@requires("collaboration.answer")
@blueprint.arguments(CollaborationRefusal)
@blueprint.response(200, Collaboration)
def decline_collaboration(given: dict[str, Any], collaboration_id: UUID) -> Response:
    """Say why it cannot be done."""
    return _by_helper("decline_collaboration", collaboration_id, given)


def _of_ticket(
    method: str, number: str, collaboration_id: UUID, given: dict[str, Any] | None = None
) -> Response:
    args = {"number": number, "collaboration_id": str(collaboration_id), **(given or {})}
    return answer(command("ticketing", method, args))


def _by_helper(
    method: str, collaboration_id: UUID, given: dict[str, Any] | None = None
) -> Response:
    args = {"collaboration_id": str(collaboration_id), **(given or {})}
    return answer(command("ticketing", method, args))


def _part(wanted: dict[str, Any]) -> dict[str, Any]:
    return {**wanted, "due_at": _instant(wanted.get("due_at"))}


def _instant(value: Any) -> str | None:
    return None if value is None else value.isoformat()
