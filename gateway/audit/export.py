"""Takes entries out as a file: CSV of any length, XLSX as far as it goes; in constant memory.

Rows are read a page at a time, so that a slow reader holds no transaction open.
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Row

from gateway.audit.entry import FIELDS
from gateway.audit.search import Filters, find_rows, place_of, resolve_actor
from libs.common.cells import neutral
from libs.common.database.unit_of_work import Database
from libs.common.errors import field_error

XLSX_ROWS = 1_048_575  # the format's own limit, less the head
HEAD = (*FIELDS, "position")

_PAGE = 2_000


def read_rows(database: Database, filters: Filters) -> Iterator[list[Row[Any]]]:
    """Pages of entries, the newest first."""
    with database.begin(read_only=True) as uow:
        wanted = resolve_actor(uow.session, filters)
    after = None
    while True:
        with database.begin(read_only=True, timeout=60) as uow:
            page = list(find_rows(uow.session, wanted, _PAGE, after))
        if page:
            yield page
        if len(page) < _PAGE:
            return
        after = place_of(page[-1])


def as_csv(pages: Iterator[list[Row[Any]]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with the mark by which Excel knows it."""
    yield b"\xef\xbb\xbf" + _lines([HEAD])
    for page in pages:
        yield _lines([[_cell(value) for value in row] for row in page])


def write_xlsx(pages: Iterator[list[Row[Any]]], target: BinaryIO) -> None:
    """A workbook with one sheet; raises InvalidInput where the format ends."""
    # Few need it, and it takes memory.
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        sheet = book.add_worksheet("audit")
        sheet.write_row(0, 0, HEAD)
        number = 0
        for page in pages:
            for row in page:
                number += 1
                if number > XLSX_ROWS:
                    raise field_error("format", f"xlsx ends at {XLSX_ROWS} rows; take csv")
                for column, value in enumerate(row):
                    _write_cell(sheet, number, column, value)


def counted(
    pages: Iterator[list[Row[Any]]], told: dict[str, Any], most: int, alarm: Callable[[], None]
) -> Iterator[list[Row[Any]]]:
    """The same pages; `told["rows"]` counts, and beyond `most` the alarm is raised once."""
    for page in pages:
        told["rows"] += len(page)
        if told["rows"] - len(page) <= most < told["rows"]:
            alarm()
        yield page


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
