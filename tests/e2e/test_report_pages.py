"""数据看板 and 统计报表 in a browser: figures, the tickets behind them, kept reports, files."""

import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from libs.common.testing.eventually import eventually
from tests.demo.desk import Desk
from tests.e2e.axe import grave_findings
from tests.e2e.browsing import (
    PATIENCE,
    PHONE,
    by,
    camera,
    demand_no_sideways_scroll,
    field,
    sign_in,
)
from tests.e2e.system import desk_of

KINDS = ("complaint", "complaint", "repair", "inquiry")

pytestmark = pytest.mark.timeout(600)
shoot = camera("reports", full_page=True)


@pytest.fixture(scope="module")
def numbers(system: dict[str, str]) -> list[str]:
    """Tickets of several kinds, the first of them solved, that the figures know of."""
    agent = desk_of(system)
    made = [open_ticket(agent, kind) for kind in KINDS]
    solve(agent, made[0])
    boss = desk_of(system, "CS900")
    counted = {"new": len(KINDS), "solved": 1}
    eventually(lambda: figures_of(boss) == counted or None, timeout=60)
    return made


def open_ticket(desk: Desk, kind: str) -> str:
    known = desk.ask(
        "POST", "/customers", {"name": "王小明", "phone": "13800138000"}, headers=key()
    )
    body = {"customer_id": known["customer_id"], "subject": "咖啡机漏水", "text": "请处理"}
    ticket = desk.ask("POST", "/tickets", {**body, "kind": kind}, headers=key())
    desk.take(ticket["number"])
    return str(ticket["number"])


def solve(desk: Desk, number: str) -> None:
    desk.ask("POST", f"/tickets/{number}/replies", {"text": "已更换水箱"}, headers=key())
    desk.ask("POST", f"/tickets/{number}/solution", {"text": "已更换水箱"}, headers=key())


def figures_of(desk: Desk) -> dict[str, Any]:
    asked = {"metrics": ["new", "solved"], "period": {"unit": "month"}}
    totals = desk.ask("POST", "/reports/query", asked)["totals"]
    return {name: one["value"] for name, one in totals.items()}


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def listed(page: Page) -> list[str]:
    """The numbers in the list of what a figure counts."""
    expect(by(page, "drill-table")).to_be_visible(timeout=PATIENCE)
    return page.locator('[data-test="drill-number"]').all_inner_texts()


def close_drawer(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator('[data-test="drill"]')).to_have_count(0, timeout=PATIENCE)


def test_the_dashboard_shows_figures_and_opens_exactly_their_tickets(
    page: Page, system: dict[str, str], numbers: list[str]
) -> None:
    sign_in(page, system, "CS900")
    by(page, "menu-dashboard").click()
    new = by(page, "tile-new")
    expect(by(new, "tile-value")).to_have_text("4", timeout=PATIENCE)
    expect(by(page, "tile-solved")).to_contain_text("1")
    expect(by(page, "tile-unresolved")).to_contain_text("3")
    expect(by(page, "chart-flow").locator("canvas")).to_be_visible(timeout=PATIENCE)
    shoot(page, "dashboard")
    by(page, "chart-by-group").scroll_into_view_if_needed()
    shoot(page, "charts")
    assert grave_findings(page) == []

    by(new, "tile-value").click()
    assert sorted(listed(page)) == sorted(numbers)
    expect(by(page, "drill-count")).to_contain_text("共 4 条")
    shoot(page, "drill")
    assert grave_findings(page) == []
    close_drawer(page)
    by(page, "tile-solved").get_by_role("button", name=re.compile("查看工单")).click()
    assert listed(page) == numbers[:1]
    by(page, "drill-number").click()
    expect(page).to_have_url(re.compile(f"/tickets/{numbers[0]}"), timeout=PATIENCE)


def test_a_chart_can_be_read_as_a_table_and_metrics_say_what_they_count(
    page: Page, system: dict[str, str], numbers: list[str]
) -> None:
    sign_in(page, system, "CS900", "/dashboard")
    by(page, "chart-by-kind-switch").click()
    complaints = by(page, "figure-row-complaint")
    expect(complaints).to_contain_text("投诉", timeout=PATIENCE)
    by(complaints, "figure-new").click()
    assert sorted(listed(page)) == sorted(numbers[:2])
    close_drawer(page)
    by(page, "definition-unresolved").focus()
    expect(page.get_by_text("周期最后一天结束时尚未解决的工单数")).to_be_visible(timeout=PATIENCE)
    by(page, "period-before").click()
    expect(by(by(page, "tile-new"), "tile-value")).to_have_text("0", timeout=PATIENCE)
    expect(by(page, "chart-by-kind")).to_contain_text("没有数据")
    expect(page).to_have_url(re.compile("from="))


def test_a_report_is_shaped_shown_in_every_way_and_looked_into(
    page: Page, system: dict[str, str], numbers: list[str]
) -> None:
    sign_in(page, system, "CS900")
    by(page, "menu-reports").click()
    repairs = by(page, "figure-row-repair")
    expect(by(repairs, "figure-new")).to_have_text("1", timeout=PATIENCE)
    expect(by(by(page, "figure-total"), "figure-new")).to_have_text("4")
    by(repairs, "figure-new").click()
    assert listed(page) == [numbers[2]]
    close_drawer(page)
    by(page, "report-compare").click()
    by(page, "report-compare-previous").click()
    expect(by(page, "report-period")).to_contain_text("对比", timeout=PATIENCE)
    shoot(page, "table")
    assert grave_findings(page) == []
    for display in ("bar", "line", "pie", "radar"):
        by(page, f"display-as-{display}").click()
        shown = by(page, f"display-{display}")
        expect(shown.locator("canvas").first).to_be_visible(timeout=PATIENCE)
        shoot(page, display)
    expect(page).to_have_url(re.compile("display=radar"))


def test_a_bar_opens_the_tickets_that_it_stands_for(
    page: Page, system: dict[str, str], numbers: list[str]
) -> None:
    sign_in(page, system, "CS900", "/reports?metrics=new&by=none&display=bar")
    drawn = by(page, "display-bar").locator("canvas").first
    expect(drawn).to_be_visible(timeout=PATIENCE)
    box = drawn.bounding_box()
    assert box is not None

    def opened() -> bool:
        """The only bar stands in the middle; it grows from below."""
        drawn.click(position={"x": box["width"] / 2 + 10, "y": box["height"] * 0.8})
        return page.locator('[data-test="drill"]').count() > 0

    assert eventually(lambda: opened() or None, timeout=20)
    assert sorted(listed(page)) == sorted(numbers)


def test_a_report_is_kept_opened_again_and_deleted(
    page: Page, system: dict[str, str], numbers: list[str]
) -> None:
    sign_in(page, system, "CS900", "/reports?metrics=new,solved&by=channel&display=bar")
    by(page, "save-report").click()
    field(page, "save-report-name").fill("渠道周报")
    by(page, "save-report-submit").click()
    expect(page).to_have_url(re.compile("report="), timeout=PATIENCE)
    page.goto("/reports")
    by(page, "saved-reports").click()
    expect(page.get_by_text("预置报表")).to_be_visible(timeout=PATIENCE)
    shoot(page, "saved")
    by(page, "saved-渠道周报").click()
    expect(page).to_have_url(re.compile("by=channel.*display=bar"), timeout=PATIENCE)
    by(page, "remove-report").click()
    page.locator(".confirm-yes").click()
    expect(page.locator('[data-test="remove-report"]')).to_have_count(0, timeout=PATIENCE)


def test_a_report_is_taken_along_as_a_spreadsheet(
    page: Page, system: dict[str, str], numbers: list[str]
) -> None:
    sign_in(page, system, "CS900", "/reports?metrics=new,solved&by=kind&display=bar")
    expect(by(page, "display-bar")).to_be_visible(timeout=PATIENCE)
    by(page, "export-report").click()
    field(page, "export-name").fill("工单类型统计")
    by(page, "export-submit").click()
    done = page.locator('[data-test="export-row"][data-status="done"]')
    expect(done).to_have_count(1, timeout=PATIENCE)
    shoot(page, "exports")
    assert grave_findings(page) == []
    with page.expect_download() as coming:
        by(page, "export-download").click()
    sheets = load_workbook(BytesIO(coming.value.path().read_bytes()))
    cells = [row for sheet in sheets for row in sheet.iter_rows(values_only=True)]
    assert any(row[0] == "投诉" and 2 in row for row in cells)
    by(page, "export-remove").click()
    page.locator(".confirm-yes").click()
    expect(done).to_have_count(0, timeout=PATIENCE)


def test_english_readers_find_everything_in_english(
    page: Page, system: dict[str, str], numbers: list[str]
) -> None:
    page.add_init_script("localStorage.setItem('tidedesk.language', 'en')")
    sign_in(page, system, "CS900", "/dashboard")
    expect(by(page, "tile-new")).to_contain_text("New tickets", timeout=PATIENCE)
    expect(by(page, "chart-by-kind").locator("canvas")).to_be_visible(timeout=PATIENCE)
    shoot(page, "dashboard-en")
    page.goto("/reports?by=kind")
    expect(by(page, "figure-row-complaint")).to_contain_text("Complaint", timeout=PATIENCE)


def test_whoever_may_not_see_reports_is_told_so(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "CS001", "/dashboard")
    expect(by(page, "forbidden")).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-test="menu-reports"]')).to_have_count(0)


@pytest.mark.parametrize("path", ["/dashboard", "/reports?display=bar"])
def test_a_phone_needs_no_scrolling_sideways(
    page: Page, system: dict[str, str], numbers: list[str], path: str
) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, system, "CS900", path)
    ready = '[data-test="dashboard"], [data-test="display-table"], [data-test="display-bar"]'
    expect(page.locator(ready).first).to_be_visible(timeout=PATIENCE)
    demand_no_sideways_scroll(page)
    shoot(page, "phone" + re.sub(r"\W+", "-", path))
    assert grave_findings(page) == []
