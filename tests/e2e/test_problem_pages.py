"""问题单 in a real browser: recorded once and answered once; splitting, families."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from libs.common.testing.eventually import eventually
from tests.demo.desk import Desk
from tests.e2e.axe import grave_findings
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

shoot = camera("problems")


def taken(desk: Desk, subject: str) -> str:
    """The number of a ticket that whoever sits at the desk works on."""
    customer = desk.ask("POST", "/customers", {"name": "王女士", "phone": "13800000001"})
    body = {"customer_id": customer["customer_id"], "subject": subject, "text": "付款后仍是未付。"}
    number = str(desk.ask("POST", "/tickets", body)["number"])
    desk.ask("PUT", f"/tickets/{number}/assignee", {"assignee_id": desk.person["person_id"]})
    return number


def open_problem(page: Page) -> None:
    page.goto("/problems")
    expect(page.get_by_text("还没有问题单")).to_be_visible(timeout=PATIENCE)
    is_sound(page, shoot, "empty")
    by(page, "add-problem").click()
    field(page, "problem-title").fill("支付回调超时")
    expect(by(page, "problem-submit")).to_be_disabled()
    field(page, "problem-description").fill("银行侧超时，订单未更新。")
    is_sound(page, shoot, "dialog")
    by(page, "problem-submit").click()
    expect(page).to_have_url(re.compile(r"/problems/P\d+"), timeout=PATIENCE)
    expect(by(page, "problem-state")).to_contain_text("处理中", timeout=PATIENCE)


def link(page: Page, numbers: list[str]) -> None:
    by(page, "problem-link").click()
    field(page, "problem-numbers").fill("，".join(numbers))
    by(page, "problem-link-submit").click()
    for number in numbers:
        expect(by(page, f"linked-{number}")).to_be_visible(timeout=PATIENCE)


def answer_all(page: Page, count: int) -> None:
    by(page, "problem-answer").click()
    expect(by(page, "answer-submit")).to_contain_text(str(count))
    field(page, "answer-text").fill("支付已恢复，订单已更新。")
    is_sound(page, shoot, "answer")
    by(page, "answer-submit").click()
    expect(by(page, "answer-finished")).to_be_visible(timeout=PATIENCE)


def test_one_answer_solves_a_problem_and_its_tickets(
    page: Page, browser: Browser, system: dict[str, str]
) -> None:
    boss = desk_of(system, "CS900")
    first, second, waiting, wrong = (taken(boss, f"订单{n}未更新") for n in range(4))
    child = {"subject": "核对流水", "text": "请财务核对。"}
    boss.ask("POST", f"/tickets/{waiting}/children", child)
    sign_in(page, system, "CS900", "/problems")
    open_problem(page)
    link(page, [first, second, waiting, wrong])
    by(page, f"unlink-{wrong}").click()
    page.locator(".confirm-yes").click()
    expect(by(page, f"linked-{wrong}")).to_be_hidden(timeout=PATIENCE)
    expect(by(page, "problem-counts")).to_contain_text("3 张，3 张未完成", timeout=PATIENCE)

    answer_all(page, 3)
    expect(by(page, "answer-progress")).to_contain_text("已答复 2 / 3，跳过 1")
    by(page, "answer-skipped").click()
    expect(by(page, f"skipped-{waiting}")).to_contain_text("子工单", timeout=PATIENCE)
    expect(by(page, "problem-state")).to_contain_text("已解决")
    expect(by(page, "problem-solution-shown")).to_contain_text("支付已恢复")
    expect(by(page, "problem-counts")).to_contain_text("3 张，1 张未完成", timeout=PATIENCE)
    assert boss.ticket(first)["status"] == boss.ticket(second)["status"] == "solved"
    assert boss.ticket(waiting)["status"] != "solved"

    expect(by(page, "problem-volume-told")).to_contain_text("解决前共 3 张 · 解决后 0 张")
    expect(page.locator('[data-test="chart-problem-volume"] canvas')).to_be_visible()
    is_sound(page, shoot, "page")
    by(page, "chart-problem-volume-switch").click()
    expect(by(page, "problem-volume-table")).to_contain_text("3")

    page.goto("/problems?status=open")
    expect(page.get_by_text("没有符合条件的问题单")).to_be_visible(timeout=PATIENCE)
    by(page, "problems-clear").click()
    field(page, "problem-search").fill("回调")
    field(page, "problem-search").press("Enter")
    expect(by(page, "problem-list")).to_contain_text("支付回调超时", timeout=PATIENCE)
    is_sound(page, shoot, "list")

    page.goto(f"/tickets/{first}")
    by(page, "relations-problem").get_by_role("link").click()
    expect(by(page, "problem-facts")).to_be_visible(timeout=PATIENCE)

    # Whoever may only read problems is offered nothing else.
    with window(browser, address_of(system)) as other:
        sign_in(other, system, "CS001", page.url.removeprefix(address_of(system)))
        expect(by(other, "problem-facts")).to_be_visible(timeout=PATIENCE)
        expect(by(other, "problem-edit")).to_be_hidden()
        expect(by(other, "problem-answer")).to_be_hidden()
        expect(other.get_by_text("没有您可以查看的关联工单")).to_be_visible(timeout=PATIENCE)


def test_a_problem_is_edited_and_a_solved_one_says_how(page: Page, system: dict[str, str]) -> None:
    boss = desk_of(system, "CS900")
    made = {"title": "短信延迟", "description": "验证码晚到。"}
    number = boss.ask("POST", "/problems", made)["number"]
    sign_in(page, system, "CS900", f"/problems/{number}")
    by(page, "problem-edit").click()
    expect(by(page, "problem-submit")).to_be_disabled()
    by(page, "problem-status").click()
    by(page, "problem-status-solved").click()
    expect(by(page, "problem-submit")).to_be_disabled()
    field(page, "problem-solution").fill("已换通道。")
    by(page, "problem-submit").click()
    expect(by(page, "problem-state")).to_contain_text("已解决", timeout=PATIENCE)
    expect(by(page, "problem-solution-shown")).to_contain_text("已换通道。")
    assert boss.ask("GET", f"/problems/{number}")["owner"]["name"] == boss.person["name"]


def test_a_ticket_is_split_gets_a_child_and_a_problem(page: Page, system: dict[str, str]) -> None:
    boss = desk_of(system, "CS900")
    number = taken(boss, "订单未更新，另要发票")
    boss.ask("POST", f"/tickets/{number}/notes", {"text": "发票找财务。"})
    sign_in(page, system, "CS900", f"/tickets/{number}")
    by(page, "relate-split").click()
    field(page, "split-subject").fill("补开发票")
    by(page, "split-kind").click()
    by(page, "split-kind-complaint").click()
    by(page, "split-urgency").click()
    by(page, "split-urgency-urgent").click()
    boxes = page.locator('[data-test^="split-entry-"]')
    boxes.last.click()
    # A note alone is nothing that a customer could have asked.
    expect(by(page, "split-submit")).to_be_disabled()
    boxes.first.locator("input").press("Space")
    expect(by(page, "split-preview")).to_contain_text("付款后仍是未付。")
    expect(by(page, "split-preview")).to_contain_text("发票找财务。")
    is_sound(page, shoot, "split")
    by(page, "split-submit").click()
    expect(page).not_to_have_url(re.compile(number), timeout=PATIENCE)
    expect(by(page, "relations")).to_contain_text(number, timeout=PATIENCE)
    expect(page.locator("main")).to_contain_text("补开发票")
    made = boss.ticket(str(page.url.rsplit("/", 1)[1]))
    assert (made["kind"], made["urgency"]) == ("complaint", "urgent")

    page.goto(f"/tickets/{number}")
    by(page, "relate-new-child").click()
    field(page, "child-subject").fill("核对银行流水")
    field(page, "child-text").fill("请财务核对。")
    is_sound(page, shoot, "child")
    by(page, "child-submit").click()
    expect(by(page, "relations")).to_contain_text("核对银行流水", timeout=PATIENCE)

    by(page, "relate-problem").click()
    is_sound(page, shoot, "link")
    by(page, "problem-fresh").click()
    field(page, "fresh-title").fill("订单不同步")
    field(page, "fresh-description").fill("消息积压。")
    by(page, "ticket-problem-submit").click()
    expect(by(page, "relations-problem")).to_contain_text("订单不同步", timeout=PATIENCE)
    expect(by(page, "relate-problem")).to_be_hidden()
    by(page, "relations-problem").get_by_role("button").click()
    page.locator(".confirm-yes").click()
    expect(by(page, "relations-problem")).to_be_hidden(timeout=PATIENCE)

    by(page, "relate-problem").click()
    by(page, "problem-which").click()
    page.get_by_role("option", name=re.compile("订单不同步")).click()
    by(page, "ticket-problem-submit").click()
    expect(by(page, "relations-problem")).to_contain_text("订单不同步", timeout=PATIENCE)


def test_tickets_of_a_list_are_linked_with_a_problem(page: Page, system: dict[str, str]) -> None:
    boss = desk_of(system, "CS900")
    numbers = [taken(boss, f"回调丢失 {n}") for n in range(2)]
    about = {"title": "回调丢失", "description": "队列积压。"}
    problem = boss.ask("POST", "/problems", about)["number"]
    sign_in(page, system, "CS900", "/tickets?view=all&q=回调丢失")
    expect(by(page, f"ticket-row-{numbers[0]}")).to_be_visible(timeout=PATIENCE)
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    by(page, "bulk-problem").click()
    expect(by(page, "bulk-submit")).to_be_disabled()
    by(page, "problem-which").click()
    page.get_by_role("option", name=re.compile(problem)).click()
    shoot(page, "bulk")
    assert grave_findings(page) == []
    by(page, "bulk-submit").click()
    expect(by(page, "bulk-status")).to_contain_text("完成 2", timeout=PATIENCE)
    assert boss.ask("GET", f"/problems/{problem}")["tickets"] == 2


def test_a_parent_is_closed_with_its_children_or_says_which_cannot(
    page: Page, system: dict[str, str]
) -> None:
    lead = desk_of(system, "CS900")

    def status_of(number: str) -> str:
        return str(lead.ticket(number)["status"])

    parent, easy, held = (taken(lead, f"整机返修 {n}") for n in range(3))
    for child in (easy, held):
        lead.ask("POST", f"/tickets/{parent}/children", {"number": child})
    due_at = "2099-01-01T00:00:00+08:00"
    lead.ask("POST", f"/tickets/{held}/supervision", {"due_at": due_at, "every_hours": 4})
    sign_in(page, system, "CS900", f"/tickets/{parent}")
    by(page, "more").click()
    by(page, "delete-ticket").click()
    expect(by(page, "children-left")).to_be_visible(timeout=PATIENCE)
    expect(by(page, "open-children")).to_contain_text(easy, timeout=PATIENCE)
    field(page, "delete-words").fill("误开")
    expect(by(page, "delete-submit")).to_be_disabled()
    page.keyboard.press("Escape")
    by(page, "change-status").click()
    by(page, "move-closed").click()
    expect(by(page, "open-children")).to_contain_text(held, timeout=PATIENCE)
    field(page, "status-reason").fill("客户换货")
    expect(by(page, "status-submit")).to_be_disabled()
    by(page, "close-with-children").click()
    shoot(page, "close-with-children")
    assert grave_findings(page) == []
    by(page, "status-submit").click()
    expect(by(page, "refused-children")).to_contain_text(held, timeout=PATIENCE)
    expect(by(page, "refused-children")).to_contain_text("督办")
    expect(by(page, "refused-children")).not_to_contain_text(easy)
    shoot(page, "children-refused")
    assert grave_findings(page) == []
    assert status_of(easy) == "assigned"
    lead.ask("POST", f"/tickets/{held}/supervision/sign-off", {"words": "可以关闭"})
    by(page, "status-submit").click()
    expect(by(page, "refused-children")).to_be_hidden(timeout=PATIENCE)
    eventually(lambda: status_of(parent) == "closed", 30)
    assert [status_of(one) for one in (easy, held)] == ["closed", "closed"]
