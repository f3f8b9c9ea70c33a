"""Files of exports: cells, sheets, definitions, names."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from services.reporting.clients.comma_lines import write_lines, write_table
from services.reporting.clients.tables import DAY, INSTANT, TEXT, YES_NO, Column, Table
from services.reporting.clients.workbook import Book
from services.reporting.domain.definitions import UNIT_WORDS, definition_of
from services.reporting.domain.exports import file_name
from services.reporting.domain.metrics import METRICS
from services.reporting.domain.periods import Period, last_units

COLUMNS = [
    Column("名称", TEXT),
    Column("日期", DAY),
    Column("时间", INSTANT),
    Column("时长", "seconds"),
    Column("比例", "share"),
    Column("是否", YES_NO),
]
ROW = ['a,"b"\n', date(2026, 3, 1), datetime(2026, 3, 1, 9, 30, 5), 5_400, 0.25, 1]


def lines(rows: list[list[object]], language: str = "zh") -> str:
    file = io.BytesIO()
    write_lines(file, COLUMNS, rows, language)
    return file.getvalue().decode("utf-8")


def test_lines_are_quoted_and_end_as_rfc_4180_says() -> None:
    assert lines([ROW]) == (
        "\ufeff名称,日期,时间,时长 (秒),比例,是否 (0/1)\r\n"
        '"a,""b""\n",2026-03-01,2026-03-01 09:30:05,5400,0.25,1\r\n'
    )


def test_what_is_unknown_is_an_empty_cell() -> None:
    assert lines([[None] * 6]).splitlines()[1] == ",,,,,"


@pytest.mark.parametrize("start", "=+-@\t\r＝＋－＠")
def test_no_cell_begins_like_a_formula(start: str) -> None:
    evil = f"{start}1+1"
    assert f"'{evil}" in lines([[evil, *ROW[1:]]])
    file = io.BytesIO()
    book = Book(file, is_long=True)
    book.add_lines("明细", [Column(evil, TEXT)], [[evil]])
    book.close()
    shown = list(openpyxl.load_workbook(file)["明细"].iter_rows(values_only=True))
    assert all(one[0].startswith("'") for one in shown)


def test_negative_numbers_stay_numbers() -> None:
    table = Table("报表", [Column("增长率", "share")], [[-0.5], [-2.0]])
    file = io.BytesIO()
    assert write_table(file, table, "zh") == 2
    assert file.getvalue().decode().splitlines()[1:] == ["-0.5", "-2"]


def test_what_does_not_fit_a_sheet_goes_on_in_the_next() -> None:
    file = io.BytesIO()
    book = Book(file, is_long=True)
    assert book.add_lines("明细", [Column("n", "count")], ([n] for n in range(25)), most=10) == 25
    book.close()
    found = openpyxl.load_workbook(file)
    assert found.sheetnames == ["明细", "明细 2", "明细 3"]
    shown = [row[0] for sheet in found for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert shown == list(range(25))


@pytest.mark.parametrize("key", METRICS)
def test_every_metric_says_what_it_counts(key: str) -> None:
    assert definition_of(key, "zh")
    assert definition_of(key, "en").isascii()
    assert METRICS[key].unit in UNIT_WORDS


@pytest.mark.parametrize(
    ("name", "expected"),
    [("报表 一", "报表 一-x.csv"), ("../a\\b:c", "_a_b_c-x.csv"), ("\x00..", "_-x.csv")],
)
def test_file_names_suit_every_system(name: str, expected: str) -> None:
    assert file_name(name, "x", "csv") == expected


@pytest.mark.parametrize(
    ("unit", "count", "is_over", "first", "last"),
    [
        ("day", 3, False, date(2026, 3, 9), date(2026, 3, 11)),
        ("day", 1, True, date(2026, 3, 10), date(2026, 3, 10)),
        ("week", 2, False, date(2026, 3, 2), date(2026, 3, 15)),
        ("month", 12, False, date(2025, 4, 1), date(2026, 3, 31)),
        ("month", 1, True, date(2026, 2, 1), date(2026, 2, 28)),
        ("quarter", 2, True, date(2025, 7, 1), date(2025, 12, 31)),
        ("year", 1, False, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_last_units_end_with_the_present_one_or_before_it(
    unit: str, count: int, is_over: bool, first: date, last: date
) -> None:
    found = last_units(unit, date(2026, 3, 11), count, is_over=is_over)
    assert found == Period(unit, first, last)
