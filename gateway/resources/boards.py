"""Boards for supervisors: who is there, what waits, what is late."""

from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.schemas.board import DispatchBoard, GroupBoard, SlaBoard

blueprint = ApiBlueprint("boards", __name__, description="How the groups stand now")


@blueprint.operation("GET", "/dispatch/board")
@requires("board.read")
@blueprint.response(200, DispatchBoard)
def get_dispatch_board() -> Response:
    """Of each group: members, load, what waits and for how long."""
    return answer(query("dispatch", "get_board"))


@blueprint.operation("GET", "/dispatch/board/groups/<uuid:group_id>", errors=(404,))
@requires("board.read")
@blueprint.response(200, GroupBoard)
def get_group_board(group_id: UUID) -> Response:
    """A group with its members and the first tickets that wait."""
    return answer(query("dispatch", "get_group_board", {"group_id": str(group_id)}))


@blueprint.operation("GET", "/sla/board")
@requires("board.read")
@blueprint.response(200, SlaBoard)
def get_sla_board() -> Response:
    """Of each group: what runs, what is due soon, what is overdue."""
    return answer(query("sla", "get_sla_board"))
