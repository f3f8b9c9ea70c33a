"""Who gets a ticket and by when, without a hand on it: dispatch and sla in the whole system."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest

from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo import story
from tests.demo.customer import write_mail
from tests.demo.desk import Desk, Refused
from tests.demo.team import Team, go_offline, go_online, put_policy_first, put_rule_first
from tests.e2e.system import desk_of, outside_of, start_everything

pytestmark = pytest.mark.timeout(240)

PATIENCE = 30.0  # seconds
_ANY = {"If-Match": "*"}


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    start_everything(processes, split="nothing", dispatches=True)
    return processes.env


@pytest.fixture(scope="module")
def supervisor(system: dict[str, str]) -> Desk:
    """Who registers what customers say, and sets rules; heartbeats count for an hour here."""
    desk = desk_of(system, "CS900")
    changes = {"heartbeat_seconds": 3600, "critical_excess": 3}
    desk.ask("PATCH", "/dispatch/settings", changes, headers=_ANY)
    return desk


@pytest.fixture(scope="module")
def administrator(system: dict[str, str]) -> Desk:
    return desk_of(system, "AD001")


@pytest.fixture(scope="module")
def junior(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS001")


@pytest.fixture(scope="module")
def senior(system: dict[str, str]) -> Desk:
    return desk_of(system, "CS002")


class Pair:
    """Two colleagues and their lead, who get what has the group's name in its subject."""

    def __init__(self, administrator: Desk, supervisor: Desk) -> None:
        self._supervisor = supervisor
        self.team = Team(administrator, "结对组")
        self.one = self.team.hire("PA001", "结对一号")
        self.other = self.team.hire("PA002", "结对二号")
        self.lead = self.team.hire("PA900", "结对组长", is_lead=True, is_automatic=False)
        put_rule_first(supervisor, {"name": "结对", **self.rule("结对")})

    def rule(self, word: str) -> dict[str, Any]:
        return {"condition": about(word), "group_id": self.team.group_id}

    def colleague_of(self, agent: Desk) -> Desk:
        return self.other if agent is self.one else self.one

    def who_has(self, number: str) -> Desk:
        """Whichever of the two it is by now."""
        person_id = assignee(self._supervisor, number)
        return next(one for one in (self.one, self.other) if one.person["person_id"] == person_id)


@pytest.fixture(scope="module")
def pair(administrator: Desk, supervisor: Desk) -> Pair:
    return Pair(administrator, supervisor)


@pytest.fixture
def both_online(pair: Pair) -> Iterator[Pair]:
    go_online(pair.one, pair.other)
    yield pair
    go_offline(pair.one, pair.other)


def about(word: str) -> dict[str, Any]:
    return {"field": "subject", "op": "contains", "value": word}


def register(
    desk: Desk, subject: str, *, urgency: str = "normal", kind: str = "inquiry", **customer: Any
) -> str:
    """A ticket as it is registered for a customer; nobody is named for it."""
    named = {"name": "林女士", "email": "lin@example.com", **customer}
    customer_id = desk.ask("POST", "/customers", named)["customer_id"]
    body = {"customer_id": customer_id, "subject": subject, "text": "请尽快处理"}
    made = desk.ask("POST", "/tickets", {**body, "urgency": urgency, "kind": kind})
    return str(made["number"])


def assignee(desk: Desk, number: str) -> str:
    """The person who has it, once there is one."""
    found = eventually(lambda: desk.ticket(number)["assignee"], PATIENCE)
    return str(found["person_id"])


def has(desk: Desk, agent: Desk, number: str) -> bool:
    """Whether it is the agent's, waiting for that."""
    person_id = agent.person["person_id"]

    def is_theirs() -> bool:
        now = desk.ticket(number)["assignee"]
        return bool(now) and now["person_id"] == person_id

    return eventually(is_theirs, PATIENCE)


def decisions(desk: Desk, number: str) -> list[dict[str, Any]]:
    """The newest first; none while dispatch has not heard of the ticket."""
    try:
        return list(desk.ask("GET", f"/tickets/{number}/decisions")["items"])
    except Refused as refusal:
        if refusal.status != 404:
            raise
        return []


def await_decision(desk: Desk, number: str, outcome: str) -> dict[str, Any]:
    """The newest decision of this outcome."""

    def found() -> dict[str, Any] | None:
        return next((one for one in decisions(desk, number) if one["outcome"] == outcome), None)

    one = eventually(found, PATIENCE)
    assert one is not None
    return one


def clocks(desk: Desk, number: str) -> dict[str, dict[str, Any]]:
    """By target."""
    try:
        return {one["target"]: one for one in desk.ask("GET", f"/tickets/{number}/clocks")["items"]}
    except Refused as refusal:
        if refusal.status != 404:
            raise
        return {}


def seconds_promised(clock: dict[str, Any]) -> float:
    due, started = (datetime.fromisoformat(clock[name]) for name in ("due_at", "started_at"))
    return (due - started).total_seconds()


def reasons(decision: dict[str, Any]) -> dict[str, str]:
    """Why those who did not come into question did not, by person."""
    return {one["person_id"]: one["reason"] for one in decision["explanation"]["skipped"]}


def solve(desk: Desk, number: str) -> None:
    desk.ask("POST", f"/tickets/{number}/solution", {"text": "已处理"})


def test_a_mail_becomes_an_assigned_ticket_with_clocks_that_run(
    system: dict[str, str], supervisor: Desk, junior: Desk, senior: Desk
) -> None:
    outside, sender = outside_of(system), "wangwu@example.com"
    go_online(junior)
    outside.mail.deliver(write_mail(sender, "请问怎么开发票", "您好,请问怎么开发票?"))
    number = story.receipt_number(outside, sender, lambda _: None)
    assert has(supervisor, junior, number)

    decision = await_decision(junior, number, "assigned")
    explanation = decision["explanation"]
    tried = [(rule["name"], rule["holds"]) for rule in explanation["rules"]]
    assert tried == [("贵宾投诉", False), ("报修", False), ("特急", False), ("其余", True)]
    assert (decision["mode"], explanation["group_name"]) == ("automatic", "售后一组")
    assert explanation["chosen"]["person_id"] == junior.person["person_id"]
    assert reasons(decision)[senior.person["person_id"]] == "offline"

    def both_run() -> dict[str, dict[str, Any]]:
        found = clocks(junior, number)
        assert {found[target]["state"] for target in ("first_reply", "accept")} == {"running"}
        return found

    running = eventually(both_run, PATIENCE, trouble=(KeyError,))
    assert running["first_reply"]["policy"]["name"] == "默认"
    assert junior.ticket(number)["next_due_at"], "the ticket itself says when something is due"
    notices = junior.ask("GET", "/notices?unread=true")["items"]
    assert number in {notice["ticket_number"] for notice in notices}
    solve(junior, number)
    go_offline(junior)


@pytest.mark.parametrize(("urgency", "hours"), [("critical", 2), ("urgent", 4), ("normal", 24)])
def test_the_first_reply_is_due_by_urgency(supervisor: Desk, urgency: str, hours: int) -> None:
    number = register(supervisor, "什么时候发货", urgency=urgency)
    clock = eventually(lambda: clocks(supervisor, number).get("first_reply"), PATIENCE)
    assert clock is not None
    assert seconds_promised(clock) == hours * 3600
    solve(supervisor, number)


def test_a_vip_s_complaint_goes_to_the_senior_who_has_more_to_do(
    supervisor: Desk, junior: Desk, senior: Desk
) -> None:
    busy = register(supervisor, "已有的工作")
    order = {"assignee_id": senior.person["person_id"]}
    supervisor.ask("PUT", f"/tickets/{busy}/assignee", order)
    await_decision(supervisor, busy, "manual")
    go_online(junior, senior)
    vip = {"name": "赵先生", "email": "zhao@example.com", "tier": "vip"}
    theirs = register(supervisor, "收到的商品有问题", kind="complaint", **vip)
    common = register(supervisor, "收到的商品有问题", kind="complaint", email="qian@example.com")
    assert has(supervisor, senior, theirs)
    assert has(supervisor, junior, common)
    decision = await_decision(supervisor, theirs, "assigned")
    assert decision["explanation"]["strategy"] == "senior_first"
    assert decision["explanation"]["rules"][-1]["name"] == "贵宾投诉"
    for number in (busy, theirs, common):
        solve(supervisor, number)
    go_offline(junior, senior)


def test_what_is_critical_goes_first_and_may_exceed_capacity_which_when_freed_takes_the_next(
    administrator: Desk, supervisor: Desk
) -> None:
    team = Team(administrator, "单人组")
    agent = team.hire("PA101", "单人一号", capacity=3)
    rule = {"name": "单人", "condition": about("单人"), "group_id": team.group_id}
    put_rule_first(supervisor, rule)
    common = register(supervisor, "单人 普通")
    await_decision(supervisor, common, "waiting")
    first = register(supervisor, "单人 特急一", urgency="critical")
    await_decision(supervisor, first, "waiting")
    go_online(agent)
    assert has(supervisor, agent, first), "it came later and goes first"

    second = register(supervisor, "单人 特急二", urgency="critical")
    assert has(supervisor, agent, second), "what is critical may exceed the capacity"
    seen = team.set(agent, {})
    assert (seen["load"], seen["capacity"]) == (6, 3)
    assert supervisor.ticket(common)["assignee"] is None

    solve(supervisor, first)
    solve(supervisor, second)
    assert has(supervisor, agent, common), "room is given to the next that waits"
    go_offline(agent)


def test_who_does_not_accept_in_time_loses_the_ticket_to_the_next(
    supervisor: Desk, pair: Pair
) -> None:
    # The short time is asked of one of them only, so the other need not hurry.
    person_id = pair.one.person["person_id"]
    late = {"all": [about("确认"), {"field": "assignee_id", "op": "is", "value": person_id}]}
    targets = {"accept": {"normal": 3}}
    put_policy_first(supervisor, {"name": "快确认", "condition": late, "targets": targets})
    go_online(pair.one)
    number = register(supervisor, "结对 确认")
    assert has(supervisor, pair.one, number)
    go_online(pair.other)
    assert has(supervisor, pair.other, number)

    decision = await_decision(supervisor, number, "assigned")
    assert decision["explanation"]["trigger"] == "accept_timeout"
    assert reasons(decision)[person_id] == "excluded"
    with pytest.raises(Refused):
        pair.one.ask("POST", f"/tickets/{number}/acceptance")
    accepted = pair.other.ask("POST", f"/tickets/{number}/acceptance")
    assert accepted["status"] == "in_progress"
    go_offline(pair.one, pair.other)


def test_a_returned_ticket_goes_to_the_colleague(supervisor: Desk, both_online: Pair) -> None:
    number = register(supervisor, "结对 退回")
    first = both_online.who_has(number)
    first.ask("POST", f"/tickets/{number}/returns", {"reason": "需要懂合同的同事"})
    assert has(supervisor, both_online.colleague_of(first), number)
    decision = await_decision(supervisor, number, "assigned")
    assert decision["explanation"]["trigger"] == "returned"
    assert reasons(decision)[first.person["person_id"]] == "excluded"
    told = [entry["event"] for entry in supervisor.timeline(number) if entry["event"]]
    assert any(event.get("reason") == "需要懂合同的同事" for event in told), told


def test_handed_over_work_is_the_colleague_s_all_of_it(supervisor: Desk, pair: Pair) -> None:
    go_online(pair.one)
    numbers = [register(supervisor, f"结对 交接 {n}") for n in range(3)]
    assert all(has(supervisor, pair.one, number) for number in numbers)
    go_offline(pair.one)
    path = f"/dispatch/agents/{pair.one.person['person_id']}/hand-overs"
    order = {"reason": "休假", "to_person_id": pair.other.person["person_id"]}
    assert supervisor.ask("POST", path, order)["count"] >= len(numbers)
    assert all(has(supervisor, pair.other, number) for number in numbers)
    assert eventually(lambda: pair.team.set(pair.one, {})["load"] == 0, PATIENCE)


def test_of_two_who_grab_exactly_one_wins(supervisor: Desk, both_online: Pair) -> None:
    put_rule_first(supervisor, {"name": "抢单", "mode": "grab", **both_online.rule("抢单")})
    number = register(supervisor, "抢单 谁先到")
    agents = (both_online.one, both_online.other)
    assert eventually(lambda: all(number in pool_of(agent) for agent in agents), PATIENCE)
    start = Barrier(len(agents))

    def grab(agent: Desk) -> int:
        start.wait()
        try:
            agent.ask("POST", f"/tickets/{number}/grabs")
        except Refused as refusal:
            return refusal.status
        return 202

    with ThreadPoolExecutor(len(agents)) as threads:
        answers = dict(zip(agents, threads.map(grab, agents), strict=True))
    winners = [agent for agent, status in answers.items() if status == 202]
    assert len(winners) == 1, answers.values()
    assert set(answers.values()) <= {202, 404, 409}
    assert has(supervisor, winners[0], number)
    await_decision(supervisor, number, "grabbed")
    assert all(number not in pool_of(agent) for agent in agents)


def pool_of(agent: Desk) -> set[str]:
    return {offer["number"] for offer in agent.ask("GET", "/grab-pool")["items"]}


def test_what_is_overdue_is_told_to_the_lead_once(supervisor: Desk, both_online: Pair) -> None:
    # Of tickets that are in the group: whom to tell must be known when the time has come.
    here = {"field": "group_id", "op": "is", "value": both_online.team.group_id}
    step = {"key": "overdue", "target": "first_reply", "offset_seconds": 0}
    policy = {
        "name": "两秒",
        "condition": {"all": [about("超时"), here]},
        "targets": {"first_reply": {"normal": 2}},
        "steps": [{**step, "recipients": [{"to": "group_leads"}]}],
    }
    put_policy_first(supervisor, policy)
    number = register(supervisor, "结对 超时")

    def told() -> list[dict[str, Any]]:
        notices = both_online.lead.ask("GET", "/notices?unread=true")["items"]
        return [
            one for one in notices if one["ticket_number"] == number and one["occasion"] == "sla"
        ]

    assert len(eventually(told, PATIENCE)) == 1
    assert clocks(supervisor, number)["first_reply"]["is_breached"]
    assert eventually(lambda: supervisor.ticket(number)["is_overdue"], PATIENCE)
