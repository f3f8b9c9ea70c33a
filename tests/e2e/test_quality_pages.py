"""质检 in a real browser: a sheet, a ticket drawn by hand, scored, disputed, decided, confirmed."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import (
    PATIENCE,
    address_of,
    by,
    camera,
    field,
    sign_in,
    window,
)
from tests.e2e.soundness import is_sound
from tests.e2e.system import desk_of

pytestmark = pytest.mark.timeout(300)

shoot = camera("quality")


def solved(system: dict[str, str]) -> str:
    """The number of a ticket that CS001 has solved."""
    agent = desk_of(system, "CS001")
    customer = agent.ask("POST", "/customers", {"name": "王女士", "phone": "13800000001"})
    body = {"customer_id": customer["customer_id"], "subject": "发票抬头有误", "text": "请重开。"}
    number = str(agent.ask("POST", "/tickets", body)["number"])
    agent.take(number)
    agent.ask("POST", f"/tickets/{number}/solution", {"text": "已重开发票。"})
    return number


def publish_sheet(page: Page) -> None:
    """Two items: yes or no, and up to ten points."""
    page.goto("/settings/score-sheets")
    by(page, "add-sheet").click()
    field(page, "sheet-name").fill("通用评分表")
    field(page, "section-name").fill("服务")
    field(page, "item-name").fill("解答准确")
    by(page, "add-item").click()
    page.locator('[data-test="item-name"]:visible').nth(1).fill("问候规范")
    page.get_by_text("是/否").last.click()
    is_sound(page, shoot, "sheet")
    by(page, "sheet-submit").click()
    expect(by(page, "sheet-通用评分表")).to_be_visible(timeout=PATIENCE)
    by(page, "publish-sheet").click()
    expect(by(page, "sheet-通用评分表")).to_contain_text("使用中", timeout=PATIENCE)


def open_review(page: Page, path: str, number: str) -> None:
    page.goto(path)
    by(page, f"review-{number}").click()
    expect(by(page, "review-timeline")).to_be_visible(timeout=PATIENCE)


def give(page: Page, points: int) -> None:
    """By keyboard: points typed, the radio chosen by the space bar."""
    field(page, "points-解答准确").fill(str(points))
    page.locator('[data-test="yes-问候规范"] input').press("Space")


def test_a_review_goes_from_the_sheet_to_the_confirmation(
    page: Page, browser: Browser, system: dict[str, str]
) -> None:
    number = solved(system)
    sign_in(page, system, "CS900", "/quality")
    expect(page.get_by_text("没有质检单")).to_be_visible(timeout=PATIENCE)
    publish_sheet(page)
    page.goto("/quality")
    by(page, "quality-draw").click()
    field(page, "draw-number").fill(number)
    by(page, "draw-submit").click()
    expect(by(page, f"review-{number}")).to_be_visible(timeout=PATIENCE)
    is_sound(page, shoot, "list")
    open_review(page, "/quality?side=for-me", number)
    expect(by(page, "score-submit")).to_be_disabled()
    give(page, 6)
    expect(by(page, "score-so-far")).to_contain_text("80")
    page.locator('[data-test^="cite-"]:visible').first.click()
    field(page, "score-comment").fill("整体不错")
    is_sound(page, shoot, "scoring")
    by(page, "score-submit").click()
    expect(by(page, "review-total")).to_contain_text("80", timeout=PATIENCE)

    with window(browser, address_of(system)) as own:
        sign_in(own, system, "CS001", "/quality/results")
        open_review(own, "/quality/results", number)
        expect(own.get_by_text("整体不错")).to_be_visible()
        by(own, "review-appeal").click()
        field(own, "appeal-reason").fill("客户已确认解答无误")
        by(own, "appeal-submit").click()
        expect(by(own, "review-state")).to_contain_text("申诉中", timeout=PATIENCE)
        is_sound(own, shoot, "appealed")

    # Whoever judged does not decide.
    page.reload()
    expect(by(page, "review-state")).to_contain_text("申诉中", timeout=PATIENCE)
    expect(by(page, "review-decide")).to_be_hidden()
    with window(browser, address_of(system)) as other:
        sign_in(other, system, "AD001", "/quality")
        open_review(other, "/quality?state=appealed", number)
        by(other, "review-decide").click()
        by(other, "decide-change").click()
        field(other, "points-解答准确").fill("10")
        field(other, "decide-reason").fill("认可申诉")
        by(other, "decide-submit").click()
        expect(by(other, "review-state")).to_contain_text("已改分", timeout=PATIENCE)
        expect(by(other, "review-total")).to_contain_text("100")

    with window(browser, address_of(system)) as own:
        sign_in(own, system, "CS001", "/")
        # The notice leads to the result.
        by(own, "notice-bell").click()
        own.get_by_text(re.compile("申诉已裁定")).first.click()
        expect(by(own, "review-confirm")).to_be_visible(timeout=PATIENCE)
        by(own, "review-confirm").click()
        own.locator(".confirm-yes").click()
        expect(by(own, "review-state")).to_contain_text("已确认", timeout=PATIENCE)
        expect(by(own, "review-steps").locator("li")).to_have_count(5)


def test_a_rule_is_written_and_shown(page: Page, system: dict[str, str]) -> None:
    boss = desk_of(system, "CS900")
    sections = [{"name": "服务", "items": [{"name": "问候", "kind": "yes_no"}]}]
    sheet = {"name": "规则用评分表", "pass_mark": 60, "sections": sections}
    made = boss.ask("POST", "/score-sheets", sheet)
    stamp = {"If-Match": f'"{made["version"]}"'}
    boss.ask("POST", f"/score-sheets/{made['sheet_id']}/versions", headers=stamp)
    sign_in(page, system, "CS900", "/settings/quality-rules")
    by(page, "add-quality-rule").click()
    field(page, "quality-rule-name").fill("投诉抽检")
    field(page, "rule-percent").fill("20")
    by(page, "reviewer-person").click()
    by(page, "person-CS900").click()
    is_sound(page, shoot, "rule")
    by(page, "quality-rule-submit").click()
    row = by(page, "quality-rule-投诉抽检")
    expect(row).to_contain_text("20%", timeout=PATIENCE)
    is_sound(page, shoot, "rules")
