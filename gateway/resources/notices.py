"""What the system has to tell the caller."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.notice import NoticePage, NoticeQuery

blueprint = ApiBlueprint("notices", __name__, description="Notices to the caller")


@blueprint.operation("GET", "/notices")
@requires("notice.read")
@blueprint.arguments(NoticeQuery, location="query")
@blueprint.response(200, NoticePage)
def list_notices(wanted: dict[str, Any]) -> Response:
    """The caller's newest notices."""
    return answer(query("notify", "list_notices", wanted))


@blueprint.operation("PUT", "/notices/<uuid:notice_id>/read", errors=(404,), is_command=True)
@requires("notice.read")
@blueprint.response(204)
def read_notice(notice_id: UUID) -> Response:
    """The caller has read it."""
    command("notify", "read_notice", {"notice_id": str(notice_id)})
    return nothing()


@blueprint.operation("PUT", "/notices/read", is_command=True)
@requires("notice.read")
@blueprint.response(204)
def read_all_notices() -> Response:
    """The caller has read all there are now."""
    command("notify", "read_all_notices")
    return nothing()
