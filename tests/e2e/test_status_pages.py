"""Statuses in a real browser: one is made, allowed by a template, chosen, and read by people."""

import pytest
from playwright.sync_api import Page, expect

from libs.common.testing.eventually import eventually
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

pytestmark = pytest.mark.timeout(300)

shoot = camera("statuses")


def test_a_status_is_made_chosen_and_put_away(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "AD001", "/settings/statuses")
    by(page, "add-status").click()
    field(page, "status-zh").fill("待配件")
    field(page, "status-en").fill("Waiting for parts")
    field(page, "status-text-zh").fill("正在等配件到货。")
    field(page, "status-key").fill("own_parts")
    expect(by(page, "status-preview")).to_contain_text("正在等配件到货。")
    assert grave_findings(page) == []
    shoot(page, "dialog")
    by(page, "status-submit").click()
    row = by(by(page, "category-pending"), "status-own_parts")
    expect(row).to_contain_text("待配件", timeout=PATIENCE)
    assert grave_findings(page) == []
    shoot(page, "page")
    page.set_viewport_size(PHONE)
    demand_no_sideways_scroll(page)
    shoot(page, "phone")

    boss = desk_of(system, "CS900")
    customer = boss.ask("POST", "/customers", {"name": "韩梅梅", "phone": "13800138321"})
    opening = {"customer_id": customer["customer_id"], "subject": "咖啡机不出水", "text": "坏了。"}
    number = boss.ask("POST", "/tickets", opening)["number"]
    boss.ask("PUT", f"/tickets/{number}/assignee", {"assignee_id": "me"})
    boss.ask("POST", f"/tickets/{number}/acceptance")
    boss.ask("PUT", f"/tickets/{number}/status", {"status": "own_parts"})
    eventually(lambda: boss.ask("GET", f"/tickets/{number}")["own_status"] == "own_parts", 30)

    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/tickets?view=all&status=own_parts")
    expect(page.locator("main")).to_contain_text(number, timeout=PATIENCE)
    expect(page.locator('main [data-own-status="own_parts"]').first).to_contain_text("待配件")
    page.goto(f"/tickets/{number}")
    expect(by(page, "ticket-status")).to_contain_text("待配件", timeout=PATIENCE)
    shoot(page, "ticket")

    page.goto("/settings/statuses")
    by(by(page, "status-own_parts"), "archive-status").click()
    box = page.locator(".el-message-box")
    expect(box).to_contain_text("1", timeout=PATIENCE)
    box.locator(".el-button--primary, .el-button--danger").last.click()
    expect(by(page, "status-own_parts")).to_contain_text("已归档", timeout=PATIENCE)


def test_a_template_allows_moves_and_refuses_a_dead_end(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "AD001", "/settings/ticket-templates/repair")
    by(page, "moves-some").click()
    box = by(page, "move-in_progress-follow_up")
    expect(box).to_be_visible(timeout=PATIENCE)
    box.click()
    assert grave_findings(page) == []
    shoot(page, "matrix")
    page.set_viewport_size(PHONE)
    demand_no_sideways_scroll(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    by(page, "save-template").click()
    expect(by(page, "save-template")).to_be_disabled(timeout=PATIENCE)
    by(page, "move-solved-closed").click()
    by(page, "save-template").click()
    expect(by(page, "template-problem")).to_be_visible(timeout=PATIENCE)
