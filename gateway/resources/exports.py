"""Exports: ordered, watched, fetched, removed. Taking much away is told to whoever watches."""

from typing import Any
from uuid import UUID

from flask import Response, g, request

from gateway.answers import answer, nothing
from gateway.audit.alerts import raise_alert
from gateway.audit.kinds import MASS_EXPORT_ROWS
from gateway.audit.recording import recorded
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.disposition import disposition
from gateway.parts import parts
from gateway.preconditions import LOCATION_HEADER
from gateway.resources.attachments import BYTES
from gateway.schemas.export import Export, ExportPage, ExportQuery, NewExport

blueprint = ApiBlueprint(
    "exports", __name__, url_prefix="/exports", description="Reports and tickets as files"
)

_ONE = "/<uuid:export_id>"


@blueprint.operation("GET", "")
@requires("report.export")
@blueprint.arguments(ExportQuery, location="query")
@blueprint.response(200, ExportPage)
def list_exports(wanted: dict[str, Any]) -> Response:
    """The caller's own, the newest first."""
    return answer(query("reporting", "list_exports", wanted))


@blueprint.operation("POST", "", errors=(429,), is_command=True)
@requires("report.export")
@blueprint.arguments(NewExport)
@blueprint.response(202, Export, headers=LOCATION_HEADER)
def create_export(values: dict[str, Any]) -> Response:
    """Order a file; it is written in the background with what the caller may see now."""
    made = command("reporting", "create_export", {"values": values})
    return answer(made, 202, {"Location": f"/api/v1/exports/{made['export_id']}"})


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("report.export")
@blueprint.response(200, Export)
def get_export(export_id: UUID) -> Response:
    """How far it is."""
    return answer(query("reporting", "get_export", {"export_id": str(export_id)}))


@blueprint.operation("DELETE", _ONE, errors=(404,), is_command=True)
@requires("report.export")
@blueprint.response(204)
def remove_export(export_id: UUID) -> Response:
    """Cancel it; if it is finished already, remove it with its file."""
    command("reporting", "remove_export", {"export_id": str(export_id)})
    return nothing()


@blueprint.operation("GET", f"{_ONE}/file", errors=(404, 410))
@recorded
@requires("report.export")
@blueprint.response(200, BYTES, content_type="*/*")
def download_export(export_id: UUID) -> Response:
    """The file."""
    found = query("reporting", "get_export_file", {"export_id": str(export_id)})
    g.audit = {"after": {"name": found["name"], "rows": found["rows"]}}
    if found["rows"] > MASS_EXPORT_ROWS:
        _tell_mass_export()
    headers = {
        "Content-Type": found["media_type"],
        "Content-Length": str(found["size"]),
        "Content-Disposition": disposition(found["name"], is_inline=False),
    }
    return Response(parts().blobs.stream(found["blob_key"]), headers=headers)


def _tell_mass_export() -> None:
    facts = {"rows_above": MASS_EXPORT_ROWS, "source": "reporting"}
    person_id, address = caller().person_id, request.remote_addr
    with parts().database.begin() as uow:
        raise_alert(uow, "mass_export", person_id=person_id, address=address, facts=facts)
        uow.commit()
