"""Rules, texts, deliveries, robots, webhooks and wishes about notices in a real browser."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Locator, Page, expect

from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo.desk import Desk
from tests.e2e.axe import grave_findings
from tests.e2e.browsing import PATIENCE, PHONE, built_console, by, camera, field, sign_in
from tests.e2e.system import code_sent_to, desk_of, outside_of, start_everything

pytestmark = pytest.mark.timeout(600)

BOSS = "AD001"
CUSTOMER = "preferences@example.com"
PAGES = (
    "/settings/notification-rules",
    "/settings/notification-texts",
    "/settings/deliveries",
    "/settings/robots",
    "/settings/webhooks",
    "/me",
)
shoot = camera("notifications")


class Receiver(BaseHTTPRequestHandler):
    """Another system: takes everything but what comes to /refuse, as robots of DingTalk answer."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        refuses = self.path.startswith("/refuse")
        answer = {"errcode": 310000, "errmsg": "sign not match"} if refuses else {"errcode": 0}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what came is seen in the log of webhooks."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    built_console()
    processes.env["HTTP_ALLOW_PRIVATE"] = "127.0.0.0/8"
    start_everything(processes, split="nothing")
    return processes.env


@pytest.fixture(scope="module")
def ticket(system: dict[str, str]) -> str:
    """Of a customer who has an address for mail and none for text messages."""
    return open_ticket(desk_of(system), CUSTOMER)


def open_ticket(desk: Desk, mail: str) -> str:
    asked = {"name": "韩梅梅", "email": mail}
    customer = desk.ask("POST", "/customers", asked)["customer_id"]
    body = {"customer_id": customer, "subject": "收到的杯子碎了", "text": "请尽快换货"}
    made = desk.ask("POST", "/tickets", {**body, "kind": "complaint"})
    desk.take(made["number"])
    desk.ask("POST", f"/tickets/{made['number']}/replies", {"text": "今天就为您换货。"})
    return str(made["number"])


def choose(page: Page, select: Locator, option: str) -> None:
    """From a list that opens."""
    select.click()
    by(page, option).click()


def confirm(page: Page) -> None:
    page.locator(".confirm-yes:visible").click()


def within(page: Page, name: str) -> Locator:
    """What is shown now; `by` waits for what can be seen."""
    return page.locator(f'[data-test="{name}"]')


def test_a_rule_is_refused_where_it_is_wrong_tried_switched_moved_and_deleted(
    page: Page, system: dict[str, str], ticket: str
) -> None:
    sign_in(page, system, BOSS, "/settings/notification-rules")
    receipt = by(page, "occasion-of-receipt")
    expect(receipt).to_contain_text("受理回执", timeout=PATIENCE)
    expect(by(page, "rule-受理回执")).to_contain_text("邮件")
    shoot(page, "rules")

    by(page, "add-to-receipt").click()
    field(page, "rule-name").fill("投诉加发短信")
    by(page, "channel-mail").click()
    by(page, "rule-submit").click()
    expect(by(page, "rule-error")).to_contain_text("至少要有一个渠道", timeout=PATIENCE)
    expect(by(page, "drawer-problem")).to_contain_text("请查看标出的位置")
    by(page, "channel-sms").click()
    shoot(page, "rule")
    assert grave_findings(page) == []
    by(page, "rule-submit").click()
    rule = by(page, "rule-投诉加发短信")
    expect(rule).to_contain_text("短信", timeout=PATIENCE)

    by(rule, "rule-up").click()
    rules = receipt.locator("li")
    expect(rules.last).not_to_contain_text("投诉加发短信", timeout=PATIENCE)
    by(page, "try-rules").click()
    field(page, "trial-ticket").fill(ticket)
    by(page, "trial-run").click()
    expect(by(page, "trial-told")).to_contain_text("客户", timeout=PATIENCE)
    expect(by(page, "tried-投诉加发短信")).to_contain_text("始终")
    shoot(page, "trial")
    page.keyboard.press("Escape")

    by(rule, "rule-switch").click()
    expect(rule).to_contain_text("已停用", timeout=PATIENCE)
    by(rule, "rule-remove").click()
    confirm(page)
    expect(within(page, "rule-投诉加发短信")).to_have_count(0, timeout=PATIENCE)


def test_a_text_is_written_with_its_faults_shown_at_their_lines_and_the_shipped_one_comes_back(
    page: Page, system: dict[str, str], ticket: str
) -> None:
    sign_in(page, system, BOSS, "/settings/notification-texts?occasion=receipt")
    line = by(page, "text-customer-mail")
    place = by(line, "place-zh")
    expect(by(place, "place-state")).to_have_text("默认", timeout=PATIENCE)
    shoot(page, "texts")
    by(place, "text-edit").click()
    expect(by(page, "preview-words")).to_contain_text("G2", timeout=PATIENCE)
    field(page, "text-body").fill("您好，\n工单 {{ nummer }} 已受理。")
    fault = by(page, "text-fault")
    expect(fault).to_have_text("第 2 行：没有变量“nummer”。", timeout=PATIENCE)
    shoot(page, "text-fault")
    field(page, "text-body").fill("您好，工单 ")
    by(page, "variable-number").click()
    expect(field(page, "text-body")).to_have_value("您好，工单 {{ number }}")
    field(page, "preview-number").fill(ticket)
    expect(by(page, "preview-words")).to_contain_text(f"您好，工单 {ticket}", timeout=PATIENCE)
    assert grave_findings(page) == []

    page.reload()
    by(by(page, "text-customer-mail"), "text-edit").click()
    expect(by(page, "text-restored")).to_be_visible(timeout=PATIENCE)
    expect(field(page, "text-body")).to_have_value("您好，工单 {{ number }}")
    shoot(page, "text")
    by(page, "text-submit").click()
    expect(by(place, "place-state")).to_have_text("已自定义", timeout=PATIENCE)
    by(place, "text-restore").click()
    confirm(page)
    expect(by(place, "place-state")).to_have_text("默认", timeout=PATIENCE)


def test_deliveries_are_found_by_ticket_and_status(
    page: Page, system: dict[str, str], ticket: str
) -> None:
    boss = desk_of(system, BOSS)
    assert eventually(lambda: boss.ask("GET", f"/deliveries?number={ticket}")["items"])
    sign_in(page, system, BOSS, f"/settings/deliveries?number={ticket}")
    row = page.locator('[data-test="delivery"][data-occasion="replied"]').first
    expect(row).to_contain_text("客服回复", timeout=PATIENCE)
    expect(row).to_contain_text("客户")
    choose(page, by(page, "delivery-status"), "status-unknown")
    expect(page.locator("main")).to_contain_text("没有符合条件的记录", timeout=PATIENCE)
    by(page, "deliveries-clear").click()
    expect(by(page, "delivery")).to_be_visible(timeout=PATIENCE)
    by(page, "status-legend").locator("summary").click()
    shoot(page, "deliveries")


def test_a_robot_is_added_tested_and_tells_why_it_was_refused(
    page: Page, system: dict[str, str], receiver: str
) -> None:
    sign_in(page, system, BOSS, "/settings/robots")
    expect(page.locator("main")).to_contain_text("还没有群机器人", timeout=PATIENCE)
    by(page, "add-robot").click()
    field(page, "robot-name").fill("客服一组")
    field(page, "robot-url").fill("ftp://example.com")
    by(page, "robot-submit").click()
    expect(by(page, "rule-error")).to_contain_text("只支持 http", timeout=PATIENCE)
    field(page, "robot-url").fill(f"{receiver}/robot/send?access_token=1")
    field(page, "robot-secret").fill("SEC123")
    shoot(page, "robot")
    by(page, "robot-submit").click()
    robot = by(page, "robot-客服一组")
    expect(robot).to_contain_text("加签", timeout=PATIENCE)
    by(robot, "robot-test").click()
    expect(robot).to_contain_text("最近发送", timeout=PATIENCE)
    by(robot, "robot-edit").click()
    field(page, "robot-url").fill(f"{receiver}/refuse")
    by(page, "robot-submit").click()
    expect(within(page, "robot-dialog")).to_have_count(0, timeout=PATIENCE)
    by(robot, "robot-test").click()
    expect(by(robot, "robot-error")).to_contain_text("sign not match", timeout=PATIENCE)
    shoot(page, "robots")


def test_a_webhook_shows_its_secret_once_is_tested_replayed_and_switched_off(
    page: Page, system: dict[str, str], receiver: str
) -> None:
    sign_in(page, system, BOSS, "/settings/webhooks")
    by(page, "add-webhook").click()
    field(page, "webhook-name").fill("ERP 同步")
    field(page, "webhook-url").fill(f"{receiver}/hooks")
    by(page, "type-clock.breached").click()
    shoot(page, "webhook")
    assert grave_findings(page) == []
    by(page, "webhook-submit").click()
    expect(by(page, "shown-once")).to_contain_text("whsec_", timeout=PATIENCE)
    first = by(page, "shown-once").inner_text()
    by(page, "secret-kept").click()
    hook = by(page, "webhook-ERP 同步")
    expect(hook).to_contain_text("工单：全部", timeout=PATIENCE)
    expect(hook).to_contain_text("已超时")
    shoot(page, "webhooks")

    by(hook, "webhook-test").click()
    row = page.locator('[data-test="log-row"][data-type="webhook.ping"]').first
    expect(by(row, "log-status")).to_have_text("已送达", timeout=PATIENCE)
    by(row, "log-event").click()
    expect(by(row, "log-body")).to_contain_text('"specversion": "1.0"', timeout=PATIENCE)
    open_ticket(desk_of(system), "webhook@example.com")
    created = page.locator('[data-test="log-row"][data-type="ticket.created"]').first
    expect(by(created, "log-status")).to_have_text("已送达", timeout=PATIENCE)
    expect(created).to_contain_text("新建工单")
    shoot(page, "webhook-log")
    by(created, "log-replay").click()
    expect(page.locator(".el-message").last).to_contain_text("1 条事件", timeout=PATIENCE)
    by(page, "replay-range").click()
    by(page, "replay-submit").click()
    expect(within(page, "replay-dialog")).to_have_count(0, timeout=PATIENCE)
    choose(page, by(page, "log-filter"), "log-status-failed")
    expect(page.locator("main")).to_contain_text("没有符合条件的记录", timeout=PATIENCE)

    by(page, "webhook-back").click()
    by(hook, "webhook-more").click()
    by(page, "webhook-rotate").click()
    confirm(page)
    expect(by(page, "shown-once")).not_to_have_text(first, timeout=PATIENCE)
    by(page, "secret-kept").click()
    expect(hook).to_contain_text("新旧密钥同时有效", timeout=PATIENCE)
    by(hook, "webhook-more").click()
    by(page, "webhook-disable").click()
    confirm(page)
    expect(by(hook, "webhook-state")).to_have_text("已停用", timeout=PATIENCE)
    by(hook, "webhook-enable").click()
    expect(by(hook, "webhook-state")).to_have_text("已启用", timeout=PATIENCE)


def test_colleagues_choose_channels_and_quiet_hours(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "CS001", "/me")
    section = by(page, "section-notifications")
    work = by(section, "wish-work")
    expect(work).to_contain_text("我的工单", timeout=PATIENCE)
    by(work, "wish-sms").click()
    by(section, "quiet-switch").click()
    by(section, "quiet-day-7").click()
    field(section, "wish-wecom").fill("zhangsan")
    by(section, "wishes-save").click()
    expect(by(section, "wishes-save")).to_be_disabled(timeout=PATIENCE)
    section.scroll_into_view_if_needed()
    shoot(page, "profile")
    page.reload()
    expect(field(by(page, "wish-work"), "wish-sms")).not_to_be_checked(timeout=PATIENCE)
    kept = desk_of(system).ask("GET", "/profile/notification-preferences")
    assert kept["channels"]["work"]["off"] == ["sms"]
    assert (kept["quiet_from"], kept["quiet_until"]) == ("22:00", "08:00")
    assert kept["quiet_days"] == [1, 2, 3, 4, 5, 6]
    assert (kept["zone"], kept["wecom_userid"]) == ("Asia/Shanghai", "zhangsan")


def test_customers_choose_what_comes_first_in_the_portal(
    page: Page, system: dict[str, str], ticket: str
) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/portal")
    page.locator("form.entrance input").first.fill(CUSTOMER)
    page.get_by_role("button", name="获取验证码").click()
    code = code_sent_to(outside_of(system), CUSTOMER)
    page.locator("form.entrance input").last.fill(code)
    page.get_by_role("button", name="查看进度").click()
    by(page, "portal-wishes").click()
    choose(page, by(by(page, "wish-progress"), "wish-way"), "way-sms>mail")
    shoot(page, "portal-phone")
    by(page, "wishes-submit").click()
    expect(within(page, "wishes-drawer")).to_have_count(0, timeout=PATIENCE)
    by(page, "portal-wishes").click()
    expect(by(page, "wish-progress")).to_contain_text("短信优先，其次邮件", timeout=PATIENCE)


def test_whoever_may_only_look_changes_nothing(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "AU001", "/settings/notification-rules")
    expect(by(page, "rule-受理回执")).to_be_visible(timeout=PATIENCE)
    for name in ("add-rule", "rule-edit", "rule-switch"):
        expect(within(page, name)).to_have_count(0)
    page.goto("/settings/webhooks")
    expect(by(page, "webhooks-page")).to_be_visible(timeout=PATIENCE)
    expect(within(page, "add-webhook")).to_have_count(0)
