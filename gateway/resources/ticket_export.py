"""A list of tickets as a file, however long it is. Taking it away is recorded."""

from typing import Any

from flask import Response, g

from gateway.audit.recording import recorded
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.parts import parts
from gateway.request_ids import request_id
from gateway.resources.attachments import BYTES
from gateway.schemas.ticket_work import TicketExportQuery
from gateway.sheets import Pages, answer_sheet, counted
from gateway.ticket_sheet import TicketSheet, all_pages

blueprint = ApiBlueprint("ticket export", __name__, description="Tickets as files")

_PAGE = 100
_TIMEOUT = 20.0  # seconds for a page: nobody waits at a screen


@blueprint.operation("GET", "/ticket-export")
@recorded
@requires("ticket.export")
@blueprint.arguments(TicketExportQuery, location="query")
@blueprint.response(200, BYTES, content_type="*/*")
def export_tickets(wanted: dict[str, Any]) -> Response:
    """The tickets that fit all filters and that the caller may see: CSV, or XLSX to its end."""
    kind, sort = wanted.pop("format"), wanted.pop("sort")
    told = {"format": kind, "rows": 0}
    g.audit = {"after": told}
    labels = query("ticketing", "list_statuses")["items"]
    sheet = TicketSheet(
        caller().language, parts().business_zone, {one["key"]: one["label"] for one in labels}
    )
    pages = counted(_rows(sheet, wanted, sort), told, "tickets")
    return answer_sheet("tickets", kind, sheet.head(), pages)


def _rows(sheet: TicketSheet, filters: dict[str, Any], sort: str) -> Pages:
    """Read while the file is sent, when the request itself is over."""
    rpc, actor, asked_by = parts().rpc, caller().actor, request_id()
    wanted = {"filters": filters, "sort": sort, "limit": _PAGE}

    def ask(cursor: str | None) -> dict[str, Any]:
        args = {**wanted, "cursor": cursor}
        page: dict[str, Any] = rpc.query(
            "ticketing", "list_tickets", args, actor=actor, request_id=asked_by, timeout=_TIMEOUT
        )
        return page

    pages = ([sheet.row(one) for one in page] for page in all_pages(ask))
    return begun(pages)


def begun(pages: Pages) -> Pages:
    """The first page is read at once: what is wrong with the filters is told before the file."""
    first = next(pages, None)

    def all_of() -> Pages:
        if first is not None:
            yield first
        yield from pages

    return all_of()
