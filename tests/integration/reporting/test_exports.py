"""Exports: files with real values, written with the scope of whoever ordered them."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest

from libs.common.actor import Actor
from libs.common.blobs import DirectoryBlobs
from libs.common.clock import utc_now
from libs.common.errors import Gone, InvalidInput, NotFound, TooMany
from services.reporting.domain.exports import KEPT, MOST_UNFINISHED
from services.reporting.service.exporting import write
from services.reporting.use_cases.export_files import Desk
from services.reporting.use_cases.exports import claim_export, drop_files, sweep_files
from tests.integration.reporting.counting import BOSS, NOW, ZONE, Counting
from tests.support.actors import actor
from tests.support.directory import group, person
from tests.support.happenings import World, live_many

WORLD = World(41)
EVENTS = [event for life in live_many(WORLD, 120) for event in life.events]
WHOLE = {"unit": "custom", "from": "2025-01-01", "until": "2027-12-31"}
REPORT = {
    "metrics": ["new", "resolution_mean", "overdue_rate", "satisfaction_mean"],
    "period": WHOLE,
    "by": "agent",
    "series": "month",
    "compare": "previous",
}
EVIL = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def filled(database: Any) -> Iterator[Counting]:
    counting = Counting(database)
    counting.load_months()
    counting.hear(EVENTS)
    counting.learn(
        *(person(one, name=f"客服{n}") for n, one in enumerate(WORLD.agents)),
        group(WORLD.groups[0], name=EVIL),
    )
    counting.sum_up()
    yield counting
    counting.do("TRUNCATE exports")
    counting.empty()


@pytest.fixture
def desk(filled: Counting, tmp_path: Path) -> Desk:
    filled.do("TRUNCATE exports")
    return Desk(filled.database, DirectoryBlobs(tmp_path, filled.database.keys), ZONE)


def order(counting: Counting, asker: Actor = BOSS, **values: Any) -> str:
    made = counting.ask("create_export", asker, utc_now(), values=values)
    assert made["status"] == "waiting"
    return made["export_id"]


def run(desk: Desk) -> bool:
    """As the jobs' process and the writer would."""
    owner = uuid4()
    export_id = claim_export(desk.database, owner, utc_now())
    assert export_id is not None
    return write(desk, export_id, owner)


def content(desk: Desk, counting: Counting, export_id: str, asker: Actor = BOSS) -> bytes:
    found = counting.ask("get_export_file", asker, export_id=export_id)
    read = desk.blobs.read(found["blob_key"])
    assert len(read) == found["size"]
    return read


def workbook(desk: Desk, counting: Counting, export_id: str, asker: Actor = BOSS) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content(desk, counting, export_id, asker)))


def test_a_report_comes_out_with_numbers_percent_durations_and_charts(filled, desk):
    charts = [{"kind": kind, "metrics": ["new"]} for kind in ("bar", "line", "pie", "radar")]
    export_id = order(filled, kind="xlsx", what="report", report=REPORT, charts=charts)
    assert run(desk)
    book = workbook(desk, filled, export_id)
    assert book.sheetnames == ["报表", "趋势", "图表", "口径说明"]
    report = filled.ask("get_report", BOSS, utc_now(), **REPORT)
    rows = list(book["报表"].iter_rows(min_row=2))
    assert len(rows) == len(report["rows"]) + 1
    for row, told in zip(rows, [*report["rows"], None], strict=True):
        values = (told or {"values": report["totals"]})["values"]
        assert row[0].value == (told["label"] if told else "合计")
        assert (row[1].value, row[1].number_format) == (values["new"]["value"], "#,##0")
        lasting, share = values["resolution_mean"]["value"], values["overdue_rate"]["value"]
        if lasting is not None:
            assert row[4].value / timedelta(seconds=1) == pytest.approx(lasting, abs=1)
        assert row[7].value == pytest.approx(share)
        assert share is None or row[7].number_format == "0.0%"
    assert "0.0%" in [row[7].number_format for row in rows]
    trend = list(book["趋势"].iter_rows(min_row=2, values_only=True))
    assert [day[0].date().isoformat() for day in trend] == [p["at"] for p in report["series"]]
    kinds = [type(chart).__name__ for chart in book["图表"]._charts]
    assert kinds == ["BarChart", "LineChart", "PieChart", "RadarChart"]
    told = {row[0]: row for row in book["口径说明"].iter_rows(min_row=2, values_only=True)}
    assert told["新增工单"][2] == "期间内创建的工单"
    assert told["数据范围"][2].endswith("全部工单")
    state = filled.ask("get_export", export_id=export_id)
    assert (state["status"], state["progress"], state["rows"]) == ("done", 100, len(rows) - 1)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_tickets_are_exactly_those_that_are_listed(filled, desk, kind):
    tickets = {"metric": "resolution_mean", "period": WHOLE}
    listed = filled.ask("list_tickets_of", limit=200, **tickets)
    assert listed["next_cursor"] is None
    export_id = order(filled, kind=kind, what="tickets", tickets=tickets)
    assert run(desk)
    if kind == "xlsx":
        [*rows] = workbook(desk, filled, export_id)["工单明细"].iter_rows(values_only=True)
        shown = [(row[0], row[6], row[7] / timedelta(seconds=1)) for row in rows[1:]]
    else:
        text = content(desk, filled, export_id).decode("utf-8-sig")
        assert "\r\n" in text
        rows = list(csv.reader(io.StringIO(text, newline="")))
        shown = [(row[0], datetime.fromisoformat(row[6]), float(row[7])) for row in rows[1:]]
    expected = [
        (
            one["number"],
            datetime.fromisoformat(one["at"]).astimezone(ZONE).replace(tzinfo=None, microsecond=0),
            pytest.approx(one["value"], abs=1),
        )
        for one in listed["items"]
    ]
    assert [(n, at.replace(microsecond=0), v) for n, at, v in shown] == expected


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_nothing_in_a_file_is_a_formula(filled, desk, kind):
    report = {"metrics": ["new"], "period": WHOLE, "by": "group"}
    export_id = order(filled, kind=kind, what="report", report=report)
    assert run(desk)
    if kind == "xlsx":
        sheet = workbook(desk, filled, export_id)["报表"]
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert f"'{EVIL}" in [cell.value for cell in cells]
        assert all(cell.data_type != "f" for cell in cells)
    else:
        assert f"'{EVIL}" in content(desk, filled, export_id).decode("utf-8-sig")


def test_a_file_has_what_its_owner_saw_when_it_was_ordered(filled, desk):
    boss = actor("supervisor")
    mine = replace(boss, subject=WORLD.agents[1], scopes={"tickets": "own"})
    tickets = {"metric": "new", "period": WHOLE}
    export_id = order(filled, mine, kind="xlsx", what="tickets", tickets=tickets)
    assert run(desk)
    numbers = {
        row[0]
        for row in workbook(desk, filled, export_id, mine)["工单明细"].iter_rows(
            min_row=2, values_only=True
        )
    }
    seen = filled.ask("list_tickets_of", mine, limit=200, **tickets)["items"]
    everybody = filled.ask("list_tickets_of", limit=200, **tickets)["items"]
    assert numbers == {one["number"] for one in seen}
    assert 0 < len(seen) < len(everybody)


def test_what_belongs_to_others_is_unknown(filled, desk):
    export_id = order(filled, kind="csv", what="report", report=REPORT)
    other = actor("supervisor")
    for method in ("get_export", "get_export_file", "remove_export"):
        with pytest.raises(NotFound):
            filled.ask(method, other, export_id=export_id)
    assert filled.ask("list_exports", other)["items"] == []
    with pytest.raises(NotFound):
        filled.ask("get_export_file", export_id=export_id)


def test_exports_are_listed_page_by_page(filled, desk):
    made = [order(filled, kind="csv", what="report", report=REPORT) for _ in range(5)]
    with pytest.raises(TooMany):
        order(filled, kind="csv", what="report", report=REPORT)
    assert len(made) == MOST_UNFINISHED
    first = filled.ask("list_exports", limit=2)
    rest = filled.ask("list_exports", limit=9, cursor=first["next_cursor"])
    shown = [one["export_id"] for one in (*first["items"], *rest["items"])]
    assert shown == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "pdf", "what": "report", "report": REPORT},
        {"kind": "csv", "what": "tickets", "report": REPORT},
        {"kind": "csv", "what": "report", "report": {**REPORT, "metrics": ["luck"]}},
        {"kind": "csv", "what": "report", "report": REPORT, "charts": [{"kind": "cake"}]},
        {"kind": "csv", "what": "tickets", "tickets": {"metric": "new", "period": {}}},
    ],
)
def test_what_cannot_be_written_is_not_taken(filled, desk, wrong):
    with pytest.raises(InvalidInput):
        order(filled, **wrong)


def test_what_is_cancelled_is_never_written(filled, desk):
    order(filled, kind="csv", what="report", report=REPORT)
    [waiting] = filled.ask("list_exports")["items"]
    filled.ask("remove_export", export_id=waiting["export_id"])
    assert claim_export(desk.database, uuid4(), utc_now()) is None
    order(filled, kind="csv", what="report", report=REPORT)
    owner = uuid4()
    export_id = claim_export(desk.database, owner, utc_now())
    assert isinstance(export_id, UUID)
    filled.ask("remove_export", export_id=str(export_id))
    assert not write(desk, export_id, owner)
    states = [one["status"] for one in filled.ask("list_exports")["items"]]
    assert states == ["cancelled", "cancelled"]


def test_whoever_lost_its_lease_leaves_no_second_file(filled, desk, tmp_path):
    export_id = order(filled, kind="csv", what="report", report=REPORT)
    slow, quick = uuid4(), uuid4()
    claim_export(desk.database, slow, utc_now() - timedelta(minutes=5))
    assert claim_export(desk.database, quick, utc_now()) == UUID(export_id)
    assert not write(desk, UUID(export_id), slow)
    assert write(desk, UUID(export_id), quick)
    assert not write(desk, UUID(export_id), quick)
    assert len([one for one in tmp_path.glob("reporting/**/*") if one.is_file()]) == 1


def test_what_fails_again_and_again_is_given_up(filled, desk):
    export_id = order(filled, kind="csv", what="report", report=REPORT)
    now = utc_now()
    for attempt in range(3):
        assert claim_export(desk.database, uuid4(), now + timedelta(hours=attempt)) is not None
    assert claim_export(desk.database, uuid4(), now + timedelta(hours=9)) is None
    state = filled.ask("get_export", export_id=export_id)
    assert (state["status"], state["error"]) == ("failed", "export.failed")


def test_a_file_is_gone_after_seven_days(filled, desk, tmp_path):
    export_id = order(filled, kind="csv", what="report", report=REPORT)
    assert run(desk)
    drop_files(desk.database, desk.blobs, utc_now() + KEPT - timedelta(minutes=1))
    content(desk, filled, export_id)
    drop_files(desk.database, desk.blobs, utc_now() + KEPT + timedelta(minutes=1))
    with pytest.raises(Gone):
        content(desk, filled, export_id)
    assert [one for one in tmp_path.glob("reporting/**/*") if one.is_file()] == []
    drop_files(desk.database, desk.blobs, utc_now() + timedelta(days=60))
    assert filled.ask("list_exports")["items"] == []


def test_a_removed_export_takes_its_file_along(filled, desk, tmp_path):
    export_id = order(filled, kind="csv", what="report", report=REPORT)
    assert run(desk)
    filled.ask("remove_export", export_id=export_id)
    assert filled.ask("list_exports")["items"] == []
    drop_files(desk.database, desk.blobs, utc_now())
    assert [one for one in tmp_path.glob("reporting/**/*") if one.is_file()] == []
    assert filled.rows("SELECT * FROM exports") == []


def test_files_that_no_row_names_are_swept(filled, desk, tmp_path):
    export_id = order(filled, kind="csv", what="report", report=REPORT)
    assert run(desk)
    orphan = desk.blobs.put("reporting", b"left by a crash", max_size=100)
    assert sweep_files(desk.database, desk.blobs, utc_now()) == 0
    assert sweep_files(desk.database, desk.blobs, utc_now() + timedelta(days=4)) == 1
    with pytest.raises(NotFound):
        desk.blobs.read(orphan.key)
    content(desk, filled, export_id)


def test_shipped_reports_can_be_asked_for_as_they_are(filled, desk):
    shown = filled.ask("list_saved_reports", language="zh")["items"]
    names = [one["name"] for one in shown if one["is_shipped"]]
    assert names == ["月度售后工单处理效率", "客户满意度月度趋势", "渠道对比", "坐席绩效"]
    english = filled.ask("list_saved_reports", language="en")["items"]
    assert english[0]["name"] == "Efficiency of after-sales tickets by month"
    for one in shown:
        asked = {name: part for name, part in one["definition"].items() if name != "charts"}
        report = filled.ask("get_report", now=NOW, **asked)
        assert report["rows"] or asked["by"] == "agent"
        export_id = order(
            filled,
            kind="xlsx",
            what="report",
            report=asked,
            charts=one["definition"]["charts"],
        )
        assert run(desk)
        book = workbook(desk, filled, export_id)
        assert len(book["图表"]._charts) == len(one["definition"]["charts"])
