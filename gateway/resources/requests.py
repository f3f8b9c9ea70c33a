"""Requesters' own tickets: customers in the portal, employees in the console."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.portal.identities import region_of, requester_actor
from gateway.preconditions import LOCATION_HEADER
from gateway.resources.attachments import BYTES, RANGE_HEADERS, serve_attachment, serve_thumbnail
from gateway.resources.uploads import UPLOAD_BODY, store_upload
from gateway.schemas.download import DownloadQuery
from gateway.schemas.entry import Attachment
from gateway.schemas.portal import (
    NewRequest,
    NewRequestMessage,
    RequestConfirmation,
    RequestEntry,
    RequestForms,
    RequestPage,
    RequestQuery,
    RequestTimelineQuery,
    RequestView,
    Withdrawal,
)
from gateway.schemas.ticket_moving import Urge
from libs.common.errors import Unavailable

_FINISHED = ("solved", "closed")

blueprint = ApiBlueprint(
    "requests", __name__, url_prefix="/requests", description="The caller's own requests"
)


@blueprint.operation("GET", "")
@requires("request.own")
@blueprint.arguments(RequestQuery, location="query")
@blueprint.response(200, RequestPage)
def list_requests(wanted: dict[str, Any]) -> Response:
    """The caller's own requests, lately changed first."""
    return answer(_ask("list_requests", wanted))


@blueprint.operation("GET", "/forms")
@requires("request.own")
@blueprint.response(200, RequestForms)
def list_request_forms() -> Response:
    """What the caller's requests may begin with: forms for customers, or for employees."""
    return answer(_ask("list_request_forms", {"channel": _channel()}))


@blueprint.operation("POST", "", is_command=True)
@requires("request.own")
@blueprint.arguments(NewRequest)
@blueprint.response(201, RequestView, headers=LOCATION_HEADER)
def create_request(wanted: dict[str, Any]) -> Response:
    """Ask for something; employees' requests are internal."""
    who = caller()
    args = {
        **wanted,
        "customer_name": who.name,
        "channel": _channel(),
        "contact_id": str(who.contact_id) if who.contact_id else None,
        "region_id": region_of(who),
    }
    made = command("ticketing", "create_request", args, on_behalf_of=requester_actor(who))
    return answer(made, 201, {"Location": f"/api/v1/requests/{made['number']}"})


@blueprint.operation("GET", "/<number:number>", errors=(404,))
@requires("request.own")
@blueprint.arguments(RequestTimelineQuery, location="query")
@blueprint.response(200, RequestView)
def get_request(page: dict[str, Any], number: str) -> Response:
    """One of the caller's own requests with what was said; the newest page without a cursor."""
    found = _ask("get_request", {"number": number, **page})
    return answer(found | {"survey_url": _survey_of(found)})


@blueprint.operation("POST", "/<number:number>/messages", errors=(404,), is_command=True)
@requires("request.own")
@blueprint.arguments(NewRequestMessage)
@blueprint.response(201, RequestEntry)
def add_request_message(message: dict[str, Any], number: str) -> Response:
    """Write into an own request; a solved one is worked on again."""
    args = {"number": number, **message}
    actor = requester_actor(caller())
    return answer(command("ticketing", "add_request_message", args, on_behalf_of=actor), 201)


@blueprint.operation("POST", "/<number:number>/urges", errors=(404, 429), is_command=True)
@requires("request.own")
@blueprint.arguments(Urge)
@blueprint.response(200, RequestView)
def urge_request(urge: dict[str, Any], number: str) -> Response:
    """Ask how an own request goes (催单); not oftener than the settings allow."""
    return answer(_change("urge_request", {"number": number, **urge}))


@blueprint.operation("POST", "/<number:number>/withdrawal", errors=(404,), is_command=True)
@requires("request.own")
@blueprint.arguments(Withdrawal)
@blueprint.response(200, RequestView)
def withdraw_request(withdrawal: dict[str, Any], number: str) -> Response:
    """Need an own request no longer (撤销): it is closed."""
    return answer(_change("withdraw_request", {"number": number, **withdrawal}))


@blueprint.operation("POST", "/<number:number>/confirmation", errors=(404,), is_command=True)
@requires("request.own")
@blueprint.arguments(RequestConfirmation)
@blueprint.response(200, RequestView)
def confirm_request(confirmation: dict[str, Any], number: str) -> Response:
    """Say whether an own request is solved; if it is not, work goes on."""
    return answer(_change("confirm_request", {"number": number, **confirmation}))


@blueprint.operation("POST", "/uploads", errors=(400, 413, 415, 422))
@blueprint.doc(requestBody=UPLOAD_BODY)
@requires("request.own")
@blueprint.response(201, Attachment)
def upload_request_file() -> Response:
    """Upload a file, of at most 50 MB by default, to attach within 48 hours."""
    actor = requester_actor(caller())
    staged = command("ticketing", "stage_request_attachment", store_upload(), on_behalf_of=actor)
    return answer(staged, 201)


@blueprint.operation(
    "GET",
    "/attachments/<uuid:attachment_id>",
    errors=(404, 416),
    parameters=[RANGE_HEADERS],
)
@requires("request.own")
@blueprint.arguments(DownloadQuery, location="query")
@blueprint.response(200, BYTES, content_type="*/*")
@blueprint.alt_response(206, schema=BYTES, content_type="*/*", description="A range of it")
def download_request_file(wanted: dict[str, Any], attachment_id: UUID) -> Response:
    """The bytes of a file of an own request."""
    found = _ask("get_request_attachment", {"attachment_id": str(attachment_id)})
    return serve_attachment(found, is_inline=wanted["inline"])


@blueprint.operation("GET", "/attachments/<uuid:attachment_id>/thumbnail", errors=(404,))
@requires("request.own")
@blueprint.response(200, BYTES, content_type="image/webp")
def download_request_thumbnail(attachment_id: UUID) -> Response:
    """A small picture of a file of an own request."""
    return serve_thumbnail(_ask("get_request_attachment", {"attachment_id": str(attachment_id)}))


def _survey_of(found: dict[str, Any]) -> str | None:
    """Where a finished request can be rated; a request must be readable without that."""
    if found["status"]["category"] not in _FINISHED:
        return None
    args, actor = {"number": found["number"]}, requester_actor(caller())
    try:
        survey = query("notify", "get_request_survey", args, on_behalf_of=actor)
    except Unavailable:
        return None
    return survey and str(survey["path"])


def _channel() -> str:
    return "portal" if caller().role.kind == "customer" else "internal"


def _change(method: str, args: dict[str, Any]) -> Any:
    return command("ticketing", method, args, on_behalf_of=requester_actor(caller()))


def _ask(method: str, args: dict[str, Any]) -> Any:
    return query("ticketing", method, args, on_behalf_of=requester_actor(caller()))
