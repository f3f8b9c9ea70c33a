"""Presence, grab pool, board, rules, agents, and who gets a ticket and why, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo.desk import Desk
from tests.e2e.browsing import PATIENCE, built_console, by, camera, field, sign_in
from tests.e2e.system import desk_of, start_everything

pytestmark = pytest.mark.timeout(300)

shoot = camera("dispatch")


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    built_console()
    start_everything(processes, split="nothing", dispatches=True)
    return processes.env


@pytest.fixture(scope="module")
def lead(system: dict[str, str]) -> Desk:
    """The supervisor. From now on nobody is taken for gone while a test is slow."""
    desk = desk_of(system, "CS900")
    change(desk, "/dispatch/settings", {"heartbeat_seconds": 3600})
    return desk


@pytest.fixture(autouse=True)
def nobody_is_there(system: dict[str, str], lead: Desk) -> None:
    """Each test says itself who takes work."""
    for person in agents(lead).values():
        if person["presence"]["state"] != "offline":
            set_presence(lead, person["login"], "offline")


def choose_presence(page: Page, state: str) -> None:
    by(page, "presence").click()
    by(page, f"presence-{state}").click()
    expect(page.locator(f'button[data-test="presence"][data-state="{state}"]')).to_be_visible()


def agents(desk: Desk) -> dict[str, Any]:
    """What dispatch knows of the staff, by login."""
    return {one["login"]: one for one in desk.ask("GET", "/dispatch/agents")["items"]}


def set_presence(desk: Desk, login: str, state: str) -> None:
    person_id = agents(desk)[login]["person_id"]
    desk.ask("PUT", f"/dispatch/agents/{person_id}/presence", {"state": state})


def go_online(system: dict[str, str], login: str) -> None:
    """By themselves: what a supervisor sets is no sign of life."""
    desk_of(system, login).ask("PUT", "/presence/own", {"state": "online"})


def change(desk: Desk, path: str, changes: dict[str, Any]) -> None:
    version = desk.ask("GET", path)["version"]
    desk.ask("PATCH", path, changes, headers={"If-Match": f'"{version}"'})


def ask_for_help(desk: Desk, subject: str, kind: str = "inquiry", urgency: str = "normal") -> str:
    """A new ticket's number."""
    customer = desk.ask("POST", "/customers", {"name": "王女士", "phone": "13800000001"})
    body = {
        "customer_id": customer["customer_id"],
        "subject": subject,
        "text": f"客户来电：{subject}",
        "kind": kind,
        "urgency": urgency,
    }
    return str(desk.ask("POST", "/tickets", body)["number"])


def assignee_of(desk: Desk, number: str) -> str | None:
    person = desk.ticket(number)["assignee"]
    return person and str(person["name"])


@pytest.fixture
def pool_rule(lead: Desk) -> Iterator[None]:
    """Suggestions are grabbed."""
    rules = lead.ask("GET", "/dispatch/rules")["items"]
    rule = lead.ask(
        "POST",
        "/dispatch/rules",
        {
            "name": "建议抢单",
            "condition": {"field": "kind", "op": "is", "value": "suggestion"},
            "group_id": rules[0]["group_id"],
            "mode": "grab",
        },
    )
    order = [rule["rule_id"], *(one["rule_id"] for one in rules)]
    lead.ask("PUT", "/dispatch/rules/order", {"rule_ids": order})
    yield
    path = f"/dispatch/rules/{rule['rule_id']}"
    version = lead.ask("GET", path)["version"]
    lead.ask("DELETE", path, headers={"If-Match": f'"{version}"'})


def test_whoever_goes_online_is_given_work_and_confirms_it(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    sign_in(page, system, "CS001")
    by(page, "menu-my-work").click()
    expect(by(page, "own-presence")).to_contain_text("离线", timeout=PATIENCE)
    choose_presence(page, "online")
    number = ask_for_help(lead, "登录后一直转圈")
    confirm = by(page, "work-confirm")
    expect(confirm).to_contain_text(number, timeout=PATIENCE)
    shoot(page, "my-work")
    by(page, f"accept-{number}").click()
    expect(by(page, "work-due")).to_contain_text(number, timeout=PATIENCE)
    expect(page.locator(f'[data-test="accept-{number}"]')).to_have_count(0)

    page.reload()
    expect(page.locator('button[data-test="presence"][data-state="online"]')).to_be_visible()
    by(page, "person-menu").click()
    by(page, "sign-out").click()
    expect(field(page, "login-name")).to_be_visible(timeout=PATIENCE)
    assert agents(lead)["CS001"]["presence"]["state"] == "offline"


def test_lost_signs_of_life_are_shown_until_they_are_heard_again(
    page: Page, system: dict[str, str]
) -> None:
    sign_in(page, system, "CS001")
    choose_presence(page, "busy")
    page.route("**/presence/own*", lambda route: route.abort())
    page.route("**/presence/own/heartbeats", lambda route: route.abort())
    page.reload()
    expect(by(page, "presence")).to_contain_text("连接中断", timeout=PATIENCE)
    page.unroute("**/presence/own*")
    page.unroute("**/presence/own/heartbeats")
    expect(by(page, "presence")).to_contain_text("忙碌", timeout=PATIENCE)


def test_the_first_to_grab_a_ticket_gets_it(
    page: Page, system: dict[str, str], lead: Desk, pool_rule: None
) -> None:
    first, second = (
        ask_for_help(lead, "希望增加夜间客服", "suggestion"),
        ask_for_help(lead, "希望支持开电子发票", "suggestion"),
    )
    sign_in(page, system, "CS001")
    choose_presence(page, "online")
    by(page, "menu-grab-pool").click()
    expect(by(page, f"offer-{first}")).to_be_visible(timeout=PATIENCE)
    expect(by(page, f"offer-{second}")).to_contain_text("希望支持开电子发票", timeout=PATIENCE)
    shoot(page, "grab-pool")
    by(page, f"grab-{first}").click()
    expect(page.locator(f'[data-test="offer-{first}"]')).to_have_count(0, timeout=PATIENCE)
    assert eventually(lambda: assignee_of(lead, first) == "客服一号", 30)

    page.route("**/grab-pool*", lambda route: route.abort())  # the page learns of nothing
    go_online(system, "CS002")
    desk_of(system, "CS002").ask("POST", f"/tickets/{second}/grabs")
    assert eventually(lambda: assignee_of(lead, second) == "客服二号", 30)
    by(page, f"grab-{second}").click()
    told = page.locator(".el-message", has_text="慢了一步")
    expect(told).to_be_visible(timeout=PATIENCE)
    page.unroute("**/grab-pool*")
    expect(page.locator(f'[data-test="offer-{second}"]')).to_have_count(0, timeout=PATIENCE)


def test_a_rule_is_made_with_its_warning_moved_switched_and_deleted(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    sign_in(page, system, "CS900")
    by(page, "menu-dispatch-rules").click()
    by(page, "add-rule").click()
    expect(by(page, "rule-submit")).to_be_disabled()
    field(page, "rule-name").fill("夜班")
    by(page, "rule-group").click()
    by(page, "group-售后一组").click()
    by(page, "mode-grab").click()
    by(page, "strategy-round_robin").click()
    required = page.locator('[data-test="required-skills"]')
    by(required, "need-add").click()
    by(required, "need-skill").click()
    by(page, "skill-option-vip").click()
    shoot(page, "rule-editor")
    by(page, "rule-submit").click()
    row = by(page, "rule-夜班")
    expect(row).to_contain_text("抢单", timeout=PATIENCE)
    expect(row).to_contain_text("贵宾接待")
    expect(by(row, "warning-rule.never_reached")).to_be_visible()
    shoot(page, "rules")

    by(row, "rule-up").click()
    eventually(lambda: names_of_rules(lead)[-2:] == ["夜班", "其余"], 30)
    expect(page.locator('[data-test="rules"] > li').last).to_contain_text("其余")
    row.locator('[data-test="rule-switch"]').click()
    expect(row).to_contain_text("已停用", timeout=PATIENCE)
    by(row, "rule-edit").click()
    field(page, "rule-name").fill("夜班抢单")
    by(page, "rule-submit").click()
    row = by(page, "rule-夜班抢单")
    expect(row).to_be_visible(timeout=PATIENCE)
    by(row, "rule-remove").click()
    page.locator(".confirm-yes").click()
    expect(page.locator('[data-test="rule-夜班抢单"]')).to_have_count(0, timeout=PATIENCE)


def names_of_rules(desk: Desk) -> list[str]:
    return [rule["name"] for rule in desk.ask("GET", "/dispatch/rules")["items"]]


def test_rules_are_tried_out_before_anybody_relies_on_them(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    go_online(system, "CS002")
    sign_in(page, system, "AU001")  # whoever may only read may try, too
    by(page, "menu-dispatch-rules").click()
    expect(by(page, "rules")).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-test="add-rule"]')).to_have_count(0)
    by(page, "try-rules").click()
    by(page, "sample-urgency").click()
    by(page, "sample-urgency-critical").click()
    by(page, "sample-kind").click()
    by(page, "sample-kind-inquiry").click()
    by(page, "trial-run").click()
    expect(by(page, "trial-verdict")).to_contain_text("客服二号", timeout=PATIENCE)
    tried = by(page, "rules-tried")
    expect(by(tried, "tried-报修").locator('[data-holds="false"]').first).to_be_visible()
    expect(by(tried, "tried-特急").locator('[data-holds="true"]').first).to_be_visible()
    expect(by(page, "candidates")).to_contain_text("选中")
    expect(by(page, "skipped")).to_contain_text("客服一号")
    shoot(page, "trial")


def test_rules_are_tried_out_on_a_ticket_that_exists(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    number = ask_for_help(lead, "路由器指示灯不亮", "repair")
    sign_in(page, system, "CS900", "/settings/dispatch-rules")
    by(page, "try-rules").click()
    by(page, "trial-number").click()
    field(page, "trial-ticket").fill("G00000000000")
    by(page, "trial-run").click()
    expect(by(page, "trial-problem")).to_be_visible(timeout=PATIENCE)
    field(page, "trial-ticket").fill(number)
    by(page, "trial-run").click()
    expect(by(page, "trial-verdict")).to_contain_text("报修", timeout=PATIENCE)


def test_the_ticket_tells_why_it_went_to_whom(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    go_online(system, "TS001")
    number = ask_for_help(lead, "洗衣机漏水", "repair", "urgent")
    assert eventually(lambda: assignee_of(lead, number) == "技术一号", 30)
    sign_in(page, system, "CS900", f"/tickets/{number}")
    by(page, "decision-assigned").click()
    drawer = by(page, "why-drawer")
    expect(drawer).to_contain_text("技能最匹配", timeout=PATIENCE)
    expect(by(drawer, "tried-报修").locator('[data-holds="true"]').first).to_be_visible()
    expect(by(drawer, "candidates")).to_contain_text("技术一号")
    shoot(page, "why")


def test_a_full_colleague_gets_a_ticket_only_when_that_is_confirmed(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    person_id = agents(lead)["CS002"]["person_id"]
    before = agents(lead)["CS002"]["capacity"]
    change(lead, f"/dispatch/agents/{person_id}", {"capacity": 0})
    number = ask_for_help(lead, "发票抬头开错了")
    sign_in(page, system, "CS900", f"/tickets/{number}")
    by(page, "assign").click()
    by(page, "assign-group").click()
    by(page, "group-售后一组").click()
    by(page, "candidate-客服一号").click()
    expect(by(page, "assign-submit")).to_be_enabled()
    by(page, "candidate-客服二号").click()
    expect(by(page, "assign-doubts")).to_contain_text("已满")
    expect(by(page, "assign-submit")).to_be_disabled()
    shoot(page, "assign")
    by(page, "assign-despite").click()
    by(page, "assign-submit").click()
    expect(by(page, "ticket-assignee")).to_contain_text("客服二号", timeout=PATIENCE)
    expect(by(page, "decision-manual")).to_contain_text("客服二号", timeout=PATIENCE)
    change(lead, f"/dispatch/agents/{person_id}", {"capacity": before})


def test_a_ticket_is_returned_with_a_reason(page: Page, system: dict[str, str], lead: Desk) -> None:
    go_online(system, "CS001")
    number = ask_for_help(lead, "退货运费由谁承担")
    assert eventually(lambda: assignee_of(lead, number) == "客服一号", 30)
    sign_in(page, system, "CS001", f"/tickets/{number}")
    by(page, "return").click()
    expect(by(page, "return-submit")).to_be_disabled()
    field(page, "return-reason").fill("不属于我的业务范围")
    shoot(page, "return")
    by(page, "return-submit").click()
    eventually(lambda: assignee_of(lead, number) is None, 30)
    told = [entry for entry in lead.timeline(number) if "不属于我的业务范围" in str(entry)]
    assert told


def test_a_lead_sees_the_group_and_hands_over_all_of_somebodys_work(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    go_online(system, "CS001")
    number = ask_for_help(lead, "要求更换赠品")
    assert eventually(lambda: assignee_of(lead, number) == "客服一号", 30)
    sign_in(page, system, "CS900")
    by(page, "menu-board").click()
    group = by(page, "group-售后一组")
    expect(group).to_contain_text("在线 1", timeout=PATIENCE)
    shoot(page, "board")
    group.click()
    person = by(page, "person-客服一号")
    expect(person).to_contain_text("在线", timeout=PATIENCE)
    shoot(page, "group")
    by(page, "person-more-客服一号").click()
    by(page, "set-away").click()
    expect(person).to_contain_text("离开", timeout=PATIENCE)

    by(page, "person-more-客服一号").click()
    by(page, "hand-over").click()
    field(page, "hand-over-reason").fill("请病假")
    by(page, "hand-over-submit").click()
    waiting = by(page, "group-waiting")
    expect(waiting).to_contain_text(number, timeout=PATIENCE)
    assert assignee_of(lead, number) is None
    by(page, "all-groups").click()
    expect(by(page, "group-技术支持组")).to_be_visible(timeout=PATIENCE)


def test_skills_shifts_and_capacity_are_kept(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    sign_in(page, system, "CS900", "/settings/agents?tab=skills")
    by(page, "add-skill").click()
    field(page, "skill-name").fill("日语")
    field(page, "skill-key").fill("Japanese")
    expect(by(page, "skill-submit")).to_be_disabled()
    field(page, "skill-key").fill("japanese")
    by(page, "skill-submit").click()
    expect(by(page, "skill-japanese")).to_contain_text("日语", timeout=PATIENCE)

    page.goto("/settings/agents?tab=shifts")
    by(page, "add-shift").click()
    field(page, "shift-name").fill("白班")
    by(page, "shift-submit").click()
    expect(by(page, "shift-白班")).to_contain_text("09:00–18:00", timeout=PATIENCE)
    shoot(page, "shifts")

    page.goto("/settings/agents")
    by(by(page, "agent-CS001"), "agent-open").click()
    field(page, "agent-capacity").fill("12")
    skills = page.locator('[data-test="agent-skills"]')
    by(skills, "need-add").click()
    skills.locator('[data-test="need-skill"]').last.click()
    by(page, "skill-option-japanese").click()
    by(page, "agent-shift").click()
    by(page, "shift-option-白班").click()
    shoot(page, "agent")
    by(page, "agent-submit").click()
    row = by(page, "agent-CS001")
    expect(row).to_contain_text("日语 1", timeout=PATIENCE)
    expect(row).to_contain_text("白班")
    assert agents(lead)["CS001"]["capacity"] == 12
    shoot(page, "agents")

    page.goto("/settings/agents?tab=shifts")
    by(by(page, "shift-白班"), "shift-remove").click()
    page.locator(".confirm-yes").click()
    expect(page.locator(".el-message--error")).to_contain_text("班次", timeout=PATIENCE)
    person_id = agents(lead)["CS001"]["person_id"]
    change(lead, f"/dispatch/agents/{person_id}", {"shift_id": None})
    by(by(page, "shift-白班"), "shift-remove").click()
    page.locator(".confirm-yes:visible").click()
    expect(page.locator('[data-test="shift-白班"]')).to_have_count(0, timeout=PATIENCE)


def test_what_a_ticket_weighs_is_set_for_all(
    page: Page, system: dict[str, str], lead: Desk
) -> None:
    sign_in(page, system, "CS900", "/settings/agents?tab=settings")
    expect(by(page, "settings-submit")).to_be_disabled(timeout=PATIENCE)
    field(page, "weight-critical").fill("4")
    field(page, "weight-critical").press("Tab")
    by(page, "settings-submit").click()
    expect(page.locator(".el-message--success")).to_be_visible(timeout=PATIENCE)
    assert lead.ask("GET", "/dispatch/settings")["weights"]["urgency"]["critical"] == 4
