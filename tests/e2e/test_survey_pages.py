"""Customers rate what was done for them, and what follows from it, in a real browser."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from libs.common.testing.eventually import eventually
from tests.demo.circle import survey_link
from tests.demo.customer import write_mail
from tests.demo.desk import Desk, Refused
from tests.demo.story import Outside
from tests.e2e.axe import grave_findings
from tests.e2e.browsing import (
    PATIENCE,
    PHONE,
    address_of,
    by,
    camera,
    demand_no_sideways_scroll,
    field,
    sign_in,
    window,
)
from tests.e2e.system import desk_of, outside_of

pytestmark = pytest.mark.timeout(300)

SMALLEST = {"width": 360, "height": 740}
COMMENT = "换来的少了一把杯刷,等了两天。"
shoot = camera("survey")


@pytest.fixture(scope="module")
def outside(system: dict[str, str]) -> Outside:
    return outside_of(system)


@pytest.fixture(scope="module")
def agent(system: dict[str, str]) -> Desk:
    return desk_of(system)


@pytest.fixture
def customer(browser: Browser, system: dict[str, str]) -> Iterator[Page]:
    """The window of a customer on a small telephone; nobody is signed in there."""
    with window(browser, address_of(system), viewport=SMALLEST) as page:
        yield page


def write_and_solve(outside: Outside, agent: Desk, address: str) -> str:
    """A customer's mail, taken and solved; returns the ticket's number."""
    outside.mail.deliver(write_mail(address, "杯子破损", "收到的杯子碎了,请换货。"))
    mail = eventually(lambda: outside.mailbox.mails_to(address), 30)[0]
    number = str(mail["Subject"]).partition("[")[2].partition("]")[0]
    agent.take(number)
    solve(agent, number)
    return number


def solve(agent: Desk, number: str) -> None:
    agent.ask("POST", f"/tickets/{number}/solution", {"text": "已补寄新杯子。"})


def link_of(outside: Outside, address: str, wanted: int = 1) -> str:
    """The path of the `wanted`th link that was mailed."""
    link = survey_link(outside, address, wanted, lambda _: None)
    return "/s/" + link.rpartition("/s/")[2]


def answer(page: Page, link: str, score: int) -> None:
    page.goto(link)
    by(page, f"score-{score}").click()
    by(page, "survey-send").click()
    expect(by(page, "survey-answered")).to_be_visible(timeout=PATIENCE)


def entries(page: Page) -> Locator:
    return page.locator('[data-kind="event"]')


def move_to(page: Page, status: str) -> None:
    by(page, "change-status").click()
    by(page, f"move-{status}").click()
    field(page, "status-reason").fill("客户已确认")
    by(page, "status-submit").click()


def assert_fine(page: Page) -> None:
    """For those who cannot see, or have little room."""
    assert grave_findings(page) == []
    demand_no_sideways_scroll(page)


def test_a_low_score_reopens_the_ticket_and_only_a_satisfied_customer_lets_it_close(
    customer: Page, page: Page, system: dict[str, str], outside: Outside, agent: Desk
) -> None:
    address = "wang@example.com"
    number = write_and_solve(outside, agent, address)
    link = link_of(outside, address)

    rate_low(customer, link)
    eventually(lambda: agent.ticket(number)["status"] == "follow_up", 30)

    sign_in(page, system, "CS001")
    expect(by(page, "count-follow_up")).not_to_have_text("0", timeout=PATIENCE)
    by(page, "menu-follow_up").click()
    row = by(page, f"ticket-row-{number}")
    expect(row).to_contain_text("不满意 · 2 分", timeout=PATIENCE)
    shoot(page, "list")
    row.click()
    expect(by(page, "satisfaction")).to_have_text("不满意 · 2 分", timeout=PATIENCE)
    told = entries(page)
    rated = told.filter(has_text="评价:不满意(2 分)".translate(_WIDE))
    expect(rated).to_contain_text("处理太慢", timeout=PATIENCE)
    expect(rated).to_contain_text(COMMENT)
    expect(told.filter(has_text="客户不满意，工单重新打开")).to_have_count(1)
    shoot(page, "ticket")

    by(page, "change-status").click()
    expect(by(page, "not-satisfied")).to_contain_text("客户还不满意，暂不能关闭", timeout=PATIENCE)
    expect(page.locator('[data-test="move-closed"]')).to_have_count(0)
    shoot(page, "refused")
    page.keyboard.press("Escape")
    with pytest.raises(Refused) as refused:
        agent.ask("PUT", f"/tickets/{number}/status", {"status": "closed", "reason": "完成"})
    assert refused.value.problem["code"] == "ticket.not_satisfied"

    by(page, "judge").click()
    by(page, "judge-good").click()
    field(page, "judge-words").fill("收到了补寄的杯刷,没有问题了")
    expect(by(page, "judge-outcome")).to_contain_text("取消")
    assert grave_findings(page) == []
    shoot(page, "judge")
    by(page, "judge-submit").click()
    recorded = told.filter(has_text="记录了客户满意度：满意；电话回访")
    expect(recorded).to_contain_text("没有问题了", timeout=PATIENCE)
    expect(by(page, "satisfaction")).to_have_text("2 分", timeout=PATIENCE)
    move_to(page, "closed")
    status = page.locator('[data-test="ticket-status"][data-status="closed"]')
    expect(status).to_be_visible(timeout=PATIENCE)


_WIDE = str.maketrans({":": "：", "(": "（", ")": "）"})


def rate_low(customer: Page, link: str) -> None:
    """As a customer does on a small telephone, mostly with the keyboard."""
    customer.goto(link)
    expect(by(customer, "survey-title")).to_have_text("满意度调查", timeout=PATIENCE)
    shoot(customer, "page")
    by(customer, "survey-send").click()
    expect(by(customer, "score-missing")).to_have_text("请先选择满意度。")
    customer.locator('[data-test="score-1"] input').focus()
    customer.keyboard.press("ArrowRight")
    expect(customer.locator('[data-test="score-2"] input')).to_be_checked()
    expect(by(customer, "tag-slow")).to_be_visible()
    expect(customer.locator('[data-test="tag-fast"]')).to_have_count(0)
    by(customer, "tag-slow").click()
    field(customer, "survey-comment").fill(COMMENT)
    expect(customer.locator(".el-input__count")).to_contain_text(f"{len(COMMENT)} / 2000")
    by(customer, "nps-3").click()
    assert_fine(customer)
    shoot_whole(customer, "page-answered")
    by(customer, "survey-send").click()
    thanks = by(customer, "survey-answered")
    expect(thanks).to_contain_text("感谢您的评价", timeout=PATIENCE)
    expect(by(customer, "survey-score")).to_have_text("您的评价：不满意")
    expect(thanks.locator("h1")).to_be_focused()
    assert_fine(customer)
    shoot(customer, "thanks")
    customer.reload()
    expect(by(customer, "survey-answered")).to_be_visible(timeout=PATIENCE)


shoot_whole = camera("survey", full_page=True)


def test_the_supervisor_is_told_and_reads_what_the_customer_wrote(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "CS900")
    by(page, "notice-bell").click()
    notice = page.get_by_text("评价不满意").first
    expect(notice).to_be_visible(timeout=PATIENCE)
    shoot(page, "notice")
    page.keyboard.press("Escape")
    by(page, "menu-satisfaction").click()
    row = page.locator('[data-test^="survey-G"]').filter(has_text=COMMENT)
    expect(row).to_contain_text("不满意 · 2 分", timeout=PATIENCE)
    expect(row).to_contain_text("处理太慢")
    assert_fine(page)
    shoot(page, "results")
    choose(page, "survey-score-filter", "score-group-good")
    expect(by(page, "surveys-empty")).to_contain_text("没有符合条件的评价", timeout=PATIENCE)
    by(page, "surveys-clear").click()
    row.locator('[data-test="survey-ticket"]').click()
    expect(by(page, "ticket-number")).to_be_visible(timeout=PATIENCE)


def choose(page: Page, name: str, option: str) -> None:
    by(page, name).click()
    by(page, option).click()


def test_a_later_solving_takes_an_older_links_place_and_links_must_be_whole(
    customer: Page, outside: Outside, agent: Desk
) -> None:
    address = "li@example.com"
    number = write_and_solve(outside, agent, address)
    first = link_of(outside, address)
    agent.ask("POST", f"/tickets/{number}/reopening", {"reason": "少发一件"})
    solve(agent, number)
    second = link_of(outside, address, 2)
    customer.goto(first)
    expect(by(customer, "survey-superseded")).to_contain_text("新的评价链接", timeout=PATIENCE)
    shoot(customer, "superseded")
    customer.goto("/s/AAAAAAAAAAAA")
    expect(by(customer, "survey-unknown")).to_contain_text("没有找到", timeout=PATIENCE)
    assert_fine(customer)

    customer.goto(second)
    expect(by(customer, "survey-title")).to_be_visible(timeout=PATIENCE)
    by(customer, "survey-language").click()
    expect(by(customer, "survey-title")).to_have_text("How did we do?", timeout=PATIENCE)
    by(customer, "score-5").click()
    by(customer, "tag-fast").click()
    assert_fine(customer)
    shoot_whole(customer, "page-en")
    by(customer, "survey-send").click()
    end = by(customer, "survey-answered")
    expect(end).to_contain_text("Your rating: Very happy", timeout=PATIENCE)


def test_whoever_asked_in_the_house_rates_on_the_requests_own_page(
    page: Page, system: dict[str, str], agent: Desk
) -> None:
    employee = desk_of(system, "EM001")
    asked = {"kind": "internal", "subject": "打印机卡纸", "text": "三楼打印机卡纸。"}
    keyed = {"Idempotency-Key": str(uuid4())}
    number = employee.ask("POST", "/requests", asked, headers=keyed)["number"]
    agent.take(number)
    solve(agent, number)
    page.set_viewport_size(PHONE)
    sign_in(page, system, "EM001", f"/requests/{number}")
    link = by(page, "request-survey")
    expect(link).to_have_text("评价本次服务", timeout=PATIENCE)
    assert_fine(page)
    shoot(page, "request")
    link.click()
    by(page, "score-4").click()
    by(page, "survey-send").click()
    expect(by(page, "survey-answered")).to_be_visible(timeout=PATIENCE)
    eventually(lambda: agent.ticket(number)["score"] == 4, 30)


def test_a_colleague_is_mentioned_by_name_and_gets_a_notice(
    page: Page, system: dict[str, str], outside: Outside, agent: Desk
) -> None:
    number = write_and_solve(outside, agent, "zhao@example.com")
    agent.ask("POST", f"/tickets/{number}/reopening", {"reason": "再看一下"})
    sign_in(page, system, "CS001", f"/tickets/{number}")
    by(page, "note-tab").click()
    box = field(page, "editor-text")
    box.press_sequentially("请 @")
    by(page, "person-CS900").click()
    expect(by(page, "mention-客服主管")).to_be_visible(timeout=PATIENCE)
    expect(box).to_have_value("请 @客服主管 ")
    box.press_sequentially("看看,mail@example.com 的杯子")
    expect(box).to_have_value("请 @客服主管 看看,mail@example.com 的杯子")
    by(page, "mention-add").click()
    by(page, "person-CS002").click()
    expect(box).to_have_value("请 @客服主管 看看,mail@example.com 的杯子 @客服二号 ")
    shoot(page, "mention")
    by(page, "editor-send").click()
    expect(by(page, "entry-mentions")).to_have_text("@客服主管 @客服二号", timeout=PATIENCE)
    assert grave_findings(page) == []

    lead = desk_of(system, "CS900")

    def told() -> list[dict[str, Any]]:
        notices = lead.ask("GET", "/notices?unread=true")["items"]
        return [one for one in notices if (one["occasion"], one["ticket_number"]) == wanted]

    wanted = ("mention", number)
    assert eventually(told, 30)


def test_settings_are_changed_previewed_and_seen_by_the_next_customer(
    page: Page, customer: Page, system: dict[str, str], outside: Outside, agent: Desk
) -> None:
    sign_in(page, system, "CS900")
    by(page, "menu-survey-settings").click()
    field(page, "text-zh-title").fill("")
    expect(by(page, "survey-settings-submit")).to_be_enabled()
    by(page, "survey-settings-submit").click()
    expect(by(page, "settings-problem")).to_contain_text("请查看标出的位置", timeout=PATIENCE)
    field(page, "text-zh-title").fill("请为我们打分")
    by(page, "tag-add").click()
    row = page.locator('[data-test="tags-editor"] [role="group"]').last
    field(row, "tag-zh").fill("包装破损")
    field(row, "tag-en").fill("Damaged packaging")
    shoot_whole(page, "settings")
    by(page, "open-survey-preview").click()
    preview = by(page, "survey-preview")
    expect(preview).to_contain_text("请为我们打分", timeout=PATIENCE)
    by(page, "preview-en").click()
    expect(preview).to_contain_text("Very unhappy")
    by(preview, "score-1").click()
    expect(preview).to_contain_text("Damaged packaging")
    assert grave_findings(page) == []
    shoot(page, "preview")
    page.keyboard.press("Escape")
    by(page, "survey-settings-submit").click()
    expect(page.get_by_text("已保存")).to_be_visible(timeout=PATIENCE)
    assert_fine(page)

    address = "sun@example.com"
    write_and_solve(outside, agent, address)
    customer.goto(link_of(outside, address))
    expect(by(customer, "survey-title")).to_have_text("请为我们打分", timeout=PATIENCE)


def test_changes_that_are_not_saved_are_not_lost_by_a_slip(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "CS900", "/settings/surveys")
    field(page, "text-en-title").fill("Rate us")
    by(page, "menu-satisfaction").click()
    expect(page.get_by_text("有修改尚未保存，离开后会丢失。")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="取消").click()
    expect(field(page, "text-en-title")).to_have_value("Rate us")


def test_whoever_may_only_look_changes_nothing(page: Page, system: dict[str, str]) -> None:
    sign_in(page, system, "AU001", "/settings/surveys")
    expect(by(page, "survey-settings")).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-test="survey-settings-submit"]')).to_have_count(0)
    expect(field(page, "text-zh-title")).to_be_disabled()


@pytest.mark.parametrize("path", ["/satisfaction", "/settings/surveys", "/tickets?view=follow_up"])
def test_a_phone_needs_no_scrolling_sideways_in_either_language(
    page: Page, system: dict[str, str], path: str
) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, system, "CS900", path)
    expect(page.locator("h1").first).to_be_visible(timeout=PATIENCE)
    ready = page.locator(
        '[data-test="surveys"], [data-test="survey-settings"], [data-test^="ticket-row-"]'
    )
    expect(ready.first).to_be_visible(timeout=PATIENCE)
    for language in ("zh-CN", "en"):
        if language == "en":
            by(page, "language").click()
        expect(page.locator("html")).to_have_attribute("lang", language, timeout=PATIENCE)
        assert_fine(page)
        shoot_whole(page, f"phone{path.replace('/', '-').partition('?')[0]}-{language}")
