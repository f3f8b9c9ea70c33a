"""Roles, keys, the operation log, alerts, requests and the portal in a real browser."""

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from libs.common.testing.eventually import eventually
from tests.demo import story
from tests.demo.desk import Desk
from tests.demo.story import Outside
from tests.e2e.browsing import (
    PATIENCE,
    PHONE,
    by,
    camera,
    demand_no_sideways_scroll,
    field,
    sign_in,
)
from tests.e2e.system import code_sent_to, desk_of, outside_of

RULES = ("triggers", "automations", "dispatch-rules", "agents", "sla-policies", "calendars")
TOLD = ("notification-rules", "notification-texts", "robots", "deliveries", "survey-settings")
COUNTED = ("dashboard", "reports", "satisfaction")

pytestmark = pytest.mark.timeout(300)

# What whoever works on tickets has at hand.
HANDS = ("collaborations", "canned-replies", "macros")

shoot = camera("admin")


@pytest.fixture(scope="module")
def outside(system: dict[str, str]) -> Outside:
    return outside_of(system)


@pytest.mark.parametrize(
    ("login", "home", "entries"),
    [
        (
            "CS001",
            "/tickets",
            {"my-work", "grab-pool", "knowledge", "my-quality", "problems", *HANDS},
        ),
        (
            "CS900",
            "/tickets",
            {
                *("my-work", "grab-pool", "board", "sla-board", "knowledge"),
                *(*RULES, *TOLD, *COUNTED, *HANDS, "organisation", "operations"),
                *("ticket-templates", "ticket-imports", "ticket-settings", "bin", "problems"),
                *("quality", "my-quality", "score-sheets", "quality-rules"),
            },
        ),
        ("EM001", "/requests", {"requests"}),
        (
            "AU001",
            "/audit",
            {
                *(*RULES, *TOLD, *COUNTED, "knowledge", "webhooks", "operations"),
                "people",
                "organisation",
                "roles",
                "api-keys",
                "channel-accounts",
                "audit",
                "alerts",
                "ticket-settings",
            },
        ),
    ],
)
def test_everybody_starts_at_their_own_page_and_sees_only_their_own_menu(
    page: Page, system: dict[str, str], login: str, home: str, entries: set[str]
) -> None:
    sign_in(page, system, login)
    expect(page).to_have_url(re.compile(f"{home}$"), timeout=PATIENCE)
    shown = page.locator('nav [data-test^="menu-"]')
    names = {str(one.get_attribute("data-test")).removeprefix("menu-") for one in shown.all()}
    views = {
        *("mine", "done", "unassigned", "open", "overdue", "solved", "follow_up", "all", "views"),
        *("cc", "supervised"),
    }
    assert names - views == entries
    page.goto("/settings/sessions")
    expect(by(page, "forbidden")).to_be_visible(timeout=PATIENCE)
    by(page, "forbidden").locator("a").click()
    expect(page).to_have_url(re.compile(f"{home}$"), timeout=PATIENCE)


@pytest.mark.parametrize("address", ["/tickets", "/tickets/new", "/tickets/G20231001001"])
def test_tickets_are_not_for_employees(page: Page, system: dict[str, str], address: str) -> None:
    sign_in(page, system, "EM001", address)
    expect(by(page, "forbidden")).to_be_visible(timeout=PATIENCE)


def test_a_role_is_made_changed_and_deleted(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "AD001", "/settings/roles")
    by(page, "add-role").click()
    field(page, "role-name-zh").fill("夜班客服")
    field(page, "role-name-en").fill("Night shift")
    field(page, "role-key").fill("Night Shift")
    expect(by(page, "role-submit")).to_be_disabled()
    field(page, "role-key").fill("night_shift")
    by(page, "permission-ticket.read").click()
    field(page, "role-networks").fill("nowhere")
    by(page, "role-submit").click()
    expect(by(page, "dialog-problem")).to_contain_text("10.1.0.0/16", timeout=PATIENCE)
    expect(by(page, "dialog-problem")).to_be_in_viewport()
    shoot(page, "role-editor")
    field(page, "role-networks").fill("")
    by(page, "role-submit").click()
    expect(by(page, "role-night_shift")).to_contain_text("夜班客服", timeout=PATIENCE)

    by(page, "edit-night_shift").click()
    field(page, "role-name-zh").fill("晚班客服")
    by(page, "role-submit").click()
    expect(by(page, "role-night_shift")).to_contain_text("晚班客服", timeout=PATIENCE)
    shoot(page, "roles")
    by(page, "delete-night_shift").click()
    page.locator(".confirm-yes").click()
    expect(page.locator('[data-test="role-night_shift"]')).to_have_count(0, timeout=PATIENCE)


def test_nobody_locks_themselves_out(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "AD001", "/settings/roles")
    by(page, "edit-administrator").click()
    field(page, "role-networks").fill("10.99.0.0/16")
    by(page, "role-submit").click()
    expect(by(page, "dialog-problem")).to_contain_text("无法访问", timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(page.locator('[data-test="role-dialog"]')).to_have_count(0, timeout=PATIENCE)


def test_an_api_key_works_until_it_is_revoked(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "AD001", "/settings/api-keys")
    expect(page.locator("main .empty")).to_be_visible(timeout=PATIENCE)
    by(page, "add-api-key").click()
    field(page, "key-name").fill("呼叫中心")
    by(page, "key-role").click()
    by(page, "key-role-supervisor").click()
    by(page, "api-key-submit").click()
    token = by(page, "shown-once").inner_text()
    shoot(page, "api-key-once")
    by(page, "secret-kept").click()
    expect(page.locator('[data-test="shown-once"]')).to_have_count(0, timeout=PATIENCE)
    expect(by(page, "api-key-name")).to_have_text("呼叫中心", timeout=PATIENCE)
    assert status_with(system, token) == 200
    shoot(page, "api-keys")

    by(page, "revoke-呼叫中心").click()
    page.locator(".confirm-yes").click()
    expect(page.locator("main .grid")).to_contain_text("已吊销", timeout=PATIENCE)
    assert eventually(lambda: status_with(system, token) == 401)


def status_with(system: dict[str, str], token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    url = f"http://127.0.0.1:{system['GATEWAY_PORT']}/api/v1/tickets"
    return requests.get(url, headers=headers, timeout=20).status_code


def test_the_log_tells_who_changed_what(page: Page, system: dict[str, str]) -> None:
    desk = desk_of(system, "AD001")
    body = {"login": "CS701", "name": "日志里的人", "role": "agent"}
    desk.ask("POST", "/accounts", body)
    sign_in(page, system, "AU001", "/audit?action=create_account")
    row = by(page, "audit-create_account")
    expect(row).to_contain_text("AD001", timeout=PATIENCE)
    expect(row).to_contain_text("新建人员账号")
    row.locator('[data-test="audit-open"]').click()
    expect(by(page, "changes")).to_contain_text("CS701", timeout=PATIENCE)
    expect(by(page, "changes")).to_contain_text("客服")
    shoot(page, "audit")
    by(page, "audit-export").click()
    with page.expect_download() as download:
        by(page, "audit-export-csv").click()
    saved = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "create_account" in saved
    assert "list_audit_entries" not in saved
    by(page, "audit-clear").click()
    expect(page).to_have_url(re.compile("/audit$"), timeout=PATIENCE)
    field(page, "audit-actor").fill("nobody-like-this")
    by(page, "audit-search").click()
    expect(page.locator("main .empty")).to_be_visible(timeout=PATIENCE)


def test_an_alert_is_looked_into_and_closed(page: Page, system: dict[str, str]) -> None:
    desk = desk_of(system, "AD001")
    made = desk.ask("POST", "/accounts", {"login": "CS702", "name": "升职的人", "role": "agent"})
    account = made["account"]
    path, stamp = f"/accounts/{account['person_id']}", {"If-Match": f'"{account["version"]}"'}
    desk.ask("PATCH", path, {"role": "supervisor"}, headers=stamp)
    sign_in(page, system, "AD001", "/security")
    alert = page.locator('[data-test="alert-rights_raised"]', has_text="升职的人")
    expect(alert).to_contain_text("角色：主管", timeout=PATIENCE)
    expect(alert).to_contain_text("分配他人")
    expect(alert).to_contain_text("数据范围：全部")
    shoot(page, "alerts")
    alert.locator('[data-test="acknowledge"]').click()
    field(page, "acknowledge-note").fill("已与主管核实。")
    by(page, "acknowledge-submit").click()
    expect(alert).to_have_count(0, timeout=PATIENCE)
    by(page, "alerts-closed").click()
    expect(alert.locator('[data-test="alert-note"]')).to_contain_text("已与主管核实")


def test_an_employee_asks_and_is_answered(
    page: Page, system: dict[str, str], tmp_path: Path
) -> None:
    sign_in(page, system, "EM001")
    expect(by(page, "requests-empty")).to_be_visible(timeout=PATIENCE)
    by(page, "add-request").click()
    field(page, "request-subject").fill("会议室投影仪无法开机")
    field(page, "request-body").fill("换过电源线仍无反应。")
    attach(page, tmp_path / "投影仪.txt")
    shoot(page, "request-new")
    by(page, "new-request-submit").click()
    expect(by(page, "request-talk")).to_contain_text("投影仪.txt", timeout=PATIENCE)
    number = page.url.rpartition("/")[2]

    desk = desk_of(system, "CS001")
    desk.take(number)
    desk.ask("POST", f"/tickets/{number}/replies", {"text": "已安排同事到场。"})
    page.reload()
    expect(by(page, "request-talk")).to_contain_text("已安排同事到场", timeout=PATIENCE)
    field(page, "request-text").fill("谢谢。")
    by(page, "request-send").click()
    expect(by(page, "request-talk")).to_contain_text("谢谢。", timeout=PATIENCE)
    shoot(page, "request")
    by(page, "request-back").click()
    expect(by(page, f"request-{number}")).to_contain_text("会议室投影仪", timeout=PATIENCE)


def attach(page: Page, file: Path) -> None:
    file.write_text("Nr. 7", encoding="utf-8")
    page.locator('[data-test="editor-file"]:not([disabled])').last.set_input_files(file)
    expect(by(page, "upload")).to_contain_text("5 B", timeout=PATIENCE)


def test_a_customer_comes_in_with_a_code_and_finds_only_their_own(
    page: Page, outside: Outside, tmp_path: Path
) -> None:
    page.set_viewport_size(PHONE)
    mine, other = "portal@example.com", "neighbour@example.com"
    number = story.ask_for_repair(outside, mine, lambda _: None)
    foreign = story.ask_for_repair(outside, other, lambda _: None)
    page.goto("/portal")
    expect(by(page, "portal-send")).to_be_visible(timeout=PATIENCE)
    shoot(page, "portal")
    field(page, "portal-contact").fill(mine)
    by(page, "portal-send").click()
    field(page, "portal-code").fill("000000")
    by(page, "portal-enter").click()
    expect(by(page, "portal-error")).to_be_visible(timeout=PATIENCE)
    field(page, "portal-code").fill(code_sent_to(outside, mine))
    by(page, "portal-enter").click()
    expect(by(page, f"request-{number}")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(f'[data-test="request-{foreign}"]')).to_have_count(0)
    demand_no_sideways_scroll(page)

    by(page, f"request-{number}").click()
    field(page, "request-text").fill("补充一张照片。")
    attach(page, tmp_path / "照片.txt")
    by(page, "request-send").click()
    expect(page.locator(".entry__file")).to_contain_text("照片.txt", timeout=PATIENCE)
    shoot(page, "portal-request")
    demand_no_sideways_scroll(page)
    page.go_back()
    expect(by(page, "add-request")).to_be_visible(timeout=PATIENCE)
    page.goto(f"/portal?number={foreign}")
    expect(by(page, "problem")).to_be_visible(timeout=PATIENCE)
    by(page, "portal-leave").click()
    expect(by(page, "portal-send")).to_be_visible(timeout=PATIENCE)


def test_a_template_is_designed_published_and_filled_in(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "CS900", "/settings/ticket-templates")
    expect(by(page, "row-complaint")).to_contain_text("投诉", timeout=PATIENCE)
    shoot(page, "templates")
    by(page, "add-template").click()
    field(page, "template-name").fill("安装预约")
    field(page, "template-key").fill("installation")
    by(page, "template-submit").click()
    by(page, "add-field").click()
    field(page, "field-label").fill("安装地址")
    field(page, "field-key").fill("address")
    by(page, "field-required").click()
    by(page, "field-submit").click()
    expect(by(page, "template-preview")).to_contain_text("安装地址")
    shoot(page, "template-designer")
    by(page, "publish-template").click()
    page.locator(".confirm-yes").click()
    expect(page.get_by_text("当前版本 1")).to_be_visible(timeout=PATIENCE)
    asked = {"name": "王小明", "phone": "13800138000"}
    boss = desk_of(system, "CS900")
    key = {"Idempotency-Key": "template-customer"}
    customer = boss.ask("POST", "/customers", asked, headers=key)
    body = {
        "customer_id": customer["customer_id"],
        "subject": "预约安装",
        "text": "周末上门",
        "template_key": "installation",
        "fields": {"address": "人民路 1 号"},
    }
    made = boss.ask("POST", "/tickets", body, headers={"Idempotency-Key": "template-ticket"})
    page.goto(f"/tickets/{made['number']}")
    expect(by(page, "field-address")).to_contain_text("人民路 1 号", timeout=PATIENCE)
    by(page, "edit-form").click()
    page.get_by_label("安装地址").fill("人民路 2 号")
    shoot(page, "template-form")
    by(page, "form-submit").click()
    expect(by(page, "field-address")).to_contain_text("人民路 2 号", timeout=PATIENCE)


def test_filters_are_kept_as_a_view_with_its_counter(page: Page, system: dict[str, str]) -> None:
    desk = desk_of(system, "CS900")
    number = an_urgent_complaint(desk)
    sign_in(page, system, "CS900", "/tickets?view=all&urgency=critical&kind=complaint")
    by(page, "save-view").click()
    expect(by(page, "view-submit")).to_be_disabled()
    field(page, "view-name").fill("特急投诉")
    by(page, "try-condition").click()
    expect(by(page, "matching-count")).to_contain_text("1", timeout=PATIENCE)
    shoot(page, "view-editor")
    by(page, "view-submit").click()
    entry = by(page, "saved-view-特急投诉")
    expect(entry).to_contain_text("1", timeout=PATIENCE)
    expect(page.locator("h1")).to_have_text("特急投诉")
    expect(by(page, f"ticket-row-{number}")).to_be_visible(timeout=PATIENCE)
    shoot(page, "view-list")

    by(page, "menu-views").click()
    row = by(page, "view-特急投诉")
    by(row, "view-edit").click()
    by(page, "visibility-shared").click()
    by(page, "view-submit").click()
    expect(row).to_contain_text("所有人", timeout=PATIENCE)
    shoot(page, "views")
    by(row, "view-remove").click()
    page.locator(".confirm-yes").click()
    expect(page.locator('[data-test="view-特急投诉"]')).to_have_count(0, timeout=PATIENCE)
    expect(page.locator('[data-test="saved-view-特急投诉"]')).to_have_count(0)


def an_urgent_complaint(desk: Desk) -> str:
    """Its number."""
    customer = desk.ask("POST", "/customers", {"name": "韩梅梅", "phone": "13800138123"})
    opening = {
        "customer_id": customer["customer_id"],
        "subject": "商品破损要求赔偿",
        "text": "杯子碎了。",
        "kind": "complaint",
        "urgency": "critical",
    }
    return str(desk.ask("POST", "/tickets", opening)["number"])


def test_a_trigger_is_made_acts_and_tells_what_it_did(page: Page, system: dict[str, str]) -> None:
    desk = desk_of(system, "CS900")
    sign_in(page, system, "CS900")
    by(page, "menu-triggers").click()
    by(page, "add-rule").click()
    field(page, "rule-name").fill("投诉打标签")
    actions = page.locator('[data-test="action-editor"]')
    by(actions, "row-add").click()
    field(actions, "action-tags").fill("投诉")
    field(actions, "action-tags").press("Enter")
    shoot(page, "trigger-editor")
    by(page, "ticket-rule-submit").click()
    row = by(page, "rule-投诉打标签")
    expect(row).to_contain_text("工单创建", timeout=PATIENCE)
    number = an_urgent_complaint(desk)
    eventually(lambda: desk.ask("GET", f"/tickets/{number}")["tags"] == ["投诉"], 30)
    by(row, "rule-history").click()
    expect(by(page, "runs")).to_contain_text(number, timeout=PATIENCE)
    shoot(page, "trigger-history")
    page.keyboard.press("Escape")
    row.locator('[data-test="rule-switch"]').click()
    expect(row).to_contain_text("已停用", timeout=PATIENCE)
    shoot(page, "triggers")
    page.goto("/settings/automations")
    by(page, "add-rule").click()
    expect(by(page, "rule-anchor")).to_be_visible(timeout=PATIENCE)
    shoot(page, "automation-editor")
