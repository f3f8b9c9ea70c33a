"""Comma-separated values: RFC 4180 in UTF-8 with the mark by which Excel knows it."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from libs.common.cells import neutral
from services.reporting.clients.tables import YES_NO, Column, Table
from services.reporting.domain.definitions import SECONDS_WORD

_MARK = b"\xef\xbb\xbf"


def write_lines(
    target: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Any]], language: str
) -> int:
    """A head and the rows, of which there may be any number; returns how many."""
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=False)
    target.write(_MARK)
    lines = csv.writer(text)
    lines.writerow([neutral(_label(column, language)) for column in columns])
    count = 0
    for row in rows:
        count += 1
        lines.writerow([_cell(value) for value in row])
    text.flush()
    # The file is the caller's.
    text.detach()
    return count


def write_table(target: BinaryIO, table: Table, language: str) -> int:
    """A report's table; the totals are its last line."""
    total = [table.total] if table.total is not None else []
    write_lines(target, table.columns, [*table.rows, *total], language)
    return len(table.rows)


def _label(column: Column, language: str) -> str:
    """A file of plain numbers says in its head what they are."""
    if column.unit == "seconds":
        return f"{column.label} ({SECONDS_WORD[1 if language == 'en' else 0]})"
    return f"{column.label} (0/1)" if column.unit == YES_NO else column.label


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 6)
    return value if isinstance(value, int) else neutral(str(value))
