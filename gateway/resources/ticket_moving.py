"""What happens to tickets beside the work on them: followed, urged, supervised, deleted."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command
from gateway.preconditions import ETAG_HEADER, expected_version, if_match_parameter
from gateway.resources.tickets import present_ticket
from gateway.schemas.ticket import Ticket, TicketLink
from gateway.schemas.ticket_moving import (
    Cancellation,
    CopyChanges,
    Deletion,
    NewSupervision,
    Purge,
    SignOff,
    Urge,
)

blueprint = ApiBlueprint(
    "ticket moving",
    __name__,
    url_prefix="/tickets/<number:number>",
    description="Tickets that others follow, urge, supervise and delete",
)


@blueprint.operation("POST", "/cc", errors=(404,), is_command=True)
@requires("ticket.cc")
@blueprint.arguments(CopyChanges)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def change_copies(changes: dict[str, Any], number: str) -> Response:
    """Have people, groups or departments follow the ticket (抄送), or no longer."""
    return present_ticket(command("ticketing", "change_copies", {"number": number, **changes}))


@blueprint.operation("POST", "/urges", errors=(404,), is_command=True)
@requires("ticket.urge")
@blueprint.arguments(Urge)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def urge_ticket(urge: dict[str, Any], number: str) -> Response:
    """Count that the customer has asked how it goes (催单), e.g. by phone."""
    return present_ticket(command("ticketing", "urge_ticket", {"number": number, **urge}))


@blueprint.operation("POST", "/supervision", errors=(404,), is_command=True)
@requires("ticket.supervise")
@blueprint.arguments(NewSupervision)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def supervise_ticket(wanted: dict[str, Any], number: str) -> Response:
    """Watch over the ticket (督办): it is not closed before the caller's sign-off."""
    args = {"number": number, **wanted, "due_at": wanted["due_at"].isoformat()}
    return present_ticket(command("ticketing", "supervise_ticket", args))


@blueprint.operation("POST", "/supervision/sign-off", errors=(404,), is_command=True)
@requires("ticket.supervise")
@blueprint.arguments(SignOff)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def sign_off_ticket(given: dict[str, Any], number: str) -> Response:
    """Be content with what has become of a ticket that the caller supervises."""
    return present_ticket(command("ticketing", "sign_off", {"number": number, **given}))


@blueprint.operation("POST", "/supervision/cancellation", errors=(404,), is_command=True)
@requires("ticket.supervise")
@blueprint.arguments(Cancellation)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def cancel_supervision(given: dict[str, Any], number: str) -> Response:
    """Have nobody supervise the ticket any more."""
    return present_ticket(command("ticketing", "cancel_supervision", {"number": number, **given}))


@blueprint.operation(
    "POST",
    "/deletion",
    errors=(404, 412),
    is_command=True,
    parameters=[if_match_parameter(is_required=False)],
)
@requires("ticket.delete")
@blueprint.arguments(Deletion)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def delete_ticket(given: dict[str, Any], number: str) -> Response:
    """Put the ticket into the bin: lists, counts and the portal are without it."""
    args = {"number": number, **given, "version": expected_version()}
    return present_ticket(command("ticketing", "delete_ticket", args))


@blueprint.operation("POST", "/restoration", errors=(404,), is_command=True)
@requires("ticket.delete")
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def restore_ticket(number: str) -> Response:
    """Take the ticket out of the bin; unfinished work waits for somebody again."""
    return present_ticket(command("ticketing", "restore_ticket", {"number": number}))


@blueprint.operation("POST", "/purge", errors=(404,), is_command=True)
@requires("ticket.purge")
@blueprint.arguments(Purge)
@blueprint.response(200, TicketLink)
def purge_ticket(given: dict[str, Any], number: str) -> Response:
    """Remove what is in the bin for good; its number is never given again."""
    return answer(command("ticketing", "purge_ticket", {"number": number, **given}))
