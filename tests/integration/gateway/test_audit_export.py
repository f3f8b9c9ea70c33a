"""The log as a file."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import text

from gateway import sheets
from gateway.audit.export import HEAD, read_rows
from gateway.audit.recording import close_recording
from libs.common.cells import neutral
from libs.common.database.unit_of_work import Database
from libs.common.errors import InvalidInput
from tests.support.audit import Log, Who, entry_of, fill
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")


@pytest.fixture
def log(database: Database) -> Iterator[Log]:
    log = Log(database)
    yield log
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("TRUNCATE audit_entries, audit_seals, audit_tail, alerts"))


def read_csv(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def read_xlsx(body: bytes) -> list[dict[str, Any]]:
    rows = openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
    head = next(rows)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_entries_come_out_as_csv_by_the_same_filters(administrator: Browser, log: Log) -> None:
    solved, edited = entry_of(action="solve_ticket"), entry_of(action="edit_role", status=None)
    log.write(solved)
    log.seal()
    log.write(edited)
    answer = administrator.get("/audit/export?action=solve_ticket,edit_role")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-20')
    assert answer.data.startswith(b"\xef\xbb\xbfentry_id,")
    first, second = read_csv(answer.data)
    assert tuple(first) == HEAD
    assert (first["action"], first["status"], first["position"]) == ("edit_role", "", "")
    assert second["entry_id"] == str(solved["entry_id"])
    assert datetime.fromisoformat(second["occurred_at"]) == solved["occurred_at"]
    assert second["actor_name"] == "李雷"
    assert int(second["position"]) >= 1


def test_entries_come_out_as_a_workbook(administrator: Browser, log: Log) -> None:
    entry = entry_of(action="edit_role")
    log.write(entry)
    answer = administrator.get("/audit/export?format=xlsx&action=edit_role")
    assert answer.content_type.endswith("spreadsheetml.sheet")
    assert ".xlsx" in answer.headers["Content-Disposition"]
    (row,) = read_xlsx(answer.data)
    assert (row["entry_id"], row["status"]) == (str(entry["entry_id"]), 200)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_nothing_in_a_file_is_a_formula(log: Log, start: str) -> None:
    evil = f"{start}HYPERLINK(1)"
    assert neutral(evil) == f"'{evil}"
    log.write(entry_of(Who("nobody", login=evil), action="evil", user_agent=evil))
    (row,) = read_csv(b"".join(sheets.as_csv(HEAD, read_rows(log.database, {"action": "evil"}))))
    assert (row["actor_login"], row["user_agent"]) == (f"'{evil}", f"'{evil}")
    book = io.BytesIO()
    sheets.write_xlsx("audit", HEAD, read_rows(log.database, {"action": "evil"}), book)
    (cells,) = read_xlsx(book.getvalue())
    assert cells["actor_login"].startswith("'")


def test_taking_data_away_is_in_the_log_with_how_much(
    app: Flask, administrator: Browser, log: Log
) -> None:
    log.write(*(entry_of(action="edit_role") for _ in range(3)))
    administrator.get("/audit/export?action=edit_role")
    close_recording(app)
    query = (
        "SELECT phase, outcome, detail FROM audit_tail WHERE action = 'export_audit_entries' "
        "ORDER BY phase"
    )
    intent, outcome = log.rows(query)
    assert intent == ("intent", None, '{"query":{"action":"edit_role"}}')
    assert outcome[:2] == ("outcome", "done")
    assert '"after":{"format":"csv","rows":3}' in outcome[2]


def test_a_reader_who_goes_away_has_taken_what_was_sent(
    app: Flask, administrator: Browser, log: Log
) -> None:
    fill(log.database, 5_000)
    answer = administrator.client.get(
        "/api/v1/audit/export", headers=administrator.headers, buffered=False
    )
    next(answer.iter_encoded())  # the head
    next(answer.iter_encoded())
    answer.close()
    close_recording(app)
    query = (
        "SELECT detail FROM audit_tail WHERE action = 'export_audit_entries' AND phase = 'outcome'"
    )
    assert log.rows(query) == [('{"after":{"format":"csv","rows":2000}}',)]


def test_much_data_taken_away_raises_an_alert(
    administrator: Browser, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MASS_EXPORT_ROWS", 4)
    log.write(*(entry_of(action="edit_role") for _ in range(5)))
    administrator.get("/audit/export?action=edit_role&format=xlsx")
    assert log.rows("SELECT kind, severity FROM alerts") == [("mass_export", "warning")]


def test_the_alarm_is_raised_once_and_only_beyond_the_limit() -> None:
    raised: list[int] = []
    for rows, expected in ((4, 0), (5, 1), (12, 1)):
        raised.clear()
        told = {"rows": 0}
        pages = iter([[None]] * rows)
        list(sheets.count_pages(pages, told, 4, lambda: raised.append(1)))
        assert (len(raised), told["rows"]) == (expected, rows)


def test_a_workbook_ends_where_the_format_ends(
    administrator: Browser, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "XLSX_ROWS", 2)
    log.write(*(entry_of(action="edit_role") for _ in range(3)))
    problem = problem_of(administrator.get("/audit/export?action=edit_role&format=xlsx"), 422)
    assert list(problem["errors"]) == ["format"]
    with pytest.raises(InvalidInput):
        sheets.write_xlsx(
            "audit", HEAD, read_rows(log.database, {"action": "edit_role"}), io.BytesIO()
        )


def test_a_long_log_comes_out_whole(log: Log) -> None:
    fill(log.database, 5_001)
    rows = read_csv(b"".join(sheets.as_csv(HEAD, read_rows(log.database, {}))))
    assert len({row["entry_id"] for row in rows}) == len(rows) >= 5_001
    instants = [row["occurred_at"] for row in rows if row["action"].startswith("action_")]
    assert instants == sorted(instants, reverse=True)
