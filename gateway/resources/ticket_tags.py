"""Known tags of tickets: offered while people write, renamed and merged by whoever manages them."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.ticket_tag import NewTag, Tag, TagChanges, TagMerge, TagPage, TagQuery, TagUse
from gateway.uses import with_uses

blueprint = ApiBlueprint("tags", __name__, url_prefix="/tags", description="Known tags of tickets")

_ONE = "/<uuid:tag_id>"


@blueprint.operation("GET", "")
@requires("ticket.list")
@blueprint.arguments(TagQuery, location="query")
@blueprint.response(200, TagPage)
def list_tags(wanted: dict[str, Any]) -> Response:
    """Those that begin so, by name."""
    return answer(query("ticketing", "list_tags", wanted))


@blueprint.operation("POST", "", errors=(409,), is_command=True)
@requires("tag.manage")
@blueprint.arguments(NewTag)
@blueprint.response(201, Tag, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_tag(values: dict[str, Any]) -> Response:
    """One more."""
    made = command("ticketing", "create_tag", {"values": values})
    return present(made, 201, f"/tags/{made['tag_id']}")


@blueprint.operation(
    "PATCH", _ONE, errors=(*EDIT_ERRORS, 409), is_command=True, parameters=IF_MATCH
)
@requires("tag.manage")
@blueprint.arguments(TagChanges)
@blueprint.response(200, Tag, headers=ETAG_HEADER)
def edit_tag(changes: dict[str, Any], tag_id: UUID) -> Response:
    """Another name or colour; put it away, or offer it again."""
    version = expected_version(is_required=True)
    args = {"tag_id": str(tag_id), "version": version, "changes": changes}
    return present(with_uses(command("ticketing", "edit_tag", args)))


@blueprint.operation(
    "POST", f"{_ONE}/merges", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("tag.manage")
@blueprint.arguments(TagMerge)
@blueprint.response(200, Tag)
def merge_tag(given: dict[str, Any], tag_id: UUID) -> Response:
    """Have it become another: the list at once, tickets little by little. Answers the other."""
    version = expected_version(is_required=True)
    args = {"tag_id": str(tag_id), "version": version, "into": str(given["into"])}
    return answer(with_uses(command("ticketing", "merge_tag", args)))


@blueprint.operation("GET", f"{_ONE}/use", errors=(404,))
@requires("tag.manage")
@blueprint.response(200, TagUse)
def get_tag_use(tag_id: UUID) -> Response:
    """Who would miss it."""
    return answer(with_uses(query("ticketing", "get_tag_use", {"tag_id": str(tag_id)})))
