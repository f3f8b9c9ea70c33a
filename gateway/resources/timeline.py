"""A ticket's timeline: older pages, replies, notes."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.entry import Entry, NewNote, NewReply, TimelinePage, TimelineQuery

blueprint = ApiBlueprint(
    "timeline",
    __name__,
    url_prefix="/tickets/<number:number>",
    description="Messages, notes and events of a ticket",
)


@blueprint.operation("GET", "/timeline", errors=(404,))
@requires("ticket.read")
@blueprint.arguments(TimelineQuery, location="query")
@blueprint.response(200, TimelinePage)
def list_timeline(page: dict[str, Any], number: str) -> Response:
    """A page of the timeline, ascending; without a cursor the newest."""
    return answer(query("ticketing", "list_timeline", {"number": number, **page}))


@blueprint.operation("POST", "/replies", errors=(404,), is_command=True)
@requires("ticket.reply")
@blueprint.arguments(NewReply)
@blueprint.response(201, Entry)
def reply_to_ticket(reply: dict[str, Any], number: str) -> Response:
    """Answer the customer, and move the ticket if `status` says so."""
    return answer(command("ticketing", "reply", {"number": number, **reply}), 201)


@blueprint.operation("POST", "/notes", errors=(404,), is_command=True)
@requires("ticket.note")
@blueprint.arguments(NewNote)
@blueprint.response(201, Entry)
def add_note(note: dict[str, Any], number: str) -> Response:
    """Write an internal note; customers never see it."""
    return answer(command("ticketing", "add_note", {"number": number, **note}), 201)
