"""Canned replies (常用回复), their folders, and their texts filled in for a ticket."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.kept import (
    CannedReply,
    CannedReplyPage,
    CannedReplyQuery,
    NewCannedReply,
    Rendered,
    Rendering,
    ReplyFolderPage,
    ReplyTrial,
    ReplyVariablePage,
)

blueprint = ApiBlueprint(
    "canned replies", __name__, description="Texts that agents put into their answers"
)

_ALL = "/canned-replies"
_ONE = f"{_ALL}/<uuid:reply_id>"
_PAGE = ("sort", "limit", "cursor")


@blueprint.operation("GET", _ALL)
@requires("canned_reply.use")
@blueprint.arguments(CannedReplyQuery, location="query")
@blueprint.response(200, CannedReplyPage)
def list_canned_replies(wanted: dict[str, Any]) -> Response:
    """The caller's own, those of the caller's groups, and those for all."""
    page: dict[str, Any] = {name: wanted.pop(name) for name in _PAGE if name in wanted}
    return answer(query("ticketing", "list_canned_replies", {"filters": wanted, **page}))


@blueprint.operation("POST", _ALL, is_command=True)
@requires("canned_reply.use")
@blueprint.arguments(NewCannedReply)
@blueprint.response(201, CannedReply, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_canned_reply(values: dict[str, Any]) -> Response:
    """Keep one; for a group or for all this needs canned_reply.manage."""
    made = command("ticketing", "create_canned_reply", {"values": values})
    return present(made, 201, f"/canned-replies/{made['reply_id']}")


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("canned_reply.use")
@blueprint.response(200, CannedReply, headers=ETAG_HEADER)
def get_canned_reply(reply_id: UUID) -> Response:
    """One of them."""
    return present(query("ticketing", "get_canned_reply", {"reply_id": str(reply_id)}))


@blueprint.operation("PUT", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("canned_reply.use")
@blueprint.arguments(NewCannedReply)
@blueprint.response(200, CannedReply, headers=ETAG_HEADER)
def replace_canned_reply(values: dict[str, Any], reply_id: UUID) -> Response:
    """The whole reply anew; one that others use, too, needs canned_reply.manage."""
    version = expected_version(is_required=True)
    args = {"reply_id": str(reply_id), "version": version, "values": values}
    return present(command("ticketing", "replace_canned_reply", args))


@blueprint.operation("DELETE", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("canned_reply.use")
@blueprint.response(204)
def remove_canned_reply(reply_id: UUID) -> Response:
    """Remove one; answers that it was used in stay as they are."""
    version = expected_version(is_required=True)
    command("ticketing", "remove_canned_reply", {"reply_id": str(reply_id), "version": version})
    return nothing()


@blueprint.operation("POST", f"{_ONE}/renderings", errors=(404,))
@requires("canned_reply.use")
@blueprint.arguments(Rendering)
@blueprint.response(200, Rendered)
def render_canned_reply(rendering: dict[str, Any], reply_id: UUID) -> Response:
    """The text with a ticket's values, to be put into an answer."""
    args = {"reply_id": str(reply_id), **rendering}
    return answer(query("ticketing", "render_canned_reply", args))


@blueprint.operation("POST", f"{_ALL}/trials", errors=(404,))
@requires("canned_reply.use")
@blueprint.arguments(ReplyTrial)
@blueprint.response(200, Rendered)
def try_canned_reply(trial: dict[str, Any]) -> Response:
    """A text that is being written, with a ticket's values."""
    return answer(query("ticketing", "try_canned_reply", trial))


@blueprint.operation("GET", "/canned-reply-folders")
@requires("canned_reply.use")
@blueprint.response(200, ReplyFolderPage)
def list_reply_folders() -> Response:
    """The folders of the replies that the caller may use."""
    return answer(query("ticketing", "list_reply_folders"))


@blueprint.operation("GET", "/text-variables")
@requires("canned_reply.use")
@blueprint.response(200, ReplyVariablePage)
def list_text_variables() -> Response:
    """What the texts of canned replies and macros may hold."""
    return answer(query("ticketing", "list_text_variables"))
