"""Documents that customers send by a link, without a login; asked for and closed by staff."""

import hashlib
import re
from typing import Any
from uuid import UUID

from flask import Response, request

from gateway.answers import answer
from gateway.auth.access import public, requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, command_id_of_request, query, without_audit
from gateway.parts import parts
from gateway.request_ids import request_id
from gateway.resources.uploads import UPLOAD_BODY, store_upload
from gateway.schemas.entry import Attachment
from gateway.schemas.material import (
    NewUploadRequest,
    UploadPage,
    UploadRequest,
    UploadRequestList,
    UploadSubmission,
)
from libs.common.actor import Actor
from libs.common.errors import Gone, NotFound

blueprint = ApiBlueprint("upload requests", __name__, description="Documents from customers")

# Whoever has the link: the gateway asks for them, and may nothing else.
_SOMEBODY = Actor(
    subject=None,
    name="网关",
    kind="gateway",
    permissions=frozenset({"material.open", "material.send"}),
)
_TOKEN = re.compile(r"tdu_[A-Za-z0-9_-]{43}", re.ASCII)
_TIMEOUT = 8.0  # seconds
_OF_TICKET = "/tickets/<number:number>/upload-requests"


@blueprint.operation("GET", _OF_TICKET, errors=(404,))
@requires("ticket.read")
@blueprint.response(200, UploadRequestList)
def list_upload_requests(number: str) -> Response:
    """What the customer was asked for, and whether it has come."""
    return answer(query("ticketing", "list_materials", {"number": number}))


@blueprint.operation("POST", _OF_TICKET, errors=(404,), is_command=True)
@requires("ticket.reply")
@blueprint.arguments(NewUploadRequest)
@blueprint.response(201, UploadRequest)
def request_upload(wanted: dict[str, Any], number: str) -> Response:
    """Write to the customer, on their channel, with a link by which they upload once."""
    site = parts().login.public_url or request.host_url
    args = {"number": number, **wanted, "site": site.rstrip("/")}
    return answer(command("ticketing", "request_material", args), 201)


@blueprint.operation(
    "DELETE", f"{_OF_TICKET}/<uuid:upload_request_id>", errors=(404,), is_command=True
)
@requires("ticket.reply")
@blueprint.response(200, UploadRequest)
def revoke_upload_request(number: str, upload_request_id: UUID) -> Response:
    """The link leads nowhere any more."""
    args = {"number": number, "request_id": str(upload_request_id)}
    return answer(command("ticketing", "revoke_material", args))


@blueprint.operation("GET", "/upload-requests/<token>", errors=(404, 429))
@public
@blueprint.response(200, UploadPage)
def open_upload_page(token: str) -> Response:
    """What a link leads to; nothing of the ticket but its number."""
    return answer(_page(token))


@blueprint.operation(
    "POST", "/upload-requests/<token>/files", errors=(400, 404, 410, 413, 415, 422, 429)
)
@blueprint.doc(requestBody=UPLOAD_BODY)
@public
@blueprint.response(201, Attachment)
def upload_by_link(token: str) -> Response:
    """One file, of a kind that was asked for by what its bytes are.

    It is on the ticket only once it is named in the submission.
    """
    page = _page(token)
    # Before anything is stored: a link that is over takes no room.
    if page["state"] != "open":
        raise Gone(f"material.{page['state']}", f"this link is {page['state']}")
    staged = _command(token, "stage_material", store_upload())
    return answer(without_audit(staged), 201)


@blueprint.operation(
    "POST", "/upload-requests/<token>/submission", errors=(404, 410, 429), is_command=True
)
@public
@blueprint.arguments(UploadSubmission)
@blueprint.response(200, UploadPage)
def submit_by_link(given: dict[str, Any], token: str) -> Response:
    """All is there: the files go onto the ticket, and the link has done its work."""
    ids = [str(one) for one in given["attachment_ids"]]
    return answer(_command(token, "send_material", {**given, "attachment_ids": ids}))


def _page(token: str) -> dict[str, Any]:
    args = {"token": _known(token)}
    page: dict[str, Any] = query("ticketing", "get_material_page", args, on_behalf_of=_SOMEBODY)
    return page


def _command(token: str, method: str, given: dict[str, Any]) -> Any:
    return parts().rpc.command(
        "ticketing",
        method,
        {"token": _known(token), **given},
        actor=_SOMEBODY,
        command_id=_command_id(token),
        request_id=request_id(),
        timeout=_TIMEOUT,
    )


def _command_id(token: str) -> str:
    """Of this link alone: nobody vouches for who sent the key, and others may have the same."""
    return hashlib.sha256(f"{token}:{command_id_of_request()}".encode()).hexdigest()


def _known(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise NotFound("material.unknown", "there is no such link")
    return token
