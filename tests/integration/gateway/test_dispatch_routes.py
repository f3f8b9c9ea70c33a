"""Dispatch over REST: presence, grabbing, reasons, boards, rules, people."""

from typing import Any
from uuid import uuid4

import pytest
from marshmallow import Schema

from gateway.schemas.agent import Agent, AgentPage, HandOverResult, Leave, Skill, SkillPage
from gateway.schemas.board import DispatchBoard, GroupBoard
from gateway.schemas.decision import CandidatePage, DecisionPage, RuleTrialResult
from gateway.schemas.dispatch_rule import DispatchRule, DispatchRulePage
from gateway.schemas.dispatch_setting import DispatchSettings
from gateway.schemas.grab import Grab, OfferPage
from gateway.schemas.presence import OwnPresence
from gateway.schemas.shift import Shift, ShiftPage
from libs.common.conditions import parse_condition
from tests.support import shapes
from tests.support.dispatch_shapes import (
    GROUP,
    LATER,
    LEAVE,
    NEW_RULE,
    NOW,
    PERSON,
    RULE,
    SHIFT,
    SKILL,
    WEEKLY,
    agent_view,
    board_line,
    candidates,
    decisions,
    explanation,
    group_board,
    leave,
    pool,
    rule,
    settings,
    shift,
    skill,
    standing,
)
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.routes import IF_MATCH, Reading, ask, check_passed_on, check_versioned

pytestmark = pytest.mark.services("gateway")

TICKET = f"/tickets/{shapes.NUMBER}"
AGENT = f"/dispatch/agents/{PERSON}"


@pytest.mark.parametrize(
    "reading",
    [
        ("/presence/own", "get_own_presence", standing(), OwnPresence, {}),
        ("/grab-pool?limit=10", "list_pool", pool(), OfferPage, {"limit": 10}),
        (
            f"{TICKET}/decisions",
            "list_decisions",
            decisions(),
            DecisionPage,
            {"number": shapes.NUMBER, "limit": 20},
        ),
        (
            f"{TICKET}/candidates?group_id={GROUP}",
            "list_candidates",
            candidates(),
            CandidatePage,
            {"number": shapes.NUMBER, "group_id": GROUP},
        ),
        ("/dispatch/board", "get_board", {"groups": [board_line()]}, DispatchBoard, {}),
        (
            f"/dispatch/board/groups/{GROUP}",
            "get_group_board",
            group_board(),
            GroupBoard,
            {"group_id": GROUP},
        ),
        ("/dispatch/rules", "list_rules", {"items": [rule()]}, DispatchRulePage, {}),
        (f"/dispatch/rules/{RULE}", "get_rule", rule(), DispatchRule, {"rule_id": RULE}),
        ("/dispatch/settings", "get_settings", settings(), DispatchSettings, {}),
        (
            "/dispatch/agents?q=客服",
            "list_agents",
            {"items": [agent_view(shift=None)], "next_cursor": "more"},
            AgentPage,
            {"q": "客服", "group_id": None, "limit": 50, "cursor": None},
        ),
        (AGENT, "get_agent", agent_view(), Agent, {"person_id": PERSON}),
        (
            "/skills?include_inactive=true",
            "list_skills",
            {"items": [skill()]},
            SkillPage,
            {"include_inactive": True},
        ),
        ("/shifts", "list_shifts", {"items": [shift()]}, ShiftPage, {}),
    ],
)
def test_what_dispatch_answers_is_passed_on(
    supervisor: Browser, services: FakeServices, reading: Reading
) -> None:
    check_passed_on(supervisor, services, "dispatch", reading)


@pytest.mark.parametrize(
    ("method", "path", "body", "target", "answered", "schema", "status", "args"),
    [
        (
            "PUT",
            "/presence/own",
            {"state": "busy"},
            "set_own_presence",
            standing(),
            OwnPresence,
            200,
            {"state": "busy"},
        ),
        (
            "POST",
            f"{TICKET}/grabs",
            None,
            "grab_ticket",
            {"state": "pending", "assignment_id": RULE},
            Grab,
            202,
            {"number": shapes.NUMBER},
        ),
        (
            "PUT",
            f"{AGENT}/presence",
            {"state": "offline"},
            "set_presence",
            standing(),
            OwnPresence,
            200,
            {"person_id": PERSON, "state": "offline"},
        ),
        (
            "POST",
            "/skills",
            {"key": "refunds", "name": "退款"},
            "create_skill",
            skill(),
            Skill,
            201,
            {"key": "refunds", "name": "退款"},
        ),
        (
            "POST",
            f"{AGENT}/hand-overs",
            {"reason": "离职"},
            "hand_over",
            {"count": 7},
            HandOverResult,
            202,
            {"person_id": PERSON, "reason": "离职", "to_person_id": None},
        ),
        (
            "PUT",
            "/dispatch/rules/order",
            {"rule_ids": [RULE]},
            "order_rules",
            {"items": [rule()]},
            DispatchRulePage,
            200,
            {"rule_ids": [RULE]},
        ),
    ],
)
def test_commands_are_passed_on_once_by_their_key(
    supervisor: Browser,
    services: FakeServices,
    method: str,
    path: str,
    body: Any,
    target: str,
    answered: dict[str, Any],
    schema: type[Schema],
    status: int,
    args: dict[str, Any],
) -> None:
    services.answer(f"dispatch.{target}", {**answered, "audit": {"after": {"name": "x"}}})
    key = {"Idempotency-Key": uuid4().hex}
    for _ in range(2):
        answer = ask(supervisor, method, path, body, **key)
        assert (answer.status_code, answer.get_json()) == (status, answered)
    assert schema().validate(answered) == {}
    assert [call.args for call in services.calls(f"dispatch.{target}")] == [args]


def test_a_rule_gets_what_it_does_not_say(supervisor: Browser, services: FakeServices) -> None:
    services.answer("dispatch.create_rule", rule(version=1, warnings=[]))
    answer = supervisor.post("/dispatch/rules", json=NEW_RULE)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == f"/api/v1/dispatch/rules/{RULE}"
    assert services.calls("dispatch.create_rule")[0].args == {
        "values": {
            **NEW_RULE,
            "is_active": True,
            "mode": "push",
            "strategy": "least_loaded",
            "is_sticky": False,
            "matches_language": False,
            "preferred_skills": [],
            "overflow_group_ids": [],
            "grab_seconds": None,
        }
    }


def test_a_condition_as_deep_as_the_language_allows_comes_through(
    supervisor: Browser, services: FakeServices
) -> None:
    deep: dict[str, Any] = {"field": "kind", "op": "in", "value": ["complaint", "repair"]}
    for _ in range(4):
        deep = {"all": [deep]}
    assert parse_condition(deep).as_json() == deep
    services.answer("dispatch.create_rule", rule())
    assert (
        supervisor.post("/dispatch/rules", json={**NEW_RULE, "condition": deep}).status_code == 201
    )
    for _ in range(10):
        deep = {"all": [deep]}
    problem = problem_of(
        supervisor.post("/dispatch/rules", json={**NEW_RULE, "condition": deep}), 422
    )
    assert "condition" in problem["errors"]


@pytest.mark.parametrize(
    ("method", "path", "body", "target", "named", "answered"),
    [
        ("PUT", f"/dispatch/rules/{RULE}", NEW_RULE, "replace_rule", "rule_id", rule(version=4)),
        ("DELETE", f"/dispatch/rules/{RULE}", None, "remove_rule", "rule_id", None),
        (
            "PATCH",
            "/dispatch/settings",
            {"sticky_days": 7},
            "edit_settings",
            None,
            settings(version=4),
        ),
        ("PATCH", f"/skills/{SKILL}", {"name": "退货"}, "edit_skill", "skill_id", skill(version=4)),
        ("PATCH", AGENT, {"capacity": None}, "edit_agent", "person_id", agent_view(version=4)),
        (
            "PATCH",
            f"/shifts/{SHIFT}",
            {"weekly": WEEKLY},
            "edit_shift",
            "shift_id",
            shift(version=4),
        ),
        ("DELETE", f"/shifts/{SHIFT}", None, "remove_shift", "shift_id", None),
    ],
)
def test_changes_say_which_version_they_are_of(
    supervisor: Browser,
    services: FakeServices,
    method: str,
    path: str,
    body: Any,
    target: str,
    named: str | None,
    answered: dict[str, Any] | None,
) -> None:
    change = (method, path, body, target, answered)
    args = check_versioned(supervisor, services, "dispatch", change)
    assert named is None or args[named] == path.rpartition("/")[2]
    if method == "PATCH":
        assert args["changes"] == body
    ask(supervisor, method, path, body, **{"If-Match": "*"})
    assert services.calls(f"dispatch.{target}")[1].args["version"] is None


def test_leaves_are_noted_and_taken_back(supervisor: Browser, services: FakeServices) -> None:
    services.answer("dispatch.add_leave", leave())
    services.answer("dispatch.remove_leave", None)
    body = {"starts_at": NOW, "ends_at": LATER, "reason": "年假"}
    answer = supervisor.post(f"{AGENT}/leaves", json=body)
    assert (answer.status_code, Leave().validate(answer.get_json())) == (201, {})
    asked = services.calls("dispatch.add_leave")[0].args
    assert (asked["person_id"], asked["reason"]) == (PERSON, "年假")
    assert supervisor.delete(f"/dispatch/leaves/{LEAVE}").status_code == 204
    assert services.calls("dispatch.remove_leave")[0].args == {"leave_id": LEAVE}


def test_a_shift_is_made(supervisor: Browser, services: FakeServices) -> None:
    services.answer("dispatch.create_shift", shift())
    answer = supervisor.post("/shifts", json={"name": "早班", "weekly": WEEKLY})
    assert (answer.status_code, Shift().validate(answer.get_json())) == (201, {})
    expected = {"name": "早班", "zone": "Asia/Shanghai", "weekly": WEEKLY}
    assert services.calls("dispatch.create_shift")[0].args == expected


@pytest.mark.parametrize(
    "trial",
    [
        {"number": shapes.NUMBER},
        {"sample": {"kind": "complaint", "urgency": "normal", "channel": "mail"}},
        {"number": shapes.NUMBER, "rules": [{**NEW_RULE, "rule_id": RULE}]},
    ],
)
def test_trials_are_questions(
    supervisor: Browser, services: FakeServices, trial: dict[str, Any]
) -> None:
    rule_name = {"rule_id": RULE, "name": "投诉给售后"}
    result = {"rule": rule_name, "mode": "push", "group_id": GROUP, "would_be": None}
    result |= {"explanation": explanation()}
    services.answer("dispatch.try_rules", result)
    answer = supervisor.post("/dispatch/rules/trials", json=trial)
    assert (answer.status_code, answer.get_json()) == (200, result)
    assert RuleTrialResult().validate(result) == {}
    asked = services.calls("dispatch.try_rules")[0]
    assert asked.command_id is None
    assert asked.args.keys() == trial.keys()


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", "/presence/own", {"state": "asleep"}, "state"),
        ("POST", "/dispatch/rules", {**NEW_RULE, "group_id": "7"}, "group_id"),
        ("POST", "/dispatch/rules", {**NEW_RULE, "condition": []}, "condition"),
        ("POST", "/dispatch/rules", {**NEW_RULE, "strategy": "luck"}, "strategy"),
        ("POST", "/dispatch/rules", {**NEW_RULE, "grab_seconds": 1}, "grab_seconds"),
        ("POST", "/dispatch/rules", {**NEW_RULE, "position": 1}, "position"),
        ("POST", "/dispatch/rules/trials", {}, "sample"),
        ("POST", "/dispatch/rules/trials", {"sample": {}, "number": "G1"}, "sample"),
        ("PUT", "/dispatch/rules/order", {"rule_ids": ["7"]}, "rule_ids.0"),
        ("PATCH", "/dispatch/settings", {"weights": {"channel": {}}}, "weights.urgency"),
        ("PATCH", "/dispatch/settings", {"heartbeat_seconds": 1}, "heartbeat_seconds"),
        ("PATCH", AGENT, {}, "body"),
        ("PATCH", AGENT, {"seniority": 6}, "seniority"),
        ("PATCH", AGENT, {"skills": [{"skill_id": SKILL, "level": 9}]}, "skills.0.level"),
        ("POST", f"{AGENT}/leaves", {"starts_at": LATER, "ends_at": NOW}, "ends_at"),
        ("POST", f"{AGENT}/hand-overs", {}, "reason"),
        ("POST", "/skills", {"key": "Refunds", "name": "退款"}, "key"),
        ("POST", "/shifts", {"name": "x", "weekly": {"8": []}}, "weekly.8.key"),
        ("POST", "/shifts", {"name": "x", "weekly": {"1": [["9", "10:00"]]}}, "weekly.1.value.0.0"),
        ("POST", "/shifts", {"name": "x", "weekly": {"1": [["09:00"]]}}, "weekly.1.value.0"),
    ],
)
def test_wrong_shapes_are_refused_by_name_and_reach_nobody(
    supervisor: Browser, services: FakeServices, method: str, path: str, body: Any, field: str
) -> None:
    problem = problem_of(ask(supervisor, method, path, body, **IF_MATCH), 422)
    assert field in problem["errors"], problem["errors"]
    assert services.asked == []


def test_agents_see_neither_boards_nor_rules(agent: Browser, services: FakeServices) -> None:
    for path in ("/dispatch/board", "/dispatch/rules", "/dispatch/agents", "/skills", "/shifts"):
        assert problem_of(agent.get(path), 403)["code"] == "permission.missing"
    problem_of(agent.post("/dispatch/rules", json=NEW_RULE), 403)
    assert services.asked == []
