"""Work on a ticket: who has it, where it stands, how it ends; transitions are sub-resources."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.auth.access import requires
from gateway.auth.guard import caller, demand
from gateway.blueprint import ApiBlueprint
from gateway.calls import command
from gateway.organisation.people import find_worker_name
from gateway.parts import parts
from gateway.preconditions import ETAG_HEADER, expected_version, if_match_parameter
from gateway.resources.tickets import present_ticket
from gateway.schemas.ticket import Ticket
from gateway.schemas.ticket_work import (
    Assignment,
    Reopening,
    Return,
    Satisfaction,
    Solution,
    StatusMove,
    Transfer,
)
from libs.common.errors import field_error

blueprint = ApiBlueprint(
    "ticket work", __name__, url_prefix="/tickets/<number:number>", description="Work on tickets"
)


@blueprint.operation(
    "PUT",
    "/assignee",
    errors=(404, 412),
    is_command=True,
    parameters=[if_match_parameter(is_required=False)],
)
@requires("ticket.take")
@blueprint.arguments(Assignment)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def assign_ticket(assignment: dict[str, Any], number: str) -> Response:
    """Take the ticket (`me`), or give it to somebody, which is for supervisors."""
    assignee_id, name = _assignee(assignment["assignee_id"])
    args = {
        "number": number,
        "assignee_id": assignee_id,
        "assignee_name": name,
        "note": assignment.get("note"),
        "version": expected_version(),
    }
    return present_ticket(command("ticketing", "assign_ticket", args))


@blueprint.operation(
    "POST",
    "/transfers",
    errors=(404, 412),
    is_command=True,
    parameters=[if_match_parameter(is_required=False)],
)
@requires("ticket.transfer")
@blueprint.arguments(Transfer)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def transfer_ticket(transfer: dict[str, Any], number: str) -> Response:
    """Pass the ticket on (转交): to a person, or to a group or department where it waits."""
    args = {"number": number, **transfer, "version": expected_version()}
    return present_ticket(command("ticketing", "transfer_ticket", args))


@blueprint.operation(
    "POST",
    "/returns",
    errors=(404, 412),
    is_command=True,
    parameters=[if_match_parameter(is_required=False)],
)
@requires("ticket.return")
@blueprint.arguments(Return)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def return_ticket(given: dict[str, Any], number: str) -> Response:
    """Give the ticket back (退回) to its group, the handler before, or the common pool."""
    args = {"number": number, **given, "version": expected_version()}
    return present_ticket(command("ticketing", "return_ticket", args))


@blueprint.operation("POST", "/acceptance", errors=(404,), is_command=True)
@requires("ticket.accept")
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def accept_ticket(number: str) -> Response:
    """Confirm the assignment (确认接收): the ticket is in progress from now on."""
    return present_ticket(command("ticketing", "accept_ticket", {"number": number}))


@blueprint.operation("PUT", "/status", errors=(404,), is_command=True)
@requires("ticket.move")
@blueprint.arguments(StatusMove)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def change_status(move: dict[str, Any], number: str) -> Response:
    """Move the ticket to another status that its present one leads to."""
    return present_ticket(command("ticketing", "change_status", {"number": number, **move}))


@blueprint.operation("POST", "/solution", errors=(404,), is_command=True)
@requires("ticket.solve")
@blueprint.arguments(Solution)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def solve_ticket(solution: dict[str, Any], number: str) -> Response:
    """Write down what solved it, and tell the customer unless asked not to."""
    return present_ticket(command("ticketing", "solve_ticket", {"number": number, **solution}))


@blueprint.operation("POST", "/reopening", errors=(404,), is_command=True)
@requires("ticket.reopen")
@blueprint.arguments(Reopening)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def reopen_ticket(reopening: dict[str, Any], number: str) -> Response:
    """Work on a solved or closed ticket again; what another one carries on stays closed."""
    return present_ticket(command("ticketing", "reopen_ticket", {"number": number, **reopening}))


@blueprint.operation("POST", "/satisfaction", errors=(404,), is_command=True)
@requires("ticket.judge")
@blueprint.arguments(Satisfaction)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def judge_ticket(satisfaction: dict[str, Any], number: str) -> Response:
    """Write down what the customer said; if they are not satisfied, work goes on (待跟进)."""
    return present_ticket(command("ticketing", "judge_ticket", {"number": number, **satisfaction}))


def _assignee(wanted: str) -> tuple[str, str]:
    """Id and name of an active person; raises Forbidden for agents who mean somebody else."""
    if wanted in ("me", str(caller().person_id)):
        return str(caller().person_id), caller().name
    demand("ticket.assign")
    with parts().database.begin(read_only=True) as uow:
        name = find_worker_name(uow.session, UUID(wanted))
    if name is None:
        raise field_error("assignee_id", "nobody who can be given work", "assignee.unknown")
    return wanted, name
