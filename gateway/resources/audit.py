"""The operation log: searched, read, taken out as a file. Looking at it is recorded as well."""

from typing import Any
from uuid import UUID

from flask import Response, g

from gateway.answers import answer
from gateway.audit import export, search
from gateway.audit.recording import recorded
from gateway.audit.state import seal_state
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.parts import parts
from gateway.resources.attachments import BYTES
from gateway.schemas.audit import (
    AuditAction,
    AuditExportQuery,
    AuditPage,
    AuditQuery,
    SealState,
)
from gateway.sheets import answer_sheet, counted

blueprint = ApiBlueprint("audit", __name__, url_prefix="/audit", description="The operation log")


@blueprint.operation("GET", "/entries")
@recorded
@requires("audit.read")
@blueprint.arguments(AuditQuery, location="query")
@blueprint.response(200, AuditPage)
def list_audit_entries(wanted: dict[str, Any]) -> Response:
    """Entries of the operation log, the newest first."""
    limit, cursor = wanted.pop("limit"), wanted.pop("cursor", None)
    with parts().database.begin(read_only=True) as uow:
        return answer(search.search_entries(uow.session, wanted, limit, cursor))


@blueprint.operation("GET", "/entries/<uuid:entry_id>", errors=(404,))
@requires("audit.read")
@blueprint.response(200, AuditAction)
def get_audit_entry(entry_id: UUID) -> Response:
    """An entry with the others of its action."""
    with parts().database.begin(read_only=True) as uow:
        return answer(search.get_entry(uow.session, entry_id))


@blueprint.operation("GET", "/seals")
@requires("audit.read")
@blueprint.response(200, SealState)
def get_seal_state() -> Response:
    """How far the log is sealed, and what the last verification found."""
    with parts().database.begin(read_only=True) as uow:
        return answer(seal_state(uow.session))


@blueprint.operation("GET", "/export")
@recorded
@requires("audit.export")
@blueprint.arguments(AuditExportQuery, location="query")
@blueprint.response(200, BYTES, content_type="*/*")
def export_audit_entries(wanted: dict[str, Any]) -> Response:
    """The same entries as a file: CSV, or XLSX up to 1,048,575 rows."""
    kind = wanted.pop("format")
    told = {"format": kind, "rows": 0}
    g.audit = {"after": told}
    pages = counted(export.read_rows(parts().database, wanted), told, "audit")
    return answer_sheet("audit", kind, export.HEAD, pages)
