"""Saved views, triggers and automations over REST."""

from typing import Any
from uuid import uuid4

import pytest
from marshmallow import Schema

from gateway.schemas.ticket_rule import (
    Automation,
    AutomationPage,
    RuleRunPage,
    Trigger,
    TriggerPage,
)
from gateway.schemas.ticket_view import (
    ConditionTrialResult,
    TicketView,
    TicketViewCounts,
    TicketViewPage,
)
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.routes import Reading, ask, check_passed_on, check_versioned

pytestmark = pytest.mark.services("gateway")

ID = "01970000-0000-7000-8000-000000000001"
NOW = "2026-11-22T08:00:00+00:00"
URGENT = {"type": "set_urgency", "urgency": "urgent"}
NEW_VIEW = {"name": "我的投诉", "condition": {"field": "kind", "op": "is", "value": "complaint"}}
NEW_TRIGGER = {"name": "加急投诉", "events": ["created"], "actions": [URGENT]}
NEW_AUTOMATION = {
    "name": "自动关闭",
    "anchor": "solved",
    "delay_minutes": 4320,
    "actions": [{"type": "set_status", "status": "closed"}],
}
RUNS = {
    "items": [
        {
            "run_id": ID,
            "ticket": None,
            "cause": "created",
            "done": ["set_urgency"],
            "skipped": [{"action": "set_status", "code": "status.move_refused"}],
            "ran_at": NOW,
        }
    ],
    "next_cursor": "more",
}
TRIED: dict[str, Any] = {"count": {"value": None, "is_exact": False}, "items": []}


def view(**fields: Any) -> dict[str, Any]:
    return {
        "view_id": ID,
        "name_en": None,
        "visibility": "private",
        "group_id": None,
        "group": None,
        "sort": "-updated_at",
        "columns": ["number"],
        "may_edit": True,
        "problem": None,
        "updated_at": NOW,
        "version": 3,
        **NEW_VIEW,
        **fields,
    }


def rule(written: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "rule_id": ID,
        "position": 1,
        "is_active": True,
        "condition": {"all": []},
        "last_run_at": NOW,
        "runs": {"value": 1000, "is_exact": False},
        "problem": None,
        "updated_at": NOW,
        "version": 3,
        **written,
        **fields,
    }


@pytest.mark.parametrize(
    "reading",
    [
        ("/ticket-views", "list_views", {"items": [view()]}, TicketViewPage, {}),
        (f"/ticket-views/{ID}", "get_view", view(), TicketView, {"view_id": ID}),
        (
            "/ticket-view-counts",
            "count_views",
            {"items": [{"view_id": ID, "value": None, "is_exact": False}]},
            TicketViewCounts,
            {},
        ),
        (
            "/triggers",
            "list_rules",
            {"items": [rule(NEW_TRIGGER)], "events": ["updated", "created"]},
            TriggerPage,
            {"kind": "trigger"},
        ),
        (
            f"/triggers/{ID}",
            "get_rule",
            rule(NEW_TRIGGER),
            Trigger,
            {"kind": "trigger", "rule_id": ID},
        ),
        (
            f"/triggers/{ID}/runs?limit=5&cursor=x",
            "list_rule_runs",
            RUNS,
            RuleRunPage,
            {"kind": "trigger", "rule_id": ID, "limit": 5, "cursor": "x"},
        ),
        (
            "/automations",
            "list_rules",
            {"items": [rule(NEW_AUTOMATION)]},
            AutomationPage,
            {"kind": "automation"},
        ),
        (
            f"/automations/{ID}",
            "get_rule",
            rule(NEW_AUTOMATION),
            Automation,
            {"kind": "automation", "rule_id": ID},
        ),
        (
            f"/automations/{ID}/runs",
            "list_rule_runs",
            RUNS,
            RuleRunPage,
            {"kind": "automation", "rule_id": ID, "limit": 25},
        ),
    ],
)
def test_what_ticketing_answers_is_passed_on(
    supervisor: Browser, services: FakeServices, reading: Reading
) -> None:
    check_passed_on(supervisor, services, "ticketing", reading)


@pytest.mark.parametrize(
    ("path", "body", "method", "made", "kind"),
    [
        ("/ticket-views", NEW_VIEW, "create_view", view(), None),
        ("/triggers", NEW_TRIGGER, "create_rule", rule(NEW_TRIGGER), "trigger"),
        ("/automations", NEW_AUTOMATION, "create_rule", rule(NEW_AUTOMATION), "automation"),
    ],
)
def test_what_is_made_has_an_address_and_a_version(
    supervisor: Browser,
    services: FakeServices,
    path: str,
    body: Any,
    method: str,
    made: dict[str, Any],
    kind: str | None,
) -> None:
    services.answer(f"ticketing.{method}", made)
    answer = supervisor.post(path, json=body)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"3"')
    assert answer.headers["Location"] == f"/api/v1{path}/{ID}"
    asked = services.calls(f"ticketing.{method}")[0].args
    assert asked.get("kind") == kind
    assert body.items() <= asked["values"].items()


@pytest.mark.parametrize(
    ("verb", "path", "body", "method", "answered"),
    [
        ("PUT", f"/ticket-views/{ID}", NEW_VIEW, "replace_view", view(version=4)),
        ("DELETE", f"/ticket-views/{ID}", None, "remove_view", None),
        ("PUT", f"/triggers/{ID}", NEW_TRIGGER, "replace_rule", rule(NEW_TRIGGER, version=4)),
        ("DELETE", f"/triggers/{ID}", None, "remove_rule", None),
        (
            "PUT",
            f"/automations/{ID}",
            NEW_AUTOMATION,
            "replace_rule",
            rule(NEW_AUTOMATION, version=4),
        ),
        ("DELETE", f"/automations/{ID}", None, "remove_rule", None),
    ],
)
def test_changes_say_which_version_they_are_of(
    supervisor: Browser,
    services: FakeServices,
    verb: str,
    path: str,
    body: Any,
    method: str,
    answered: dict[str, Any] | None,
) -> None:
    change = (verb, path, body, method, answered)
    args = check_versioned(supervisor, services, "ticketing", change)
    assert ID in args.values()


@pytest.mark.parametrize(
    ("path", "body", "method", "answered", "schema"),
    [
        (
            "/ticket-views/order",
            {"view_ids": [ID]},
            "order_views",
            {"items": [view()]},
            TicketViewPage,
        ),
        (
            "/triggers/order",
            {"rule_ids": [ID]},
            "order_rules",
            {"items": [rule(NEW_TRIGGER)], "events": []},
            TriggerPage,
        ),
        (
            "/automations/order",
            {"rule_ids": [ID]},
            "order_rules",
            {"items": [rule(NEW_AUTOMATION)]},
            AutomationPage,
        ),
    ],
)
def test_orders_are_commands(
    supervisor: Browser,
    services: FakeServices,
    path: str,
    body: Any,
    method: str,
    answered: dict[str, Any],
    schema: type[Schema],
) -> None:
    services.answer(f"ticketing.{method}", {**answered, "audit": {"after": {"x": 1}}})
    key = {"Idempotency-Key": uuid4().hex}
    for _ in range(2):
        answer = ask(supervisor, "PUT", path, body, **key)
        assert (answer.status_code, answer.get_json()) == (200, answered)
    assert schema().validate(answered) == {}
    assert len(services.calls(f"ticketing.{method}")) == 1


@pytest.mark.parametrize(
    ("path", "body", "method"),
    [
        ("/ticket-views/trials", {"condition": {}}, "try_view"),
        ("/triggers/trials", {"condition": {}}, "try_rule"),
        (
            "/automations/trials",
            {"condition": {}, "anchor": "created", "delay_minutes": 60},
            "try_rule",
        ),
    ],
)
def test_trials_are_questions(
    supervisor: Browser, services: FakeServices, path: str, body: Any, method: str
) -> None:
    services.answer(f"ticketing.{method}", TRIED)
    answer = supervisor.post(path, json=body)
    assert (answer.status_code, answer.get_json()) == (200, TRIED)
    assert ConditionTrialResult().validate(TRIED) == {}
    asked = services.calls(f"ticketing.{method}")[0]
    assert asked.command_id is None
    assert asked.args["values"] == body


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/ticket-views", {**NEW_VIEW, "visibility": "secret"}, "visibility"),
        ("/ticket-views", {**NEW_VIEW, "columns": ["shoe_size"]}, "columns"),
        ("/ticket-views", {**NEW_VIEW, "name": ""}, "name"),
        ("/triggers", {**NEW_TRIGGER, "events": []}, "events"),
        ("/triggers", {**NEW_TRIGGER, "delay_minutes": 5}, "delay_minutes"),
        ("/automations", {**NEW_AUTOMATION, "anchor": "full_moon"}, "anchor"),
        ("/automations", {**NEW_AUTOMATION, "delay_minutes": "x"}, "delay_minutes"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    supervisor: Browser, services: FakeServices, path: str, body: Any, field: str
) -> None:
    problem = problem_of(supervisor.post(path, json=body), 422)
    assert any(name.startswith(field) for name in problem["errors"])
    assert services.asked == []


def test_a_list_by_a_saved_view_passes_it_on(supervisor: Browser, services: FakeServices) -> None:
    services.answer("ticketing.list_tickets", {"items": [], "next_cursor": None})
    assert supervisor.get(f"/tickets?saved_view={ID}&urgency=critical").status_code == 200
    asked = services.calls("ticketing.list_tickets")[0].args
    assert asked["filters"] == {"saved_view": ID, "urgency": ["critical"]}
