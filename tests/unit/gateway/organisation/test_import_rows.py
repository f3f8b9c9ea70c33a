"""Heads and cells of an import, before the database is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.organisation.importing.columns import COLUMNS, Columns, find_columns
from gateway.organisation.importing.rows import Row, read_rows
from libs.common.errors import InvalidInput

ALL = Columns({column: place for place, column in enumerate(COLUMNS)}, [])


def read(**cells: str) -> Row:
    [row] = read_rows(ALL, [(2, [cells.get(column, "") for column in COLUMNS])])
    return row


def faults(row: Row) -> list[tuple[str, str]]:
    return [(fault.column, fault.problem) for fault in row.faults]


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("登录名", "login"),
        ("登录名（必填）", "login"),
        ("Login *", "login"),
        ("ＬＯＧＩＮ", "login"),
        ("工号", "login"),
    ],
)
def test_heads_are_known_in_both_languages_with_remarks(head: str, column: str) -> None:
    assert find_columns([head]).places == {column: 0}


def test_unknown_heads_are_ignored_and_told() -> None:
    found = find_columns(["姓名", "生日", "", "登录名"])
    assert found == Columns({"name": 0, "login": 3}, ["生日"])


@pytest.mark.parametrize(
    ("head", "code"),
    [(["姓名", "角色"], "columns.missing"), (["登录名", "用户名"], "columns.repeated")],
)
def test_a_head_without_the_login_or_with_two_is_refused(head: list[str], code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        find_columns(head)


def test_a_whole_row_is_understood() -> None:
    row = read(
        login="cs.101",
        name="张三",
        role="客服",
        department="售后部/上海组",
        region="全国／华东",
        groups="售后一组；技术支持组、售后一组",
        extension="８８８８",
        email="Zhang@Example.com",
        phone="138 0013 8000",
        title="客服专员",
        language="中文",
    )
    assert row == Row(
        line=2,
        login="cs.101",
        name="张三",
        role="客服",
        department=("售后部", "上海组"),
        region=("全国", "华东"),
        groups=("售后一组", "技术支持组"),
        extension="8888",
        email="zhang@example.com",
        phone="+8613800138000",
        title="客服专员",
        language="zh",
    )


def test_empty_cells_say_nothing() -> None:
    assert read(login="CS101") == Row(line=2, login="CS101")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, ("login", "required")),
        ({"login": "客服一"}, ("login", "invalid")),
        ({"login": "x"}, ("login", "invalid")),
        ({"login": "CS101", "name": "名" * 61}, ("name", "invalid")),
        ({"login": "CS101", "department": "/"}, ("department", "invalid")),
        ({"login": "CS101", "department": "/".join("a" * 11)}, ("department", "invalid")),
        ({"login": "CS101", "extension": "转接"}, ("extension", "invalid")),
        ({"login": "CS101", "email": "张三"}, ("email", "invalid")),
        ({"login": "CS101", "phone": "12"}, ("phone", "invalid")),
        ({"login": "CS101", "language": "法语"}, ("language", "invalid")),
        ({"login": "CS101", "groups": ";".join(map(str, range(51)))}, ("groups", "invalid")),
    ],
)
def test_a_cell_that_is_wrong_is_named(cells: dict[str, str], expected: tuple[str, str]) -> None:
    assert faults(read(**cells)) == [expected]


def test_every_wrong_cell_of_a_row_is_named_at_once() -> None:
    row = read(login="?", email="x", extension="y")
    assert faults(row) == [("login", "invalid"), ("extension", "invalid"), ("email", "invalid")]


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("login", "cs101", "CS101"),
        ("email", "a@example.com", "A@EXAMPLE.COM"),
        ("phone", "13800138000", "+86 138-0013-8000"),
    ],
)
def test_what_is_one_person_s_stands_in_one_row(column: str, first: str, second: str) -> None:
    lines = []
    for line, value in ((2, first), (5, second)):
        cells = {"login": f"CS{line}", column: value}
        lines.append((line, [cells.get(name, "") for name in COLUMNS]))
    rows = read_rows(ALL, lines)
    assert faults(rows[0]) == []
    assert faults(rows[1]) == [(column, "repeated")]
    assert "line 2" in rows[1].faults[0].message


@given(st.lists(st.lists(st.text(max_size=80), max_size=15), max_size=5))
def test_any_cells_become_rows(lines: list[list[str]]) -> None:
    rows = read_rows(ALL, list(enumerate(lines, 2)))
    assert [row.line for row in rows] == list(range(2, len(lines) + 2))
    assert all(row.login or row.faults for row in rows)
