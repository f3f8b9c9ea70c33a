"""Categories, words of urgency and tags: kept by administrators, used by agents, in a browser."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.desk import Desk
from tests.e2e.axe import findings_at_rest
from tests.e2e.browsing import (
    PATIENCE,
    PHONE,
    address_of,
    by,
    camera,
    demand_no_sideways_scroll,
    field,
    pick,
    sign_in,
    window,
)
from tests.e2e.system import opened, outside_of

Json = dict[str, Any]

pytestmark = pytest.mark.timeout(600)

shoot = camera("ticket-words")
PAGES = ("ticket-categories", "urgency-words", "tags")


def test_the_tree_is_kept_by_buttons_and_says_who_would_miss_a_category(
    page: Page, system: dict[str, str], boss: Desk, admin: Desk
) -> None:
    sign_in(page, system, "AD001", "/settings/ticket-categories")
    expect(by(page, "ticket-category-产品维修")).to_be_visible(timeout=PATIENCE)
    by(page, "add-ticket-category").click()
    field(page, "ticket-category-name_zh").fill("门店")
    field(page, "ticket-category-name_en").fill("Shops")
    pick(page, by(page, "ticket-category-urgency"), "紧急")
    by(page, "ticket-category-submit").click()
    row = by(page, "ticket-category-门店")
    expect(row).to_contain_text("紧急", timeout=PATIENCE)
    expect(by(row, "ticket-category-down")).to_be_disabled()
    by(row, "ticket-category-up").click()
    expect(by(row, "ticket-category-down")).to_be_enabled(timeout=PATIENCE)
    by(row, "ticket-category-add-below").click()
    field(page, "ticket-category-name_zh").fill("门店设备")
    by(page, "ticket-category-submit").click()
    below = by(page, "ticket-category-门店设备")
    expect(below).to_be_visible(timeout=PATIENCE)
    assert findings_at_rest(page) == []
    shoot(page, "categories")
    tree = admin.ask("GET", "/ticket-categories")["items"]
    [made] = [one for one in tree if one["name_zh"] == "门店设备"]
    ticket = opened(boss, category_id=made["category_id"])
    assert ticket["urgency"] == "urgent"
    by(row, "ticket-category-activity").click()
    asked = page.locator(".el-message-box")
    expect(asked).to_contain_text("现有 1 张工单", timeout=PATIENCE)
    page.locator(".confirm-yes").click()
    expect(row).to_contain_text("已停用", timeout=PATIENCE)
    by(row, "ticket-category-activity").click()
    expect(row).not_to_contain_text("已停用", timeout=PATIENCE)


def test_a_ticket_is_put_into_a_category_and_found_by_the_one_above(
    page: Page, system: dict[str, str], boss: Desk
) -> None:
    number = opened(boss)["number"]
    sign_in(page, system, "CS900", f"/tickets/{number}")
    pick(page, by(page, "ticket-category"), "物流异常")
    expect(by(page, "category")).to_contain_text("订单 › 物流异常", timeout=PATIENCE)
    said = page.locator(".event__text", has_text="工单分类")
    expect(said).to_contain_text("订单 › 物流异常", timeout=PATIENCE)
    assert findings_at_rest(page) == []
    shoot(page, "ticket")
    tree = boss.ask("GET", "/ticket-categories")["items"]
    [top] = [one for one in tree if one["names"]["zh"] == ["订单"]]
    page.goto(f"/tickets?view=all&category={top['category_id']}")
    expect(by(page, f"ticket-row-{number}")).to_be_visible(timeout=PATIENCE)
    [other] = [one for one in tree if one["names"]["zh"] == ["售后"]]
    page.goto(f"/tickets?view=all&category={other['category_id']}")
    expect(by(page, f"ticket-row-{number}")).to_have_count(0, timeout=PATIENCE)


def test_a_hint_is_accepted_by_whoever_reads_it(page: Page, system: dict[str, str]) -> None:
    form = {"name": "急客户", "email": f"{uuid4()}@example.com", "description": "机房起火了"}
    receipt = outside_of(system).form.send(form)
    sign_in(page, system, "CS900", f"/tickets/{receipt['number']}")
    hint = by(page, "urgency-hint")
    expect(hint).to_contain_text("起火", timeout=PATIENCE)
    expect(by(page, "ticket-urgency")).to_contain_text("一般")
    assert findings_at_rest(page) == []
    shoot(page, "hint")
    by(page, "hint-accept").click()
    expect(hint).to_have_count(0, timeout=PATIENCE)
    expect(by(page, "ticket-urgency")).to_contain_text("特急")
    expect(by(page, "urgency-reason")).to_contain_text("起火")


def test_words_of_urgency_are_kept(page: Page, system: dict[str, str], admin: Desk) -> None:
    sign_in(page, system, "AD001", "/settings/urgency-words")
    field(page, "scale-it-0-label_zh").fill("一级故障")
    hints = by(page, "hints-urgent").locator("input").first
    hints.fill("火烧眉毛")
    page.keyboard.press("Enter")
    by(page, "urgency-words-submit").click()
    expect(page.locator(".el-message", has_text="已保存")).to_be_visible(timeout=PATIENCE)
    kept = admin.ask("GET", "/urgency-words")
    assert {"word": "火烧眉毛", "urgency": "urgent"} in kept["hints"]
    assert kept["scales"][1]["words"][0]["label_zh"] == "一级故障"
    assert findings_at_rest(page) == []
    shoot(page, "urgency-words")


def test_tags_are_offered_and_merged(
    page: Page, system: dict[str, str], boss: Desk, admin: Desk
) -> None:
    old = admin.ask("POST", "/tags", {"name": "物流慢"})
    admin.ask("POST", "/tags", {"name": "配送延迟"})
    number = opened(boss)["number"]
    sign_in(page, system, "CS900", f"/tickets/{number}")
    by(page, "change-tags").click()
    field(page, "tag-input").fill("物流")
    page.locator(".el-select-dropdown__item:visible", has_text="物流慢").first.click()
    page.keyboard.press("Escape")
    by(page, "tags-submit").click()
    expect(by(page, "ticket-tags")).to_contain_text("物流慢", timeout=PATIENCE)
    with window(page.context.browser, address_of(system)) as other:  # type: ignore[arg-type]
        sign_in(other, system, "AD001", "/settings/tags")
        row = by(other, f"tag-{old['name']}")
        by(row, "tag-merge").click()
        pick(other, by(other, "merge-into"), "配送延迟")
        by(other, "merge-tag-submit").click()
        expect(row).to_have_count(0, timeout=PATIENCE)
        assert findings_at_rest(other) == []
        shoot(other, "tags")
    expect(by(page, "ticket-tags")).to_contain_text("配送延迟", timeout=PATIENCE)


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_fit_a_telephone(browser: Browser, system: dict[str, str], name: str) -> None:
    with window(browser, address_of(system), viewport=PHONE) as page:
        sign_in(page, system, "AD001", f"/settings/{name}")
        by(page, f"{name}-page").wait_for()
        page.wait_for_load_state("networkidle")
        demand_no_sideways_scroll(page)
        assert findings_at_rest(page) == []
        shoot(page, f"phone-{name}")
