"""Reports that are kept under a name: one's own, shared ones, those that are shipped."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.export import (
    NewSavedReport,
    SavedReport,
    SavedReportPage,
    SavedReportQuery,
)

blueprint = ApiBlueprint(
    "saved reports", __name__, url_prefix="/saved-reports", description="Reports that are kept"
)

_ONE = "/<uuid:report_id>"


@blueprint.operation("GET", "")
@requires("report.read")
@blueprint.arguments(SavedReportQuery, location="query")
@blueprint.response(200, SavedReportPage)
def list_saved_reports(wanted: dict[str, Any]) -> Response:
    """The caller's own, shared ones, and those that are shipped."""
    return answer(query("reporting", "list_saved_reports", wanted))


@blueprint.operation("POST", "", is_command=True)
@requires("report.read")
@blueprint.arguments(NewSavedReport)
@blueprint.response(201, SavedReport, headers={**LOCATION_HEADER, **ETAG_HEADER})
def save_report(values: dict[str, Any]) -> Response:
    """Keep a report under a name."""
    made = command("reporting", "save_report", {"values": values})
    return present(made, 201, f"/saved-reports/{made['report_id']}")


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("report.read")
@blueprint.arguments(SavedReportQuery, location="query")
@blueprint.response(200, SavedReport, headers=ETAG_HEADER)
def get_saved_report(wanted: dict[str, Any], report_id: UUID) -> Response:
    """One of them."""
    args = {"report_id": str(report_id), **wanted}
    return present(query("reporting", "get_saved_report", args))


@blueprint.operation("PUT", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("report.read")
@blueprint.arguments(NewSavedReport)
@blueprint.response(200, SavedReport, headers=ETAG_HEADER)
def replace_saved_report(values: dict[str, Any], report_id: UUID) -> Response:
    """The whole report anew; those of others take report.manage."""
    args = {**_versioned(report_id), "values": values}
    return present(command("reporting", "replace_saved_report", args))


@blueprint.operation("DELETE", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("report.read")
@blueprint.response(204)
def remove_saved_report(report_id: UUID) -> Response:
    """Remove it; those of others take report.manage."""
    command("reporting", "remove_saved_report", _versioned(report_id))
    return nothing()


def _versioned(report_id: UUID) -> dict[str, Any]:
    return {"report_id": str(report_id), "version": expected_version(is_required=True)}
