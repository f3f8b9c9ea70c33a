"""Workbooks: real numbers, percent, durations and dates; charts; any number of lines."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from libs.common.cells import neutral
from services.reporting.clients.tables import DAY, INSTANT, TEXT, YES_NO, Column, Table

# The format's own limit, less the head; what is more goes on in another sheet.
SHEET_ROWS = 1_048_575
_FORMATS = {
    TEXT: "@",
    DAY: "yyyy-mm-dd",
    INSTANT: "yyyy-mm-dd hh:mm:ss",
    YES_NO: "0",
    "count": "#,##0",
    "average": "#,##0.0",
    "seconds": "[h]:mm:ss",
    "share": "0.0%",
    "score": "0.00",
    "points": "0.0",
}
_DAY_SECONDS = 86_400
_WIDTHS = {TEXT: 18, DAY: 12, INSTANT: 20}
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    # What was not a number (a mean of nothing) is left empty before it comes here.
    "nan_inf_to_errors": True,
}


class Book:
    """A workbook on its way into a file; close it, or what stands there is none.

    `is_long`: lines are let go as they are written, so memory does not grow with them.
    """

    def __init__(self, target: BinaryIO, *, is_long: bool = False) -> None:
        self._book = Workbook(target, {**_OPTIONS, "constant_memory": is_long})
        self._formats: dict[tuple[str, bool], Format] = {}
        self._head = self._book.add_format(
            {"bold": True, "bg_color": "#E8EEF7", "bottom": 1, "text_wrap": True, "valign": "top"}
        )

    def add_table(self, table: Table) -> Worksheet:
        """A sheet with a small table, its totals in bold."""
        sheet = self._begin(table.title, table.columns)
        for place, row in enumerate(table.rows, 1):
            self._write(sheet, place, table.columns, row)
        if table.total is not None:
            self._write(sheet, len(table.rows) + 1, table.columns, table.total, is_bold=True)
        return sheet

    def add_lines(
        self,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        most: int = SHEET_ROWS,
    ) -> int:
        """As many lines as there are, in as many sheets as they need; returns how many."""
        sheet, place, count, number = self._begin(title, columns), 0, 0, 1
        for row in rows:
            if place == most:
                number, place = number + 1, 0
                sheet = self._begin(f"{title} {number}", columns)
            place, count = place + 1, count + 1
            self._write(sheet, place, columns, row)
        return count

    def add_facts(self, title: str, heads: Sequence[str], facts: Iterable[Sequence[str]]) -> None:
        """A sheet to be read: words, no figures."""
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        sheet = self._book.add_worksheet(title)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 16)
        sheet.set_column(2, 2, 90)
        sheet.write_row(0, 0, heads, self._head)
        for place, fact in enumerate(facts, 1):
            for column, words in enumerate(fact):
                sheet.write_string(place, column, neutral(words), wrapped)

    def add_sheet(self, title: str) -> Worksheet:
        """An empty one, for charts."""
        return self._book.add_worksheet(title)

    def make_chart(self, kind: str) -> Any:
        """Of a kind that the format has: column, line, pie, radar."""
        return self._book.add_chart({"type": kind})

    def number_format(self, unit: str) -> str:
        """How values of a unit are shown."""
        return _FORMATS[unit]

    def close(self) -> None:
        """Write what is left."""
        self._book.close()

    def _begin(self, title: str, columns: Sequence[Column]) -> Worksheet:
        sheet = self._book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _WIDTHS.get(column.unit, 14))
        sheet.write_row(0, 0, [neutral(column.label) for column in columns], self._head)
        return sheet

    def _write(
        self,
        sheet: Worksheet,
        place: int,
        columns: Sequence[Column],
        row: Sequence[Any],
        *,
        is_bold: bool = False,
    ) -> None:
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            shown = self._format(column.unit, is_bold)
            if isinstance(value, date | datetime):
                sheet.write_datetime(place, at, value, shown)
            elif isinstance(value, int | float):
                sheet.write_number(place, at, _number(column.unit, value), shown)
            elif value:
                sheet.write_string(place, at, neutral(str(value)), shown)

    def _format(self, unit: str, is_bold: bool) -> Format:
        if (unit, is_bold) not in self._formats:
            wanted: dict[str, Any] = {"num_format": _FORMATS[unit]}
            if is_bold:
                wanted |= {"bold": True, "top": 1}
            self._formats[unit, is_bold] = self._book.add_format(wanted)
        return self._formats[unit, is_bold]


def _number(unit: str, value: float) -> float:
    """Durations are days to a spreadsheet."""
    return value / _DAY_SECONDS if unit == "seconds" else value
