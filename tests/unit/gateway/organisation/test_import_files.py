"""Spreadsheets of all kinds, and what only looks like one."""

import csv
import io
import zipfile
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from gateway.organisation.importing.columns import COLUMNS, find_columns, heads
from gateway.organisation.importing.files import (
    MAX_COLUMNS,
    MAX_FILE,
    MAX_ROWS,
    MAX_UNPACKED,
    Sheet,
    read_sheet,
)
from gateway.organisation.importing.rows import read_rows
from gateway.organisation.importing.template import csv_template, workbook_template
from libs.common.errors import DeskError

HEAD = ["登录名", "姓名", "角色"]
ROWS = [["CS101", "张三", "客服"], ["CS102", "李四", "agent"]]
EXPECTED = Sheet(HEAD, [(2, ROWS[0]), (3, ROWS[1])])


def as_csv(rows: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def code_of(content: bytes) -> str:
    with pytest.raises(DeskError) as refusal:
        read_sheet(content)
    return refusal.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_csv_file_may_be_written_as_excel_writes_it(encoding: str) -> None:
    assert read_sheet(as_csv([HEAD, *ROWS], encoding)) == EXPECTED


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_may_be_separated_in_other_ways(delimiter: str) -> None:
    assert read_sheet(as_csv([HEAD, *ROWS], delimiter=delimiter)) == EXPECTED


def test_a_workbook_is_read_from_its_first_sheet() -> None:
    assert read_sheet(as_workbook([HEAD, *ROWS])) == EXPECTED


def test_numbers_are_read_as_they_are_seen() -> None:
    [(_, cells)] = read_sheet(as_workbook([HEAD, [8888, 13800138000.0, 1.5]])).rows
    assert cells[:3] == ["8888", "13800138000", "1.5"]


def test_empty_rows_count_for_nothing_and_numbers_stay_those_of_the_file() -> None:
    found = read_sheet(as_csv([HEAD, ["", " ", ""], ROWS[0]]))
    assert found.rows == [(3, ROWS[0])]


def test_line_breaks_and_invisible_characters_leave_a_cell() -> None:
    [(_, cells)] = read_sheet(as_csv([HEAD, ["CS\u200b101", " 张\r\n 三 ", "\x00agent"]])).rows
    assert cells == ["CS101", "张 三", "agent"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"\xef\xbb\xbf \n,,\n", "file.empty"),
        (b"x" * (MAX_FILE + 1), "file.too_large"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100, "file.old_excel"),
        (b"PK\x03\x04 and no archive", "file.unreadable"),
        (b"\xff\xfe\x00", "file.encoding_unknown"),
        (b"\x81\xff\xff", "file.encoding_unknown"),
        (as_csv([HEAD] + [["CS1"]] * (MAX_ROWS + 1)), "file.too_many_rows"),
        (as_csv([["x"] * (MAX_COLUMNS + 1)]), "file.too_many_columns"),
        (as_workbook([["x"] * (MAX_COLUMNS + 1)]), "file.too_many_columns"),
        (as_csv([HEAD, ["x" * 200_000]]), "file.unreadable"),
    ],
)
def test_what_cannot_be_read_is_refused_by_a_name(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_as_many_rows_as_may_be_are_read() -> None:
    rows = [[f"CS{n}"] for n in range(MAX_ROWS)]
    assert len(read_sheet(as_csv([HEAD, *rows])).rows) == MAX_ROWS


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The workbook with some parts replaced."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = {name.rpartition("/")[2].partition(".")[0]: name for name in old.namelist()}
        for name in old.namelist():
            new.writestr(name, old.read(name))
        replaced = {names.get(name, name): part for name, part in parts.items()}
    with (
        zipfile.ZipFile(io.BytesIO(file.getvalue())) as old,
        zipfile.ZipFile(again := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {*old.namelist(), *replaced}:
            new.writestr(name, replaced.get(name) or old.read(name))
    return again.getvalue()


BOOK = as_workbook([HEAD, *ROWS])


def test_a_small_archive_with_much_in_it_is_not_unpacked() -> None:
    bomb = repacked(BOOK, sheet1=b" " * (MAX_UNPACKED + 1))
    assert len(bomb) < MAX_FILE
    assert code_of(bomb) == "file.too_large"


ENTITIES = b"""<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c t="inlineStr" r="A1"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""
FILES = ENTITIES.replace(b'"aaaaaaaaaa"', b'SYSTEM "file:///etc/passwd"')
SHEET = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s
<sheetData>%s</sheetData></worksheet>"""
CELL = b'<row r="%d"><c t="inlineStr" r="A%d"><is><t>login</t></is></c></row>'


@pytest.mark.parametrize("part", [ENTITIES, FILES, b"<worksheet>", b"\0\1\2"])
def test_xml_that_is_broken_or_reaches_out_is_refused(part: bytes) -> None:
    assert code_of(repacked(BOOK, sheet1=part)) == "file.unreadable"


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is() -> None:
    huge = SHEET % (b'<dimension ref="A1:XFD1048576"/>', CELL % (1, 1))
    assert read_sheet(repacked(BOOK, sheet1=huge)).head[0] == "login"


def test_a_row_far_down_makes_no_millions_of_rows() -> None:
    far = SHEET % (b"", CELL % (1, 1) + CELL % (10**12, 10**12))
    assert code_of(repacked(BOOK, sheet1=far)) == "file.too_many_rows"


def is_read_or_refused(content: bytes) -> bool:
    """Nothing but our own refusals comes out, and what is read can be planned with."""
    try:
        sheet = read_sheet(content)
        read_rows(find_columns(sheet.head), sheet.rows)
    except DeskError as refusal:
        return refusal.status in (413, 415, 422)
    return True


@given(st.binary(max_size=2_000))
@example(b"PK\x03\x04")
@example(b"\xff\xfe")
@example(b'"')
@example(b"a\rb")
@example("login,名\n\udc80".encode("utf-8", "surrogatepass"))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    assert is_read_or_refused(content)


@given(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_is_read_or_refused(place: int, junk: bytes) -> None:
    assert is_read_or_refused(BOOK[:place] + junk + BOOK[place + len(junk) :])


CELLS = st.text("张三,;\"'\t=@ab ", max_size=12)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8))
def test_what_is_written_as_csv_comes_back(rows: list[list[str]]) -> None:
    found = read_sheet(as_csv([HEAD, *rows]))
    written = {line: [" ".join(cell.split()) for cell in row] for line, row in enumerate(rows, 2)}
    assert found.head == HEAD
    assert {line: [*cells, "", "", ""][:3] for line, cells in found.rows} == {
        line: cells for line, cells in written.items() if any(cells)
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_fits_what_is_read(language: str) -> None:
    for content in (csv_template(language), workbook_template(language, [])):
        columns = find_columns(read_sheet(content).head)
        assert tuple(columns.places) == COLUMNS
        assert columns.ignored == []
    assert len(set(heads(language))) == len(COLUMNS)
