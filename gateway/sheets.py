"""Tables as files, in constant memory: CSV of any length, XLSX as far as the format goes."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO, cast

from flask import Response, request, send_file

from gateway.audit.alerts import raise_alert
from gateway.audit.kinds import MASS_EXPORT_ROWS
from gateway.auth.guard import caller
from gateway.disposition import disposition
from gateway.parts import parts
from libs.common.cells import neutral
from libs.common.errors import field_error

XLSX_ROWS = 1_048_575  # the format's own limit, less the head

Pages = Iterator[Sequence[Sequence[Any]]]

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def answer_sheet(name: str, kind: str, head: Sequence[str], pages: Pages) -> Response:
    """The table as a download called `name` with the time; what pages raise at first is raised."""
    if kind == "xlsx":
        response = _answer_xlsx(name, head, pages)
    else:
        response = Response(as_csv(head, pages), headers={"Content-Type": _TYPES["csv"]})
    title = f"{name}-{parts().clock():%Y%m%dT%H%M%SZ}.{kind}"
    response.headers["Content-Disposition"] = disposition(title, is_inline=False)
    return response


def counted(pages: Pages, told: dict[str, Any], source: str) -> Pages:
    """The same pages; `told["rows"]` counts, and of many the caller's superiors are told once."""
    database, person_id, address = parts().database, caller().person_id, request.remote_addr

    def alarm() -> None:
        facts = {"rows_above": MASS_EXPORT_ROWS, "source": source}
        with database.begin() as uow:
            raise_alert(uow, "mass_export", person_id=person_id, address=address, facts=facts)
            uow.commit()

    return count_pages(pages, told, MASS_EXPORT_ROWS, alarm)


def count_pages(pages: Pages, told: dict[str, Any], most: int, alarm: Callable[[], None]) -> Pages:
    """The same pages; beyond `most` rows the alarm is raised once."""
    for page in pages:
        told["rows"] += len(page)
        if told["rows"] - len(page) <= most < told["rows"]:
            alarm()
        yield page


def as_csv(head: Sequence[str], pages: Pages) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with the mark by which Excel knows it."""
    yield b"\xef\xbb\xbf" + _lines([head])
    for page in pages:
        yield _lines([[_cell(value) for value in row] for row in page])


def write_xlsx(name: str, head: Sequence[str], pages: Pages, target: BinaryIO) -> None:
    """A workbook with one sheet; raises InvalidInput where the format ends."""
    # Few need it, and it takes memory.
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, head)
        number = 0
        for page in pages:
            for row in page:
                number += 1
                if number > XLSX_ROWS:
                    raise field_error("format", f"xlsx ends at {XLSX_ROWS} rows; take csv")
                for column, value in enumerate(row):
                    _write_cell(sheet, number, column, value)


def _answer_xlsx(name: str, head: Sequence[str], pages: Pages) -> Response:
    # The answer closes it.
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
    try:
        write_xlsx(name, head, pages, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return send_file(file, mimetype=_TYPES["xlsx"])


def _lines(rows: list[Any]) -> bytes:
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows(rows)
    return lines.getvalue().encode()


def _cell(value: Any) -> str | int:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int) else neutral(str(value))


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    cell = _cell(value)
    if isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, cell)
