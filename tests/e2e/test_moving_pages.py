"""Every way in which a ticket moves, in a real browser: passed on, followed, closed, deleted."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from libs.common.testing.eventually import eventually
from tests.demo import story
from tests.demo.desk import Desk, Refused
from tests.demo.story import Outside
from tests.e2e.axe import grave_findings
from tests.e2e.browsing import PATIENCE, by, camera, field, sign_in
from tests.e2e.system import code_sent_to, desk_of, outside_of

pytestmark = pytest.mark.timeout(300)

shoot = camera("moving")


@pytest.fixture(scope="module")
def lead(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS900")


@pytest.fixture(scope="module")
def agent(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS001")


@pytest.fixture(scope="module")
def colleague(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS002")


@pytest.fixture(scope="module")
def administrator(system: dict[str, str]) -> Desk:
    return desk_of(system, "AD001")


@pytest.fixture
def demands(administrator: Desk) -> Iterator[None]:
    """Closing and transferring ask for something, until the test is over."""
    names = ("needs_confirmation", "needs_transfer_note")
    change_settings(administrator, **dict.fromkeys(names, True))
    yield
    change_settings(administrator, **dict.fromkeys(names, False))


def change_settings(administrator: Desk, **changes: object) -> None:
    version = administrator.ask("GET", "/ticket-settings")["version"]
    stamp = {"If-Match": f'"{version}"'}
    administrator.ask("PATCH", "/ticket-settings", changes, headers=stamp)


def register(lead: Desk, subject: str) -> str:
    """A new ticket's number."""
    customer = lead.ask("POST", "/customers", {"name": "王女士", "phone": "13800000002"})
    body = {"customer_id": customer["customer_id"], "subject": subject, "text": f"来电：{subject}"}
    return str(lead.ask("POST", "/tickets", {**body, "kind": "repair"})["number"])


def taken(lead: Desk, agent: Desk, subject: str) -> str:
    """One that the agent works on."""
    number = register(lead, subject)
    assign(lead, number, agent)
    agent.ask("POST", f"/tickets/{number}/acceptance")
    return number


def assign(lead: Desk, number: str, to: Desk) -> None:
    assignee = {"assignee_id": to.person["person_id"]}
    lead.ask("PUT", f"/tickets/{number}/assignee", assignee)


def open_ticket(page: Page, system: dict[str, str], number: str, login: str = "CS900") -> None:
    sign_in(page, system, login, f"/tickets/{number}")
    expect(by(page, "ticket-number")).to_have_text(number, timeout=PATIENCE)


def status_of(desk: Desk, number: str) -> str:
    return str(desk.ticket(number)["status"])


def choose_person(page: Page, name: str, login: str) -> None:
    found = field(page, name)
    found.click()
    found.fill(login)
    by(page, f"person-{login}").click()


def more(page: Page, name: str) -> None:
    by(page, "more").click()
    by(page, name).click()


def test_a_ticket_goes_to_a_colleague_and_to_a_department_with_a_note(
    page: Page, system: dict[str, str], lead: Desk, agent: Desk, demands: None
) -> None:
    number = taken(lead, agent, "打印机卡纸")
    open_ticket(page, system, number)
    by(page, "transfer").click()
    by(page, "transfer-to-person").click()
    choose_person(page, "transfer-person", "CS002")
    expect(by(page, "transfer-submit")).to_be_disabled()
    field(page, "transfer-note").fill("请接着处理")
    shoot(page, "transfer")
    assert grave_findings(page) == []
    by(page, "transfer-submit").click()
    expect(by(page, "ticket-assignee")).to_contain_text("客服二号", timeout=PATIENCE)
    by(page, "transfer").click()
    by(page, "transfer-to-department").click()
    field(page, "transfer-department").click()
    by(page, "target-技术部").click()
    field(page, "transfer-note").fill("需要工程师")
    by(page, "transfer-submit").click()
    expect(by(page, "ticket-assignee")).to_contain_text("尚未分配", timeout=PATIENCE)
    expect(page.get_by_text("转交到部门 技术部")).to_be_visible(timeout=PATIENCE)
    assert lead.ticket(number)["department_id"] is not None


def test_a_ticket_is_returned_to_whoever_had_it_before(
    page: Page, system: dict[str, str], lead: Desk, agent: Desk, colleague: Desk
) -> None:
    number = taken(lead, agent, "发票抬头有误")
    assign(lead, number, colleague)
    open_ticket(page, system, number)
    by(page, "return").click()
    by(page, "return-previous").click()
    expect(by(page, "return-submit")).to_be_disabled()
    field(page, "return-reason").fill("信息不全")
    shoot(page, "return")
    by(page, "return-submit").click()
    expect(by(page, "ticket-assignee")).to_contain_text("客服一号", timeout=PATIENCE)
    by(page, "return").click()
    by(page, "return-pool").click()
    field(page, "return-reason").fill("不属于本组")
    by(page, "return-submit").click()
    expect(by(page, "ticket-assignee")).to_contain_text("尚未分配", timeout=PATIENCE)
    shown = lead.ticket(number)
    assert (shown["assignee"], shown["group"]) == (None, None)


def test_who_is_copied_finds_the_ticket_and_only_reads_it(
    page: Page, system: dict[str, str], lead: Desk, agent: Desk
) -> None:
    number = taken(lead, agent, "合同条款咨询")
    open_ticket(page, system, number)
    by(page, "copy").click()
    choose_person(page, "copy-person", "CS002")
    by(page, "copy-to-department").click()
    field(page, "copy-department").click()
    by(page, "target-技术部").click()
    expect(by(page, "copy-chosen")).to_contain_text("技术部")
    shoot(page, "copy")
    by(page, "copy-submit").click()
    expect(page.locator('[data-test="copied"]')).to_have_count(2, timeout=PATIENCE)
    by(page, "copy-remove").click()
    expect(page.locator('[data-test="copied"]')).to_have_count(1, timeout=PATIENCE)
    assert [one["name"] for one in lead.ticket(number)["cc"]] == ["技术部"]
    added = {"kind": "person", "id": desk_of(system, "CS002").person["person_id"]}
    lead.ask("POST", f"/tickets/{number}/cc", {"added": [added]})
    sign_in(page, system, "CS002", "/tickets?view=cc")
    by(page, f"ticket-row-{number}").click()
    expect(by(page, "ticket-number")).to_have_text(number, timeout=PATIENCE)
    expect(page.locator('[data-test="transfer"]')).to_have_count(0)


def test_a_leader_supervises_until_the_sign_off(
    page: Page, system: dict[str, str], lead: Desk, agent: Desk
) -> None:
    number = taken(lead, agent, "重要客户投诉")
    open_ticket(page, system, number)
    more(page, "supervise")
    field(page, "supervise-note").fill("今天给出方案")
    shoot(page, "supervise")
    by(page, "supervise-submit").click()
    expect(by(page, "banner-supervised")).to_contain_text("每 4 小时催办", timeout=PATIENCE)
    by(page, "menu-supervised").click()
    row = by(page, f"ticket-row-{number}")
    expect(row).to_contain_text("督办", timeout=PATIENCE)
    row.click()
    by(page, "change-status").click()
    expect(by(page, "still-supervised")).to_be_visible()
    expect(page.locator('[data-test="move-closed"]')).to_have_count(0)
    page.keyboard.press("Escape")
    by(page, "sign-off").click()
    field(page, "signOff-words").fill("方案可行")
    by(page, "signOff-submit").click()
    expect(page.locator('[data-test="banner-supervised"]')).to_have_count(0, timeout=PATIENCE)
    by(page, "change-status").click()
    expect(by(page, "move-closed")).to_be_visible()


def test_an_urge_is_recorded_and_shown_on_the_ticket_and_in_lists(
    page: Page, system: dict[str, str], lead: Desk, agent: Desk
) -> None:
    number = taken(lead, agent, "快递一直没到")
    open_ticket(page, system, number)
    for _ in range(2):
        more(page, "urge")
        field(page, "urge-words").fill("客户来电催问")
        by(page, "urge-submit").click()
        expect(page.locator('[data-test="urge-dialog"]')).to_have_count(0, timeout=PATIENCE)
    expect(by(page, "banner-urged")).to_contain_text("2 次", timeout=PATIENCE)
    page.goto("/tickets?view=open")
    row = by(page, f"ticket-row-{number}")
    expect(row).to_contain_text("催单 2", timeout=PATIENCE)


def test_a_normal_closing_waits_for_the_customers_word(
    page: Page, system: dict[str, str], lead: Desk, agent: Desk, demands: None
) -> None:
    number = taken(lead, agent, "路由器无法联网")
    agent.ask("POST", f"/tickets/{number}/solution", {"text": "已更换路由器"})
    open_ticket(page, system, number)
    by(page, "change-status").click()
    by(page, "move-closed").click()
    expect(by(page, "close-unconfirmed")).to_be_visible(timeout=PATIENCE)
    expect(by(page, "status-submit")).to_be_disabled()
    shoot(page, "unconfirmed")
    assert grave_findings(page) == []
    by(page, "close-confirm").click()
    by(page, "judge-good").click()
    field(page, "judge-words").fill("已经可以上网")
    by(page, "judge-submit").click()
    expect(by(page, "confirmation")).to_contain_text("已经可以上网", timeout=PATIENCE)
    by(page, "change-status").click()
    by(page, "move-closed").click()
    by(page, "status-submit").click()
    eventually(lambda: status_of(lead, number) == "closed", 30)
    assert lead.ticket(number)["close_kind"] == "normal"


def test_a_duplicate_leads_to_the_other_ticket_and_so_does_a_merged_one(
    page: Page, system: dict[str, str], lead: Desk, agent: Desk
) -> None:
    first, second = taken(lead, agent, "网站打不开"), taken(lead, agent, "网站打不开了")
    merged = taken(lead, agent, "网站还是打不开")
    open_ticket(page, system, second)
    by(page, "change-status").click()
    by(page, "move-closed").click()
    by(page, "close-duplicate").click()
    expect(by(page, "status-submit")).to_be_disabled()
    field(page, "close-duplicate-of").fill("G20200101999")
    by(page, "status-submit").click()
    expect(by(page, "dialog-problem")).to_be_visible(timeout=PATIENCE)
    field(page, "close-duplicate-of").fill(first)
    by(page, "status-submit").click()
    expect(by(page, "banner-elsewhere")).to_contain_text(first, timeout=PATIENCE)
    lead.ask("POST", f"/tickets/{first}/merges", {"numbers": [merged]})
    page.goto(f"/tickets/{merged}")
    expect(by(page, "ticket-number")).to_have_text(first, timeout=PATIENCE)
    expect(by(page, "banner-redirected")).to_contain_text(merged)
    assert grave_findings(page) == []
    by(page, "see-merged").click()
    expect(by(page, "ticket-number")).to_have_text(merged, timeout=PATIENCE)
    expect(by(page, "banner-elsewhere")).to_contain_text(first)
    by(page, "banner-elsewhere").get_by_role("link").click()
    expect(by(page, "ticket-number")).to_have_text(first, timeout=PATIENCE)
    expect(page.locator('[data-test="banner-redirected"]')).to_have_count(0)


def test_what_is_deleted_is_restored_or_purged(
    page: Page, system: dict[str, str], lead: Desk, agent: Desk
) -> None:
    number = taken(lead, agent, "误开的工单")
    open_ticket(page, system, number)
    more(page, "delete-ticket")
    expect(by(page, "delete-submit")).to_be_disabled()
    field(page, "delete-words").fill("误开")
    by(page, "delete-submit").click()
    expect(by(page, "banner-deleted")).to_be_visible(timeout=PATIENCE)
    for name in ("run-macro", "more", "change-status"):
        expect(page.locator(f'[data-test="{name}"]')).to_have_count(0)
    shoot(page, "deleted")
    by(page, "restore").click()
    expect(page.locator('[data-test="banner-deleted"]')).to_have_count(0, timeout=PATIENCE)
    lead.ask("POST", f"/tickets/{number}/deletion", {"reason": "误开"})
    by(page, "menu-bin").click()
    by(page, f"restore-{number}").click()
    expect(page.locator(f'[data-test="ticket-row-{number}"]')).to_have_count(0, timeout=PATIENCE)
    assert status_of(lead, number) == "unassigned"
    lead.ask("POST", f"/tickets/{number}/deletion", {"reason": "误开"})
    page.reload()
    by(page, f"purge-{number}").click()
    expect(by(page, "purge-lost")).to_contain_text("附件", timeout=PATIENCE)
    expect(by(page, "purge-submit")).to_be_disabled()
    shoot(page, "purge")
    field(page, "purge-number").fill(number)
    by(page, "purge-submit").click()
    expect(page.locator(f'[data-test="ticket-row-{number}"]')).to_have_count(0, timeout=PATIENCE)
    with pytest.raises(Refused) as refusal:
        lead.ticket(number)
    assert refusal.value.status == 404


def test_settings_are_saved_and_only_read_by_leaders(
    page: Page, system: dict[str, str], administrator: Desk
) -> None:
    sign_in(page, system, "AD001", "/settings/ticket-settings")
    by(page, "close_days-on").click()
    field(page, "close_days").fill("9")
    field(page, "close_days").blur()
    by(page, "needs_transfer_note").click()
    shoot(page, "settings")
    by(page, "ticket-settings-submit").click()
    eventually(lambda: settings_of(administrator) == (9, True), 30)
    sign_in(page, system, "CS900", "/settings/ticket-settings")
    expect(field(page, "close_days")).to_have_value("9", timeout=PATIENCE)
    expect(field(page, "close_days")).to_be_disabled()
    expect(page.locator('[data-test="ticket-settings-submit"]')).to_have_count(0)
    change_settings(administrator, close_days=None, needs_transfer_note=False)


def settings_of(administrator: Desk) -> tuple[int | None, bool]:
    known = administrator.ask("GET", "/ticket-settings")
    return known["close_days"], known["needs_transfer_note"]


def enter_portal(page: Page, outside: Outside, sender: str, number: str) -> None:
    page.goto("/portal")
    field(page, "portal-contact").fill(sender)
    by(page, "portal-send").click()
    field(page, "portal-code").fill(code_sent_to(outside, sender))
    by(page, "portal-enter").click()
    by(page, f"request-{number}").click()
    expect(by(page, "request-talk")).to_be_visible(timeout=PATIENCE)


def say(page: Page, step: str, words: str = "") -> None:
    by(page, f"request-{step}").click()
    field(page, "request-step-words").fill(words)
    by(page, f"request-{step}-submit").click()


def test_a_customer_urges_and_withdraws_in_the_portal(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    outside, sender = outside_of(system), "urge@example.com"
    number = story.ask_for_repair(outside, sender, lambda _: None)
    enter_portal(page, outside, sender, number)
    say(page, "urge", "急用")
    expect(by(page, "request-urged")).to_be_visible(timeout=PATIENCE)
    assert lead.ticket(number)["urge_count"] == 1
    say(page, "urge")
    expect(by(page, "dialog-problem")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    shoot(page, "portal")
    say(page, "withdraw", "自己修好了")
    expect(by(page, "request-withdrawn")).to_be_visible(timeout=PATIENCE)
    closed = lead.ticket(number)
    assert (closed["status"], closed["close_kind"]) == ("closed", "withdrawn")


def test_a_customer_says_whether_it_is_solved(
    page: Page, system: dict[str, str], lead: Desk, agent: Desk
) -> None:
    outside, sender = outside_of(system), "confirm@example.com"
    number = story.ask_for_repair(outside, sender, lambda _: None)
    agent.take(number)
    agent.ask("POST", f"/tickets/{number}/solution", {"text": "已更换主板"})
    enter_portal(page, outside, sender, number)
    by(page, "request-unsolved").click()
    expect(by(page, "request-unsolved-submit")).to_be_disabled()
    field(page, "request-step-words").fill("还是不开机")
    by(page, "request-unsolved-submit").click()
    eventually(lambda: status_of(lead, number) == "follow_up", 30)
    agent.ask("POST", f"/tickets/{number}/solution", {"text": "已更换电源"})
    page.reload()
    say(page, "solved", "可以用了")
    expect(by(page, "request-confirmed")).to_contain_text("已确认", timeout=PATIENCE)
    assert lead.ticket(number)["confirmation"]["words"] == "可以用了"
