"""Tickets from a spreadsheet: a preview first, then row by row in the background."""

import csv
import hashlib
import io
from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.disposition import disposition
from gateway.one_file import FILE_BODY, one_file
from gateway.organisation.importing.files import Limits, read_sheet
from gateway.own_commands import carry_out
from gateway.parts import parts
from gateway.resources.attachments import BYTES
from gateway.resources.uploads import clean_name
from gateway.schemas.ticket_import import (
    TicketImport,
    TicketImportPage,
    TicketImportQuery,
    TicketImportRowPage,
    TicketImportRowQuery,
    TicketImportStart,
    TicketTemplateQuery,
)
from gateway.ticket_import import keeping
from gateway.ticket_import.categories import Categories
from gateway.ticket_import.columns import Columns, find_columns, heads
from gateway.ticket_import.rows import TEXT_LIMIT, read_rows
from libs.common.database.unit_of_work import UnitOfWork

blueprint = ApiBlueprint(
    "ticket imports", __name__, url_prefix="/ticket-imports", description="Tickets from files"
)

_MEGABYTE = 1024 * 1024
LIMITS = Limits(
    file=20 * _MEGABYTE,
    unpacked=80 * _MEGABYTE,
    rows=20_000,
    cell=TEXT_LIMIT + 1,
    keeps_lines=True,
)
_ONE = "/<uuid:import_id>"


@blueprint.operation("GET", "/template")
@requires("ticket.import")
@blueprint.arguments(TicketTemplateQuery, location="query")
@blueprint.response(200, BYTES, content_type="text/csv")
def get_ticket_import_template(wanted: dict[str, str]) -> Response:
    """An empty file with the columns that an import knows."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(heads(wanted["language"]))
    name = "工单导入模板.csv" if wanted["language"] == "zh" else "tickets.csv"
    headers = {"Content-Disposition": disposition(name, is_inline=False)}
    content = text.getvalue().encode("utf-8-sig")
    return Response(content, headers=headers, content_type="text/csv; charset=utf-8")


@blueprint.operation("GET", "")
@requires("ticket.import")
@blueprint.arguments(TicketImportQuery, location="query")
@blueprint.response(200, TicketImportPage)
def list_ticket_imports(page: dict[str, Any]) -> Response:
    """Imports of the last month, the newest first."""
    with parts().database.begin(read_only=True) as uow:
        return answer(keeping.list_imports(uow.session, page["limit"], page.get("cursor")))


@blueprint.operation("POST", "", errors=(400, 413, 415, 422), is_command=True)
@blueprint.doc(requestBody=FILE_BODY)
@requires("ticket.import")
@blueprint.response(201, TicketImport)
def create_ticket_import() -> Response:
    """Read a CSV or XLSX file of up to 20 MB and 20,000 rows; nothing is imported yet.

    Columns: subject, description, customer name, phone or mail address; type, urgency, channel;
    category, by its path (`售后/产品维修`), its name or its id; custom fields under heads such as
    `字段:订单号` (`field:order_no`).
    """
    file = one_file(LIMITS.file)
    content = file.stream.read(LIMITS.file + 1)
    sheet = read_sheet(content, LIMITS)
    columns = find_columns(sheet.head)
    rows = read_rows(columns, sheet.rows, _categories(columns))
    name, person = clean_name(file.filename or ""), (caller().person_id, caller().name)
    arguments = {"name": name, "sha256": hashlib.sha256(content).hexdigest()}

    def work(uow: UnitOfWork) -> dict[str, Any]:
        made = keeping.keep_import(
            uow.session,
            parts().sealing.ring,
            parts().clock(),
            person=person,
            name=name,
            columns=columns,
            rows=rows,
        )
        return made | {"audit": _told(made)}

    return answer(carry_out("create_ticket_import", arguments, work), 201)


def _categories(columns: Columns) -> Categories:
    """Asked for only where the file names some."""
    if "category" not in columns.places:
        return Categories()
    return Categories(query("ticketing", "list_ticket_categories", {})["items"])


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("ticket.import")
@blueprint.response(200, TicketImport)
def get_ticket_import(import_id: UUID) -> Response:
    """One with how far it is."""
    with parts().database.begin(read_only=True) as uow:
        return answer(keeping.show_import(uow.session, import_id))


@blueprint.operation("GET", f"{_ONE}/rows", errors=(404,))
@requires("ticket.import")
@blueprint.arguments(TicketImportRowQuery, location="query")
@blueprint.response(200, TicketImportRowPage)
def list_ticket_import_rows(wanted: dict[str, Any], import_id: UUID) -> Response:
    """Its rows in the order of the file, perhaps those of one state."""
    with parts().database.begin(read_only=True) as uow:
        return answer(
            keeping.list_rows(
                uow.session,
                parts().sealing.ring,
                import_id,
                wanted.get("state"),
                wanted["limit"],
                wanted.get("cursor"),
            )
        )


@blueprint.operation("POST", f"{_ONE}/start", errors=(404,), is_command=True)
@requires("ticket.import")
@blueprint.arguments(TicketImportStart)
@blueprint.response(200, TicketImport)
def start_ticket_import(wanted: dict[str, bool], import_id: UUID) -> Response:
    """Register its rows as tickets, one after another in the background."""

    def work(uow: UnitOfWork) -> dict[str, Any]:
        begun = keeping.start_import(
            uow.session, import_id, parts().clock(), skips_errors=wanted["skip_errors"]
        )
        return begun | {"audit": _told(begun)}

    return answer(carry_out("start_ticket_import", {"import_id": import_id, **wanted}, work))


@blueprint.operation("POST", f"{_ONE}/cancel", errors=(404,), is_command=True)
@requires("ticket.import")
@blueprint.response(200, TicketImport)
def cancel_ticket_import(import_id: UUID) -> Response:
    """Leave the rest out; tickets that are there stay."""

    def work(uow: UnitOfWork) -> dict[str, Any]:
        ended = keeping.cancel_import(uow.session, import_id, parts().clock())
        return ended | {"audit": _told(ended)}

    return answer(carry_out("cancel_ticket_import", {"import_id": import_id}, work))


@blueprint.operation("DELETE", _ONE, errors=(404,), is_command=True)
@requires("ticket.import")
@blueprint.response(204)
def remove_ticket_import(import_id: UUID) -> Response:
    """Forget the file and what it held; tickets that are there stay."""

    def work(uow: UnitOfWork) -> dict[str, Any]:
        name = keeping.remove_import(uow.session, import_id)
        told = {"object": str(import_id), "before": {"name": name}, "after": {}}
        return {"audit": told}

    carry_out("remove_ticket_import", {"import_id": import_id}, work)
    return Response(status=204)


def _told(shown: dict[str, Any]) -> dict[str, Any]:
    kept = {name: shown[name] for name in ("name", "state", "total")}
    return {"object": str(shown["import_id"]), "before": {}, "after": kept}
