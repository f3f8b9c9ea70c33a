"""CSV and XLSX files as rows of text. Whatever a file holds, reading it ends soon and small."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from libs.common.errors import DeskError, InvalidInput, TooLarge, Unsupported, field_error

MAX_FILE = 5 * 1024 * 1024  # bytes
MAX_UNPACKED = 16 * 1024 * 1024  # bytes of all parts of a workbook
MAX_PARTS = 500
MAX_ROWS = 5_000  # that hold something, below the head
MAX_COLUMNS = 40
_MAX_LINES = 100_000  # of a sheet, empty ones included
_MAX_CELL = 1_000  # characters

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_DELIMITERS = ",;\t，"


@dataclass(frozen=True)
class Limits:
    """How much of a file is read; bytes, rows that hold something, characters of a cell.

    `keeps_lines`: cells may have several.
    """

    file: int = MAX_FILE
    unpacked: int = MAX_UNPACKED
    rows: int = MAX_ROWS
    cell: int = _MAX_CELL
    keeps_lines: bool = False


_USUAL = Limits()


@dataclass(frozen=True)
class Sheet:
    """The first row, and the others that hold something with their numbers from 1."""

    head: list[str]
    rows: list[tuple[int, list[str]]]


def read_sheet(content: bytes, limits: Limits = _USUAL) -> Sheet:
    """The first sheet of a workbook, or a CSV file in UTF-8, UTF-16 or GB18030.

    Raises InvalidInput, TooLarge or Unsupported.
    """
    if len(content) > limits.file:
        most = {"most": limits.file}
        raise TooLarge("file.too_large", f"more than {limits.file // 2**20} MB", most)
    if content.startswith(_OLE):
        message = "an old or protected Excel file; save it as .xlsx without a password"
        raise Unsupported("file.old_excel", message)
    is_workbook = content.startswith(_ZIP)
    return _sheet(_workbook_lines(content, limits) if is_workbook else _csv_lines(content), limits)


def _sheet(lines: Iterable[Sequence[Any]], limits: Limits) -> Sheet:
    found: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines, 1):
        if cells := _cells(line, limits):
            found.append((number, cells))
        if number > _MAX_LINES or len(found) > limits.rows + 1:
            most = {"most": limits.rows}
            raise TooLarge("file.too_many_rows", f"more than {limits.rows} rows", most)
    if not found:
        raise field_error("file", "holds nothing", "file.empty")
    return Sheet(found[0][1], found[1:])


def _cells(line: Sequence[Any], limits: Limits) -> list[str]:
    """Up to the last that holds something."""
    cells = [_text(cell, limits) for cell in line[: MAX_COLUMNS + 1]]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        message = f"more than {MAX_COLUMNS} columns"
        raise TooLarge("file.too_many_columns", message, {"most": MAX_COLUMNS})
    return cells


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    text = _decode(content)
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise field_error("file", f"no CSV: {error}", "file.unreadable") from None


def _decode(content: bytes) -> str:
    """By the mark at its beginning, else UTF-8 if it is that, else what Excel writes in China."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise field_error("file", "neither UTF-8 nor GB18030", "file.encoding_unknown")


def _workbook_lines(content: bytes, limits: Limits) -> Iterator[Sequence[Any]]:
    """openpyxl has no error of its own, and XML can be wrong in any way: all of it is the file."""
    try:
        _refuse_bombs(content, limits)
        # 40 MB that only those who import pay for.
        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # What a sheet says of its own size need not be so.
            sheet.reset_dimensions()
            yield from sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
        finally:
            book.close()
    except (DeskError, GeneratorExit):
        raise
    except Exception as error:
        message = f"no workbook that can be read: {type(error).__name__}"
        raise InvalidInput("file.unreadable", message, {"errors": {"file": [message]}}) from None


def _refuse_bombs(content: bytes, limits: Limits) -> None:
    """By what the archive says of its parts: Python reads no more of one than is said there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > limits.unpacked:
        raise TooLarge("file.too_large", "the workbook is too large when it is unpacked")


def _text(cell: Any, limits: Limits) -> str:
    """What can be kept and shown; whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    # Longer ones are refused as too long, wherever they end.
    text = str(cell)[: limits.cell]
    lines = text.splitlines() if limits.keeps_lines else [text]
    return "\n".join(_line(line) for line in lines).strip()


def _line(text: str) -> str:
    words = " ".join(text.split())
    return "".join(c for c in words if unicodedata.category(c) not in ("Cc", "Cs", "Cf"))
