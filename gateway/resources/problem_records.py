"""Problem records (问题单): one cause behind many tickets, and one answer for all of them."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.problem_record import (
    AnsweredTicketPage,
    AnsweredTicketQuery,
    NewProblem,
    NewProblemAnswer,
    ProblemAnswer,
    ProblemChanges,
    ProblemPage,
    ProblemQuery,
    ProblemRecord,
    ProblemTicketQuery,
    ProblemTickets,
    ProblemVolume,
)
from gateway.schemas.ticket import TicketPage

blueprint = ApiBlueprint(
    "problem records", __name__, url_prefix="/problems", description="Causes behind many tickets"
)


@blueprint.operation("GET", "")
@requires("problem.read")
@blueprint.arguments(ProblemQuery, location="query")
@blueprint.response(200, ProblemPage)
def list_problems(wanted: dict[str, Any]) -> Response:
    """A page of problems, lately changed first."""
    page: dict[str, Any] = {
        name: wanted.pop(name) for name in ("limit", "cursor") if name in wanted
    }
    return answer(query("ticketing", "list_problems", {"filters": wanted, **page}))


@blueprint.operation("POST", "", is_command=True)
@requires("problem.manage")
@blueprint.arguments(NewProblem)
@blueprint.response(201, ProblemRecord, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_problem(problem: dict[str, Any]) -> Response:
    """Open a problem record."""
    made = command("ticketing", "create_problem", {"problem": problem})
    return present(made, 201, f"/problems/{made['number']}")


@blueprint.operation("GET", "/<number:number>", errors=(404,))
@requires("problem.read")
@blueprint.response(200, ProblemRecord, headers=ETAG_HEADER)
def get_problem(number: str) -> Response:
    """One with its newest answers."""
    return present(query("ticketing", "get_problem", {"number": number}))


@blueprint.operation(
    "PATCH", "/<number:number>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("problem.manage")
@blueprint.arguments(ProblemChanges)
@blueprint.response(200, ProblemRecord, headers=ETAG_HEADER)
def edit_problem(changes: dict[str, Any], number: str) -> Response:
    """Change it; a solved one must say how."""
    version = expected_version(is_required=True)
    args = {"number": number, "version": version, "changes": changes}
    return present(command("ticketing", "edit_problem", args))


@blueprint.operation("GET", "/<number:number>/tickets", errors=(404,))
@requires("problem.read")
@blueprint.arguments(ProblemTicketQuery, location="query")
@blueprint.response(200, TicketPage)
def list_problem_tickets(page: dict[str, Any], number: str) -> Response:
    """Its tickets as far as the caller may see them, newest first."""
    return answer(query("ticketing", "list_problem_tickets", {"number": number, **page}))


@blueprint.operation("POST", "/<number:number>/tickets", errors=(404,), is_command=True)
@requires("ticket.link")
@blueprint.arguments(ProblemTickets)
@blueprint.response(200, ProblemRecord, headers=ETAG_HEADER)
def link_problem(tickets: dict[str, Any], number: str) -> Response:
    """It is behind these tickets; all of them or none."""
    return present(command("ticketing", "link_problem", {"number": number, **tickets}))


@blueprint.operation(
    "DELETE", "/<number:number>/tickets/<number:ticket>", errors=(404,), is_command=True
)
@requires("ticket.link")
@blueprint.response(204)
def unlink_problem(number: str, ticket: str) -> Response:
    """It is not behind this ticket, after all."""
    command("ticketing", "unlink_problem", {"number": number, "ticket": ticket})
    return nothing()


@blueprint.operation("GET", "/<number:number>/volume", errors=(404,))
@requires("problem.read")
@blueprint.response(200, ProblemVolume)
def get_problem_volume(number: str) -> Response:
    """How many of its tickets came on each day, before and after it was solved."""
    return answer(query("ticketing", "count_problem_volume", {"number": number}))


@blueprint.operation("POST", "/<number:number>/answers", errors=(404,), is_command=True)
@requires("problem.answer")
@blueprint.arguments(NewProblemAnswer)
@blueprint.response(202, ProblemAnswer)
def start_problem_answer(wanted: dict[str, Any], number: str) -> Response:
    """Answer all its unfinished tickets that the caller sees; it goes on by itself."""
    return answer(command("ticketing", "start_problem_answer", {"number": number, **wanted}), 202)


@blueprint.operation("POST", "/<number:number>/answers/stop", errors=(404,), is_command=True)
@requires("problem.answer")
@blueprint.response(200, ProblemAnswer)
def stop_problem_answer(number: str) -> Response:
    """Leave alone the tickets that have not been answered yet."""
    return answer(command("ticketing", "stop_problem_answer", {"number": number}))


@blueprint.operation("GET", "/<number:number>/answers/<uuid:answer_id>/tickets", errors=(404,))
@requires("problem.read")
@blueprint.arguments(AnsweredTicketQuery, location="query")
@blueprint.response(200, AnsweredTicketPage)
def list_answered_tickets(page: dict[str, Any], number: str, answer_id: UUID) -> Response:
    """What became of each ticket, as far as the caller may see it."""
    args = {"number": number, "answer_id": str(answer_id), **page}
    return answer(query("ticketing", "list_answer_items", args))
