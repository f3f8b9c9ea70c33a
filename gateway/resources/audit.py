"""The operation log: searched, read, taken out as a file. Looking at it is recorded as well."""

import tempfile
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Response, g, request, send_file

from gateway.answers import answer
from gateway.audit import export, search
from gateway.audit.alerts import raise_alert
from gateway.audit.kinds import MASS_EXPORT_ROWS
from gateway.audit.recording import recorded
from gateway.audit.state import seal_state
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.parts import parts
from gateway.resources.attachments import BYTES, disposition
from gateway.schemas.audit import (
    AuditAction,
    AuditExportQuery,
    AuditPage,
    AuditQuery,
    SealState,
)
from libs.common.database.unit_of_work import Database

blueprint = ApiBlueprint("audit", __name__, url_prefix="/audit", description="The operation log")

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
    alarm = partial(_raise_mass_export, parts().database, caller().person_id, request.remote_addr)
    pages = export.read_rows(parts().database, wanted)
    counted = export.counted(pages, told, MASS_EXPORT_ROWS, alarm)
    return _xlsx(counted) if kind == "xlsx" else _csv(counted)


def _csv(pages: Iterator[Any]) -> Response:
    headers = {"Content-Type": _TYPES["csv"], "Content-Disposition": _named("csv")}
    return Response(export.as_csv(pages), headers=headers)


def _xlsx(pages: Iterator[Any]) -> Response:
    # The answer closes it.
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
    try:
        export.write_xlsx(pages, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = send_file(file, mimetype=_TYPES["xlsx"])
    response.headers["Content-Disposition"] = _named("xlsx")
    return response


def _named(ending: str) -> str:
    return disposition(f"audit-{parts().clock():%Y%m%dT%H%M%SZ}.{ending}", is_inline=False)


def _raise_mass_export(database: Database, person_id: UUID, address: str | None) -> None:
    with database.begin() as uow:
        facts = {"rows_above": MASS_EXPORT_ROWS, "source": "audit"}
        raise_alert(uow, "mass_export", person_id=person_id, address=address, facts=facts)
        uow.commit()
