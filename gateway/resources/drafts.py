"""What people are writing on a ticket, kept for them alone; sending it ends it."""

from typing import Any

from flask import Response

from gateway.answers import answer, nothing
from gateway.audit.recording import unrecorded
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.schemas.draft import Draft, DraftChange, DraftQuery

blueprint = ApiBlueprint(
    "drafts",
    __name__,
    url_prefix="/tickets/<number:number>/draft",
    description="What is being written",
)


@blueprint.operation("GET", "", errors=(404,))
@requires("ticket.read")
@blueprint.arguments(DraftQuery, location="query")
@blueprint.response(200, Draft)
def get_draft(wanted: dict[str, Any], number: str) -> Response:
    """The caller's own, begun here or elsewhere."""
    return answer(query("ticketing", "get_draft", {"number": number, **wanted}))


@blueprint.operation("PUT", "", errors=(404,))
@requires("ticket.read")
@unrecorded
@blueprint.arguments(DraftQuery, location="query")
@blueprint.arguments(DraftChange)
@blueprint.response(200, Draft)
def save_draft(wanted: dict[str, Any], draft: dict[str, Any], number: str) -> Response:
    """Keep it; the last writer's counts. At most 64 KB."""
    mentions = [{**one, "person_id": str(one["person_id"])} for one in draft["mentions"]]
    args = {"number": number, **wanted, "text": draft["text"], "mentions": mentions}
    return answer(query("ticketing", "save_draft", args))


@blueprint.operation("DELETE", "", errors=(404,))
@requires("ticket.read")
@unrecorded
@blueprint.arguments(DraftQuery, location="query")
@blueprint.response(204)
def drop_draft(wanted: dict[str, Any], number: str) -> Response:
    """It is not wanted any more."""
    query("ticketing", "drop_draft", {"number": number, **wanted})
    return nothing()
