"""The agent's part in a real browser: sign in, take, confirm, note, answer, solve."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from libs.common.testing.eventually import eventually
from tests.demo import story
from tests.demo.story import Outside
from tests.e2e.axe import grave_findings
from tests.e2e.browsing import PATIENCE, by, camera, field, sign_in
from tests.e2e.system import desk_of, outside_of

shoot = camera("console")

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def outside(system: dict[str, str]) -> Outside:
    return outside_of(system)


def test_a_wrong_password_is_told_and_nothing_else(page: Page) -> None:
    page.goto("/")
    field(page, "login-name").fill("CS001")
    field(page, "login-password").fill("wrong-password")
    shoot(page, "login")
    by(page, "login-submit").click()
    expect(by(page, "login-error")).to_be_visible(timeout=PATIENCE)


def test_an_agent_answers_and_solves_a_complaint(
    page: Page, system: dict[str, str], outside: Outside
) -> None:
    sender = "browser@example.com"
    story.complain_by_mail(outside, sender, lambda _: None)
    number = story.receipt_number(outside, sender, lambda _: None)

    sign_in(page, system, "CS001")
    by(page, "menu-unassigned").click()
    row = by(page, f"ticket-row-{number}")
    expect(row).to_be_visible(timeout=PATIENCE)
    shoot(page, "list")
    row.click()
    expect(page).to_have_url(re.compile(number), timeout=PATIENCE)

    by(page, "take").click()
    by(page, "accept").click()
    expect(by(page, "ticket-status")).to_contain_text("处理中", timeout=PATIENCE)
    by(page, "note-tab").click()
    write(page, "内部:先核对库存")
    by(page, "reply-tab").click()
    write(page, "您好,我们为您换货,请确认收货地址是否有变。")
    entry = page.locator('[data-kind="message"][data-direction="out"]')
    expect(entry.last).to_contain_text("换货", timeout=PATIENCE)
    shoot(page, "ticket")

    story.answer_by_mail(outside, sender, number, lambda _: None)
    inbound = page.locator('[data-kind="message"][data-direction="in"]')
    expect(inbound.last).to_contain_text("地址没有变", timeout=PATIENCE)
    by(page, "solve").click()
    field(page, "solve-text").fill("已换新品,运单号 SF1234567890")
    by(page, "solve-submit").click()
    expect(by(page, "ticket-status")).to_contain_text("已解决", timeout=PATIENCE)
    shoot(page, "solved")

    ticket = desk_of(system, "CS900").ticket(number)
    assert ticket["status"] == "solved"
    assert told_solution(outside, sender)


def write(page: Page, words: str) -> None:
    field(page, "editor-text").fill(words)
    by(page, "editor-send").click()
    expect(field(page, "editor-text")).to_have_value("", timeout=PATIENCE)


def told_solution(outside: Outside, address: str) -> bool:
    return eventually(
        lambda: any(
            "SF1234567890" in story.text_of(mail) for mail in outside.mailbox.mails_to(address)
        ),
        30,
    )


def test_what_was_said_is_found(page: Page, system: dict[str, str], outside: Outside) -> None:
    sender = "searching@example.com"
    story.complain_by_mail(outside, sender, lambda _: None)
    number = story.receipt_number(outside, sender, lambda _: None)
    desk = desk_of(system, "CS900")
    desk.ask("POST", f"/tickets/{number}/notes", {"text": "仓库说这批搪瓷锅要全部召回。"})
    eventually(lambda: desk.ask("GET", "/ticket-search?q=搪瓷锅 召回")["items"], PATIENCE / 1000)

    sign_in(page, system, "CS900")
    expect(by(page, "menu-unassigned")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("/")
    expect(field(page, "global-search")).to_be_focused()
    page.keyboard.type("搪瓷锅 召回")
    page.keyboard.press("Enter")
    found = by(page, f"found-{number}")
    expect(found.locator('[data-field="note"] mark').first).to_be_visible(timeout=PATIENCE)
    shoot(page, "search")
    assert grave_findings(page) == []
    field(page, "search-words").fill('"召回搪瓷锅" <b>')
    by(page, "search-submit").click()
    expect(by(page, "search-none")).to_contain_text('"召回搪瓷锅" <b>', timeout=PATIENCE)
    expect(by(page, "search-help")).to_be_visible()
    shoot(page, "search-none")
    by(page, "recent-searches").get_by_role("button", name="搪瓷锅 召回").click()
    found.get_by_role("link").click()
    expect(page).to_have_url(re.compile(number), timeout=PATIENCE)


def test_the_console_fits_a_phone_and_speaks_english(
    page: Page, system: dict[str, str], outside: Outside
) -> None:
    number = story.ask_for_repair(outside, "phone@example.com", lambda _: None)
    sign_in(page, system, "CS002")
    page.set_viewport_size({"width": 390, "height": 844})
    by(page, "menu-button").click()
    page.locator('[data-test="menu-unassigned"]:visible').click()
    row = by(page, f"ticket-row-{number}")
    expect(row).to_be_visible(timeout=PATIENCE)
    expect(row).to_contain_text("待分配")
    shoot(page, "phone")
    by(page, "language").click()
    expect(row).to_contain_text("Unassigned", timeout=PATIENCE)
    expect(row).to_contain_text("会议室投影仪无法开机")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    row.click()
    expect(by(page, "take")).to_be_visible(timeout=PATIENCE)
    assert page.evaluate(overflow) <= 0
    shoot(page, "phone-ticket")


def test_addresses_are_shown_in_full_when_somebody_asks(
    page: Page, system: dict[str, str], outside: Outside
) -> None:
    sender = "reveal@example.com"
    number = story.ask_for_repair(outside, sender, lambda _: None)
    sign_in(page, system, "CS001", f"/tickets/{number}")
    expect(by(page, "contact")).to_have_text("r***@example.com", timeout=PATIENCE)
    by(page, "reveal-contacts").click()
    expect(by(page, "contact")).to_have_text(sender, timeout=PATIENCE)
    shoot(page, "contacts")


def test_a_form_takes_messages_while_it_has_a_key(
    page: Page, system: dict[str, str], outside: Outside
) -> None:
    sign_in(page, system, "AD001", "/settings/channel-accounts")
    by(page, "add-channel-account").click()
    field(page, "account-name").fill("活动页表单")
    by(page, "channel-account-submit").click()
    by(page, "no-keys").wait_for()
    by(page, "add-account-key").click()
    field(page, "account-key-name").fill("活动页")
    by(page, "account-key-submit").click()
    token = by(page, "shown-once").inner_text()
    by(page, "secret-kept").click()
    form = {"name": "王五", "phone": "13800138000", "description": "坏了"}
    url = f"http://127.0.0.1:{system['DOOR_PORT']}/channels/forms/{token}"

    def answers(status: int) -> bool:
        return requests.post(url, json=form, timeout=20).status_code == status

    assert eventually(lambda: answers(202))
    shoot(page, "channel-accounts")
    by(page, "revoke-account-key").click()
    page.locator(".el-message-box .el-button--primary").click()
    by(page, "no-keys").wait_for()
    assert eventually(lambda: answers(404))


def test_several_tickets_are_worked_on_by_keys(page: Page, system: dict[str, str]) -> None:
    desk = desk_of(system, "CS900")
    customer = desk.ask("POST", "/customers", {"name": "批量客户", "email": "bulk@example.com"})[
        "customer_id"
    ]
    given = {"customer_id": customer, "text": "请处理", "urgency": "critical"}
    numbers = [
        desk.ask("POST", "/tickets", {**given, "subject": f"批量工单 {n}"})["number"]
        for n in range(3)
    ]
    sign_in(page, system, "CS900", "/tickets?view=all&q=批量工单")
    expect(by(page, f"ticket-row-{numbers[0]}")).to_be_visible(timeout=PATIENCE)
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(by(page, "bulk-bar")).to_contain_text("已选 2 张")
    shoot(page, "bulk-bar")
    assert grave_findings(page) == []
    page.keyboard.press("l")
    tags = field(page, "bulk-add-tags")
    tags.fill("双十一")
    tags.press("Enter")
    shoot(page, "bulk-dialog")
    assert grave_findings(page) == []
    by(page, "bulk-submit").click()
    expect(by(page, "bulk-status")).to_contain_text("完成 2", timeout=PATIENCE)
    expect(by(page, "bulk-status")).to_contain_text("已结束")
    shoot(page, "bulk-result")
    assert grave_findings(page) == []
    tagged = [number for number in numbers if desk.ticket(number)["tags"] == ["双十一"]]
    assert len(tagged) == 2
    page.keyboard.press("Escape")
    expect(by(page, "bulk-drawer")).to_be_hidden()
    by(page, "columns").click()
    by(page, "column-customer").click()
    expect(page.locator("thead")).not_to_contain_text("客户")
    page.reload()
    expect(page.locator("thead")).to_contain_text("主题", timeout=PATIENCE)
    expect(page.locator("thead")).not_to_contain_text("客户")
    page.keyboard.press("?")
    expect(by(page, "shortcut-help")).to_contain_text("工单列表")
    shoot(page, "shortcuts")
    assert grave_findings(page) == []


def test_texts_and_macros_are_kept_and_used(page: Page, system: dict[str, str]) -> None:
    desk = desk_of(system, "CS900")
    customer = desk.ask("POST", "/customers", {"name": "韩女士", "email": "macro@example.com"})[
        "customer_id"
    ]
    ticket = {"customer_id": customer, "subject": "想退款", "text": "不想要了"}
    number = desk.ask("POST", "/tickets", ticket)["number"]
    sign_in(page, system, "CS900", "/settings/canned-replies")
    by(page, "add-canned-reply").click()
    field(page, "canned-name").fill("退款受理")
    field(page, "canned-body").fill("{{customer.phone}}您好")
    field(page, "canned-shortcut").fill("tk")
    by(page, "canned-reply-submit").click()
    expect(by(page, "canned-reply-drawer")).to_contain_text(
        "没有“customer.phone”", timeout=PATIENCE
    )
    field(page, "canned-body").fill("{{customer.name}}您好,{{ticket.number}} 正在退款。")
    field(page, "canned-try-number").fill(number)
    by(page, "canned-try").click()
    expect(by(page, "canned-preview")).to_have_text(f"韩女士您好,{number} 正在退款。")
    shoot(page, "canned-drawer")
    assert grave_findings(page) == []
    by(page, "canned-reply-submit").click()
    expect(by(page, "canned-reply-退款受理")).to_contain_text("/tk", timeout=PATIENCE)
    shoot(page, "canned-list")
    assert grave_findings(page) == []

    page.keyboard.press("Control+k")
    field(page, "palette-words").fill("macros")
    expect(by(page, "palette-page-macros")).to_have_attribute("aria-selected", "true")
    shoot(page, "palette")
    assert grave_findings(page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/settings/macros"), timeout=PATIENCE)
    desk.ask(
        "POST",
        "/macros",
        {
            "name": "退款流程",
            "visibility": "shared",
            "actions": [
                {"type": "assign", "to": "me"},
                {"type": "add_tags", "tags": ["退款"]},
                {"type": "add_note", "text": "{{customer.name}}:核对订单{{fields.订单号}}"},
            ],
        },
    )
    page.reload()
    by(page, "macro-edit").click()
    expect(by(page, "step-editor")).to_be_visible()
    shoot(page, "macro-drawer")
    assert grave_findings(page) == []
    page.keyboard.press("Escape")

    page.goto("/")
    expect(by(page, "search-box")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Control+k")
    field(page, "palette-words").fill(number)
    page.keyboard.press("Enter")
    expect(by(page, "ticket-status")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("m")
    page.locator('[data-test="macro-choice"]').click()
    by(page, "macro-option-退款流程").click()
    expect(by(page, "macro-steps")).to_contain_text("韩女士:核对订单", timeout=PATIENCE)
    shoot(page, "macro-preview")
    by(page, "macro-submit").click()
    expect(page.locator('[data-kind="note"]')).to_contain_text("核对订单", timeout=PATIENCE)
    page.keyboard.press("r")
    page.keyboard.type("/")
    field(page, "canned-search").fill("tk")
    expect(by(page, "canned-filled")).to_contain_text("正在退款", timeout=PATIENCE)
    shoot(page, "canned-picker")
    assert grave_findings(page) == []
    field(page, "canned-search").press("Enter")
    expect(field(page, "editor-text")).to_have_value(f"韩女士您好,{number} 正在退款。")
