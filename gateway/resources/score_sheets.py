"""Score sheets (评分表) of quality checks."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.quality import NewScoreSheet, ScoreSheet, ScoreSheetPage

blueprint = ApiBlueprint(
    "score sheets",
    __name__,
    url_prefix="/score-sheets",
    description="By what the handling of tickets is judged",
)

_ONE = "/<uuid:sheet_id>"


@blueprint.operation("GET", "")
@requires("quality.read")
@blueprint.response(200, ScoreSheetPage)
def list_score_sheets() -> Response:
    """All of them by name."""
    return answer(query("ticketing", "list_score_sheets"))


@blueprint.operation("POST", "", is_command=True)
@requires("quality.manage")
@blueprint.arguments(NewScoreSheet)
@blueprint.response(201, ScoreSheet, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_score_sheet(values: dict[str, Any]) -> Response:
    """A draft; it is used once it is published."""
    made = command("ticketing", "create_score_sheet", {"values": values})
    return present(made, 201, f"/score-sheets/{made['sheet_id']}")


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("quality.read")
@blueprint.response(200, ScoreSheet, headers=ETAG_HEADER)
def get_score_sheet(sheet_id: UUID) -> Response:
    """One of them as it is being edited."""
    return present(query("ticketing", "get_score_sheet", {"sheet_id": str(sheet_id)}))


@blueprint.operation("PUT", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("quality.manage")
@blueprint.arguments(NewScoreSheet)
@blueprint.response(200, ScoreSheet, headers=ETAG_HEADER)
def replace_score_sheet(values: dict[str, Any], sheet_id: UUID) -> Response:
    """The whole of it anew, for its next version; reviews keep the version they were made with."""
    return present(command("ticketing", "replace_score_sheet", _args(sheet_id, values=values)))


@blueprint.operation(
    "POST", f"{_ONE}/versions", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("quality.manage")
@blueprint.response(200, ScoreSheet, headers=ETAG_HEADER)
def publish_score_sheet(sheet_id: UUID) -> Response:
    """In use from now on as it is."""
    return present(command("ticketing", "publish_score_sheet", _args(sheet_id)))


@blueprint.operation(
    "POST", f"{_ONE}/archive", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("quality.manage")
@blueprint.response(200, ScoreSheet, headers=ETAG_HEADER)
def archive_score_sheet(sheet_id: UUID) -> Response:
    """No longer in use; what has been drawn goes on."""
    return present(command("ticketing", "archive_score_sheet", _args(sheet_id)))


@blueprint.operation(
    "POST", f"{_ONE}/restoration", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("quality.manage")
@blueprint.response(200, ScoreSheet, headers=ETAG_HEADER)
def restore_score_sheet(sheet_id: UUID) -> Response:
    """Back from the archive, as it was: rules that name it draw again."""
    return present(command("ticketing", "restore_score_sheet", _args(sheet_id)))


def _args(sheet_id: UUID, **more: Any) -> dict[str, Any]:
    return {"sheet_id": str(sheet_id), "version": expected_version(is_required=True), **more}
