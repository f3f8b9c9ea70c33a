"""The agent's part in a real browser: sign in, take, confirm, note, answer, solve."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo import story
from tests.demo.story import Outside
from tests.e2e.browsing import PATIENCE, built_console, by, camera, field, sign_in
from tests.e2e.system import desk_of, outside_of, start_everything

shoot = camera("console")

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    built_console()
    start_everything(processes, split="nothing")
    return processes.env


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
    sign_in(page, system, "CS001")
    page.goto(f"/tickets/{number}")
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
