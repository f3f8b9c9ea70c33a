"""Categories in a browser: offered by templates, counted in reports, ordered by dragging."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from libs.common.testing.eventually import eventually
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
from tests.e2e.system import opened

Json = dict[str, Any]

pytestmark = pytest.mark.timeout(600)

shoot = camera("categories", full_page=True)


def tree_of(desk: Desk) -> list[Json]:
    return list(desk.ask("GET", "/ticket-categories")["items"])


def category(desk: Desk, *names: str) -> Json:
    return next(one for one in tree_of(desk) if one["names"]["zh"] == list(names))


def new_category(desk: Desk, name: str, parent: Json | None = None) -> Json:
    body = {"name_zh": name, "parent_id": parent and parent["category_id"]}
    return dict(desk.ask("POST", "/ticket-categories", body))


def template(admin: Desk, key: str, name: str, **more: Any) -> str:
    """A published one."""
    body = {"key": key, "name": {"zh": name, "en": name}, "kind": "repair", **more}
    made = admin.ask("POST", "/ticket-templates", body)
    stamp = {"If-Match": f'"{made["version"]}"'}
    admin.ask("POST", f"/ticket-templates/{key}/versions", {}, headers=stamp)
    return key


def test_a_designer_says_which_categories_a_template_offers(
    page: Page, system: dict[str, str], admin: Desk
) -> None:
    template(admin, "home_repair", "上门")
    sign_in(page, system, "AD001", "/settings/ticket-templates/home_repair")
    by(page, "template-requesters").click()
    # There is nothing to choose among yet.
    expect(by(page, "requesters-categories").locator("input")).to_be_disabled(timeout=PATIENCE)
    pick(page, by(page, "offered-categories"), "产品维修")
    page.keyboard.press("Escape")
    # The list of choices stays a moment longer than it is asked for.
    expect(page.locator(".el-popper:visible")).to_have_count(0)
    by(page, "requesters-categories").click()
    assert findings_at_rest(page) == []
    shoot(page, "designer")
    by(page, "save-template").click()
    wanted = [category(admin, "售后", "产品维修")["category_id"]]

    def is_saved() -> bool:
        kept = admin.ask("GET", "/ticket-templates/home_repair")
        asked = kept["requesters"]
        return kept["categories"] == wanted and bool(asked and asked["categories"])

    eventually(is_saved, 30)
    page.set_viewport_size(PHONE)
    demand_no_sideways_scroll(page)
    shoot(page, "designer-390")


def test_a_ticket_can_be_put_only_where_its_template_lets_it(
    page: Page, system: dict[str, str], boss: Desk, admin: Desk
) -> None:
    repair, late = category(admin, "售后", "产品维修"), category(admin, "订单", "物流异常")
    mine = template(admin, "in_repair", "维修单", categories=[repair["category_id"]])
    template(admin, "in_orders", "物流单", categories=[late["category_id"]])
    ticket = opened(boss, template_key=mine, category_id=repair["category_id"])
    sign_in(page, system, "CS900", f"/tickets/{ticket['number']}")
    expect(by(page, "category")).to_contain_text("售后 › 产品维修", timeout=PATIENCE)
    by(page, "ticket-category").click()
    shown = page.locator(".el-popper:visible .el-tree-node__content")
    expect(shown).to_have_text(["产品维修"], timeout=PATIENCE)
    page.keyboard.press("Escape")
    by(page, "more").click()
    by(page, "change-template").click()
    pick(page, by(page, "change-template-to"), "物流单")
    lost = by(page, "plan-lost-category")
    expect(lost).to_contain_text("售后 › 产品维修", timeout=PATIENCE)
    assert findings_at_rest(page) == []
    shoot(page, "change")
    by(page, "template-submit").click()
    said = page.locator(".event__text", has_text="不提供分类")
    expect(said).to_contain_text("售后 › 产品维修", timeout=PATIENCE)
    assert boss.ticket(ticket["number"])["category"] is None


@pytest.mark.parametrize(
    ("language", "told"), [("zh", "不提供分类"), ("en", "does not offer the category")]
)
def test_who_changes_the_template_of_a_new_ticket_is_told_which_category_that_costs(
    browser: Browser, system: dict[str, str], admin: Desk, language: str, told: str
) -> None:
    late, repair = category(admin, "订单", "物流异常"), category(admin, "售后", "产品维修")
    name = f"只做物流 {language}"
    template(admin, f"parcels_{language}", name, categories=[late["category_id"]])
    path = repair["names"][language]
    with window(browser, address_of(system), viewport=PHONE) as page:
        page.add_init_script(f"localStorage.setItem('tidedesk.language', '{language}')")
        sign_in(page, system, "CS900", "/tickets/new")
        pick(page, by(page, "new-category"), path[-1])
        pick(page, by(page, "new-template"), name)
        said = by(page, "new-dropped")
        expect(said).to_contain_text(f"“{name}”", timeout=PATIENCE)
        expect(said).to_contain_text(told)
        expect(said).to_contain_text(" › ".join(path))
        expect(by(page, "new-category")).not_to_contain_text(path[-1])
        assert findings_at_rest(page) == []
        demand_no_sideways_scroll(page)
        shoot(page, f"dropped-{language}-390")
        # Another choice is the answer to it.
        pick(page, by(page, "new-category"), late["names"][language][-1])
        expect(said).to_have_count(0, timeout=PATIENCE)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_employee_chooses_a_category_of_the_form(
    browser: Browser, system: dict[str, str], boss: Desk, admin: Desk, language: str
) -> None:
    top = new_category(admin, f"行政 {language}")
    new_category(admin, f"门禁 {language}", top)
    key = template(
        admin,
        f"office_{language}",
        f"行政申请 {language}",
        kind="internal",
        categories=[top["category_id"]],
        requesters={"hidden": [], "categories": True},
    )
    with window(browser, address_of(system), viewport=PHONE) as page:
        page.add_init_script(f"localStorage.setItem('tidedesk.language', '{language}')")
        sign_in(page, system, "EM001", "/requests")
        by(page, "add-request").click()
        by(page, "request-form").click()
        by(page, f"request-form-{key}").click()
        field(page, "request-subject").fill("门禁卡坏了")
        field(page, "request-body").fill("请补一张")
        pick(page, by(page, "request-category"), f"行政 {language} › 门禁 {language}")
        assert findings_at_rest(page) == []
        demand_no_sideways_scroll(page)
        shoot(page, f"request-{language}-390")
        by(page, "new-request-submit").click()
        expect(page).to_have_url(re.compile(r"/requests/G\d+$"), timeout=PATIENCE)
        number = page.url.rpartition("/")[2]
        chosen = by(page, "request-in-category")
        expect(chosen).to_contain_text(f"行政 {language} › 门禁 {language}", timeout=PATIENCE)
        assert findings_at_rest(page) == []
        demand_no_sideways_scroll(page)
        shoot(page, f"request-made-{language}-390")
    kept = boss.ticket(number)["category"]
    assert kept["names"]["zh"] == [f"行政 {language}", f"门禁 {language}"]


def test_a_report_counts_a_category_with_all_below_it(
    page: Page, system: dict[str, str], boss: Desk, admin: Desk
) -> None:
    top = new_category(admin, "门店")
    below = new_category(admin, "收银机", top)
    numbers = [
        opened(boss, category_id=one["category_id"])["number"] for one in (top, below, below)
    ]
    asked = {"metrics": ["new"], "period": {"unit": "month"}, "by": "category"}

    def counted() -> bool:
        rows = boss.ask("POST", "/reports/query", asked)["rows"]
        found = {row["label"]: row["values"]["new"]["value"] for row in rows}
        return (found.get("门店"), found.get("门店 › 收银机")) == (3, 2)

    eventually(counted, 60)
    sign_in(page, system, "CS900", "/reports?metrics=new&by=category")
    row = by(page, f"figure-row-{below['category_id']}")
    expect(row).to_contain_text("门店 › 收银机", timeout=PATIENCE)
    expect(by(by(page, f"figure-row-{top['category_id']}"), "figure-new")).to_have_text("3")
    shoot(page, "report")
    assert findings_at_rest(page) == []
    by(row, "figure-new").click()
    expect(by(page, "drill-table")).to_be_visible(timeout=PATIENCE)
    listed = page.locator('[data-test="drill-number"]').all_inner_texts()
    assert sorted(listed) == sorted(numbers[1:])
    page.keyboard.press("Escape")
    pick(page, by(page, "figures-category"), "收银机")
    expect(by(by(page, f"figure-row-{top['category_id']}"), "figure-new")).to_have_text(
        "2", timeout=PATIENCE
    )
    page.goto("/reports?metrics=new&by=category&display=pie")
    expect(by(page, "display-hint")).to_contain_text("不适合用饼图", timeout=PATIENCE)
    page.goto("/reports?metrics=new&by=department")
    expect(by(page, "figure-total")).to_be_visible(timeout=PATIENCE)
    page.set_viewport_size(PHONE)
    demand_no_sideways_scroll(page)
    shoot(page, "report-390")


def drag(page: Page, name: str, onto: str, share: float) -> None:
    """One row to a place in another: by its height from the top, 0 before it, 1 behind it."""
    source, target = by(page, f"ticket-category-{name}"), by(page, f"ticket-category-{onto}")
    source.scroll_into_view_if_needed()
    box = target.locator("xpath=ancestor::div[contains(@class,'el-tree-node__content')]")
    size = box.bounding_box()
    assert size is not None
    source.locator(".row__name").drag_to(
        box, target_position={"x": 60, "y": max(2, size["height"] * share - 2)}
    )


def order_below(admin: Desk, parent: Json) -> list[str]:
    return [one["name_zh"] for one in tree_of(admin) if one["parent_id"] == parent["category_id"]]


def _is_read(one: Response) -> bool:
    return one.request.method == "GET"


def test_categories_are_ordered_by_dragging(
    page: Page, system: dict[str, str], admin: Desk
) -> None:
    top, other = new_category(admin, "拖甲"), new_category(admin, "拖乙")
    for name in ("拖一", "拖二", "拖三"):
        new_category(admin, name, top)
    sign_in(page, system, "AD001", "/settings/ticket-categories")
    expect(by(page, "ticket-category-拖三")).to_be_visible(timeout=PATIENCE)
    drag(page, "拖三", "拖一", 0.1)
    eventually(lambda: order_below(admin, top) == ["拖三", "拖一", "拖二"], 30)
    # Below another one only after a question, and only if that is answered with yes.
    expect(by(page, "ticket-category-拖三")).to_be_visible(timeout=PATIENCE)
    drag(page, "拖一", "拖乙", 0.5)
    asked = page.locator(".el-message-box")
    expect(asked).to_contain_text("拖乙", timeout=PATIENCE)
    shoot(page, "move")
    page.keyboard.press("Escape")
    expect(asked).to_have_count(0, timeout=PATIENCE)
    assert order_below(admin, other) == []
    expect(by(page, "ticket-category-拖一")).to_be_visible(timeout=PATIENCE)
    drag(page, "拖一", "拖乙", 0.5)
    page.locator(".confirm-yes").click()
    eventually(lambda: order_below(admin, other) == ["拖一"], 30)
    assert order_below(admin, top) == ["拖三", "拖二"]
    # Place and order are one command.
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.method))
    expect(by(page, "ticket-category-拖一")).to_be_visible(timeout=PATIENCE)
    drag(page, "拖二", "拖一", 0.1)
    # Until the tree is read again, its rows are busy.
    with page.expect_response(lambda one: "/ticket-categories" in one.url and _is_read(one)):
        page.locator(".confirm-yes").click()
    assert order_below(admin, other) == ["拖二", "拖一"]
    assert order_below(admin, top) == ["拖三"]
    expect(page.locator(".el-message--success").last).to_be_visible(timeout=PATIENCE)
    assert [method for method in sent if method != "GET"] == ["PATCH"]
    expect(by(by(page, "ticket-category-拖一"), "ticket-category-activity")).to_be_enabled()
    assert findings_at_rest(page) == []
    page.set_viewport_size(PHONE)
    demand_no_sideways_scroll(page)
