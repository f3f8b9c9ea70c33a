"""How tickets belong together: links, children, merging, splitting."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.auth.guard import demand
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER
from gateway.resources.tickets import present_ticket
from gateway.schemas.entry import TimelinePage, TimelineQuery
from gateway.schemas.relation import Merge, NewChild, NewLink, Relations, Split, Unmerge
from gateway.schemas.ticket import Ticket

blueprint = ApiBlueprint(
    "ticket relations",
    __name__,
    url_prefix="/tickets/<number:number>",
    description="Links between tickets, parents and children, merging and splitting",
)


@blueprint.operation("GET", "/relations", errors=(404,))
@requires("ticket.read")
@blueprint.response(200, Relations)
def get_relations(number: str) -> Response:
    """All that the ticket belongs with; of tickets beyond the caller's scope only how many."""
    return answer(query("ticketing", "get_relations", {"number": number}))


@blueprint.operation("POST", "/links", errors=(404,), is_command=True)
@requires("ticket.link")
@blueprint.arguments(NewLink)
@blueprint.response(200, Relations)
def link_tickets(link: dict[str, Any], number: str) -> Response:
    """Link the ticket with another."""
    args = {"number": number, "other": link["number"], "relation": link["relation"]}
    return answer(command("ticketing", "link_tickets", args))


@blueprint.operation("DELETE", "/links/<uuid:link_id>", errors=(404,), is_command=True)
@requires("ticket.link")
@blueprint.response(200, Relations)
def unlink_tickets(number: str, link_id: UUID) -> Response:
    """Take a link away; both tickets tell it."""
    args = {"number": number, "link_id": str(link_id)}
    return answer(command("ticketing", "unlink_tickets", args))


@blueprint.operation("POST", "/children", errors=(404,), is_command=True)
@requires("ticket.attach")
@blueprint.arguments(NewChild)
@blueprint.response(200, Relations)
def add_child(child: dict[str, Any], number: str) -> Response:
    """Make a ticket a child of this one, or open one as such. A parent ends after its children.

    A ticket opened so is internal: the caller asks, and the customer does not see it.
    """
    if "number" in child:
        args = {"number": number, "child": child["number"]}
        return answer(command("ticketing", "attach_child", args))
    demand("ticket.create")
    return answer(command("ticketing", "open_child", {"number": number, **child}))


@blueprint.operation("DELETE", "/children/<number:child>", errors=(404,), is_command=True)
@requires("ticket.attach")
@blueprint.response(200, Relations)
def detach_child(number: str, child: str) -> Response:
    """The child goes its own way."""
    return answer(command("ticketing", "detach_child", {"number": number, "child": child}))


@blueprint.operation("POST", "/merges", errors=(404,), is_command=True)
@requires("ticket.merge")
@blueprint.arguments(Merge)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def merge_tickets(merge: dict[str, Any], number: str) -> Response:
    """Merge others into this ticket: they are closed, and what is written to them comes here."""
    return present_ticket(command("ticketing", "merge_tickets", {"number": number, **merge}))


@blueprint.operation("GET", "/merges/<number:source>/timeline", errors=(404,))
@requires("ticket.read")
@blueprint.arguments(TimelineQuery, location="query")
@blueprint.response(200, TimelinePage)
def list_merged_timeline(page: dict[str, Any], number: str, source: str) -> Response:
    """The timeline of a ticket that was merged into this one."""
    args = {"number": number, "source": source, **page}
    return answer(query("ticketing", "list_merged_timeline", args))


@blueprint.operation("POST", "/unmerging", errors=(404,), is_command=True)
@requires("ticket.unmerge")
@blueprint.arguments(Unmerge)
@blueprint.response(200, Ticket, headers=ETAG_HEADER)
def unmerge_ticket(unmerge: dict[str, Any], number: str) -> Response:
    """Make this merged ticket one of its own again, as it was before."""
    return present_ticket(command("ticketing", "unmerge_ticket", {"number": number, **unmerge}))


@blueprint.operation("POST", "/splits", errors=(404,), is_command=True)
@requires("ticket.split")
@blueprint.arguments(Split)
@blueprint.response(201, Ticket, headers={**LOCATION_HEADER, **ETAG_HEADER})
def split_ticket(split: dict[str, Any], number: str) -> Response:
    """Make a new ticket that begins with some of what was said here; this one keeps it."""
    new = command("ticketing", "split_ticket", {"number": number, **split})
    response = present_ticket(new, 201)
    response.headers["Location"] = f"/api/v1/tickets/{new['number']}"
    return response
