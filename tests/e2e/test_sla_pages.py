"""Policies, calendars, what is due and what is overdue in a real browser."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.demo.desk import Desk
from tests.e2e.browsing import PATIENCE, by, camera, field, sign_in
from tests.e2e.system import desk_of

URGENT = "马上处理：咖啡机漏水"

pytestmark = pytest.mark.timeout(300)

shoot = camera("sla")


@pytest.fixture(scope="module")
def late_ticket(system: dict[str, str]) -> str:
    """A ticket whose first reply is due a second after it came."""
    boss = desk_of(system, "CS900")
    add_policy(boss, "马上回复", URGENT, {"first_reply": {"normal": 1}, "resolution": hours(2)})
    return open_ticket(desk_of(system), URGENT)


def add_policy(boss: Desk, name: str, subject: str, targets: dict[str, Any]) -> None:
    """In front of all others."""
    condition = {"all": [{"field": "subject", "op": "contains", "value": subject}]}
    step = {"key": "first_reply_overdue", "target": "first_reply", "offset_seconds": 0}
    steps = [{**step, "recipients": [{"to": "assignee"}]}]
    body = {"name": name, "condition": condition, "targets": targets, "steps": steps}
    boss.ask("POST", "/sla/policies", body, headers=key())
    ids = [one["policy_id"] for one in boss.ask("GET", "/sla/policies")["items"]]
    order = {"policy_ids": [ids[-1], *ids[:-1]]}
    boss.ask("PUT", "/sla/policies/order", order, headers=key())


def open_ticket(desk: Desk, subject: str) -> str:
    asked = {"name": "王小明", "phone": "13800138000"}
    customer = desk.ask("POST", "/customers", asked, headers=key())
    body = {"customer_id": customer["customer_id"], "subject": subject, "text": subject}
    ticket = desk.ask("POST", "/tickets", {**body, "kind": "complaint"}, headers=key())
    desk.take(ticket["number"])
    return str(ticket["number"])


def hours(count: int) -> dict[str, int]:
    return dict.fromkeys(("normal", "urgent", "critical"), count * 3600)


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def test_the_shipped_policies_stand_in_their_order(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "CS900", "/settings/sla")
    card = by(page, "policy-APP 崩溃")
    expect(card).to_contain_text("类型 是 报修", timeout=PATIENCE)
    expect(card).to_contain_text("2小时")
    by(card, "policy-steps").click()
    expect(card).to_contain_text("解决 到期前 30分钟")
    expect(card).to_contain_text("通知 技术总监、小组组长；分配给 技术总监；调整紧急程度 特急")
    expect(by(page, "repeated-complaints")).to_contain_text("30 天内投诉达到 2 次")
    shoot(page, "policies")


def test_a_policy_is_made_refused_where_it_is_wrong_moved_switched_and_deleted(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "CS900", "/settings/sla")
    by(page, "add-policy").click()
    field(page, "policy-name").fill("贵宾投诉")
    by(page, "policy-submit").click()
    expect(by(page, "rule-error")).to_have_text("请至少填写一个时限。", timeout=PATIENCE)
    field(page, "target-first_reply-normal").fill("1")
    by(page, "step-add").click()
    by(page, "step-before").click()
    field(page, "step-offset").fill("90")
    by(page, "policy-submit").click()
    expect(by(page, "rule-error")).to_contain_text("提前的时间必须短于", timeout=PATIENCE)
    expect(by(page, "policy-problem")).to_contain_text("请查看标出的位置")
    shoot(page, "policy-refused")
    field(page, "step-offset").fill("10")
    by(page, "policy-submit").click()
    card = by(page, "policy-贵宾投诉")
    expect(card).to_contain_text("始终", timeout=PATIENCE)
    expect(card).to_contain_text("1小时")

    by(card, "policy-up").click()
    last = page.locator('[data-test="policies"] > li').last
    expect(last).not_to_contain_text("贵宾投诉", timeout=PATIENCE)
    by(card, "policy-switch").click()
    expect(card).to_contain_text("已停用", timeout=PATIENCE)
    by(card, "policy-remove").click()
    page.locator(".confirm-yes").click()
    gone = page.locator('[data-test="policy-贵宾投诉"]')
    expect(gone).to_have_count(0, timeout=PATIENCE)


def test_a_trial_tells_which_policy_and_when_everything_is_due(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "CS900", "/settings/sla")
    by(page, "try-policies").click()
    by(page, "trial-submit").click()
    expect(by(page, "trial-policy")).to_have_text("投诉", timeout=PATIENCE)
    expect(by(page, "tried-APP 崩溃")).to_contain_text("类型 是 报修")
    clock = by(page, "trial-clock-resolution")
    expect(clock).to_contain_text("72小时")
    clock.locator("summary").click()
    expect(by(clock, "step-line")).to_contain_text("未解决催办（第 1 次）")
    expect(by(clock, "stretches")).to_contain_text("72小时")
    shoot(page, "trial")
    by(page, "trial-on-number").click()
    field(page, "trial-number").fill("G20010101001")
    by(page, "trial-submit").click()
    expect(by(page, "trial-problem")).to_be_visible(timeout=PATIENCE)


def test_a_calendar_gets_hours_holidays_and_days_of_its_own(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "CS900", "/settings/calendars")
    holiday = page.locator('[data-date="2026-10-01"]')
    expect(holiday).to_have_attribute("data-kind", "holiday", timeout=PATIENCE)
    expect(page.locator('[data-date="2026-10-10"]')).to_have_attribute("data-kind", "workday")
    by(page, "add-calendar").click()
    field(page, "calendar-name").fill("夜班")
    friday = by(page, "weekday-5")
    by(friday, "period-add").click()
    choose_time(page, friday.locator('[data-test="period-end"]').last, "17:00")
    by(page, "calendar-submit").click()
    expect(by(page, "rule-error")).to_contain_text("结束必须晚于开始", timeout=PATIENCE)
    friday.locator('[data-test="period-remove"]').last.click()
    by(page, "calendar-submit").click()
    expect(by(page, "calendar-week")).to_contain_text("09:00–12:00", timeout=PATIENCE)

    by(page, "import-holidays").click()
    field(page, "holidays-year").fill("2027")
    by(page, "holidays-submit").click()
    expect(by(page, "shown-year")).to_have_text("2027", timeout=PATIENCE)
    expect(by(page, "unofficial")).to_contain_text("尚未公布", timeout=PATIENCE)
    newyear = page.locator('[data-date="2027-01-01"]')
    expect(newyear).to_have_attribute("data-kind", "holiday", timeout=PATIENCE)

    day = page.locator('[data-date="2027-03-03"]')
    day.click()
    by(page, "day-kind-special").click()
    field(page, "day-name").fill("盘点")
    by(page, "day-submit").click()
    expect(day).to_have_attribute("data-kind", "special", timeout=PATIENCE)
    expect(day).to_have_attribute("title", re.compile("盘点"))
    shoot(page, "calendar")
    day.click()
    by(page, "day-kind-week").click()
    by(page, "day-submit").click()
    expect(day).to_have_attribute("data-kind", "open", timeout=PATIENCE)
    by(page, "calendar-remove").click()
    page.locator(".confirm-yes").click()
    expect(page.locator('[data-test="calendar-夜班"]')).to_have_count(0, timeout=PATIENCE)


def choose_time(page: Page, place: Locator, time: str) -> None:
    """Typed, as times are that stand in no list."""
    place.locator("input").fill(time)
    page.keyboard.press("Enter")


def test_a_ticket_tells_what_is_overdue_and_why(
    page: Page, system: dict[str, str], late_ticket: str
) -> None:
    sign_in(page, system, "CS001", f"/tickets/{late_ticket}")
    late = by(page, "clock-first_reply")
    expect(late).to_have_attribute("data-state", "breached", timeout=PATIENCE)
    expect(by(late, "countdown")).to_have_attribute("data-tone", "over")
    running = by(page, "clock-resolution")
    expect(running).to_have_attribute("data-state", "running")
    expect(running).to_contain_text("剩")
    by(late, "clock-explain").click()
    dialog = by(page, "clock-dialog")
    expect(dialog).to_contain_text("马上回复", timeout=PATIENCE)
    expect(by(dialog, "step-line")).to_contain_text("已触发", timeout=PATIENCE)
    shoot(page, "clock")


def test_what_is_overdue_stands_on_the_board_and_first_in_the_list(
    page: Page, system: dict[str, str], late_ticket: str
) -> None:
    sign_in(page, system, "CS900", "/sla-board")
    overdue = by(page, "sla-overdue")
    expect(overdue).to_contain_text(late_ticket, timeout=PATIENCE)
    expect(overdue).to_contain_text("首次回复")
    expect(by(page, "count-overdue")).not_to_have_text("0", timeout=PATIENCE)
    shoot(page, "board")
    by(page, "menu-overdue").click()
    row = by(page, f"ticket-row-{late_ticket}")
    expect(row).to_contain_text("超时", timeout=PATIENCE)
    by(page, "menu-all").click()
    by(page, "sort-due").click()
    first = page.locator('[data-test^="ticket-row-"]').first
    expect(first).to_have_attribute("data-test", f"ticket-row-{late_ticket}", timeout=PATIENCE)
    expect(page).to_have_url(re.compile("sort=due"))


def test_whoever_may_only_look_changes_nothing(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "AU001", "/settings/sla")
    expect(by(page, "policies")).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-test="add-policy"], [data-test="policy-edit"]')).to_have_count(0)
    page.goto("/settings/calendars")
    expect(by(page, "year")).to_be_visible(timeout=PATIENCE)
    page.locator('[data-date="2026-03-03"]').click()
    buttons = '[data-test="add-calendar"], [data-test="import-holidays"], [data-test="day-dialog"]'
    expect(page.locator(buttons)).to_have_count(0)
    page.goto("/sla-board")
    expect(by(page, "forbidden")).to_be_visible(timeout=PATIENCE)
