"""Statuses over REST."""

from typing import Any
from uuid import uuid4

import pytest

from gateway.schemas.status import StatusPage, StatusWithUsage
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.routes import Reading, ask, check_passed_on, check_versioned

pytestmark = pytest.mark.services("gateway")

NEW = {"base": "awaiting_customer", "label": {"zh": "待配件"}, "color": "amber"}


def status(**fields: Any) -> dict[str, Any]:
    return {
        "key": "own_parts",
        "category": "pending",
        "base": "awaiting_customer",
        "is_own": True,
        "label": {"zh": "待配件", "en": "Waiting for parts"},
        "customer_text": {"zh": "正在等配件。", "en": "We wait for a part."},
        "color": "amber",
        "is_archived": False,
        "position": 6,
        "version": 3,
        **fields,
    }


USED = status(
    usage={
        "tickets": {"value": 12, "is_exact": True},
        "uses": [{"kind": "view", "id": str(uuid4()), "name": None, "is_active": True}],
        "templates": [{"key": "repair", "name": {"zh": "报修", "en": "Repair"}}],
    }
)


@pytest.mark.parametrize(
    "reading",
    [
        ("/statuses", "list_statuses", {"items": [status()]}, StatusPage, {}),
        ("/statuses/own_parts", "get_status", USED, StatusWithUsage, {"key": "own_parts"}),
    ],
)
def test_what_is_read_comes_as_it_is(
    administrator: Browser, services: FakeServices, reading: Reading
) -> None:
    check_passed_on(administrator, services, "ticketing", reading)


def test_one_is_added(administrator: Browser, services: FakeServices) -> None:
    services.answer("ticketing.create_status", USED)
    answer = ask(administrator, "POST", "/statuses", NEW)
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/statuses/own_parts"
    assert answer.headers["ETag"] == '"3"'
    assert services.calls("ticketing.create_status")[0].args == {"values": NEW}


def test_one_is_changed_by_whoever_knows_its_version(
    administrator: Browser, services: FakeServices
) -> None:
    changes = {"is_archived": True}
    changed = ("PATCH", "/statuses/own_parts", changes, "edit_status", {**USED, "version": 4})
    args = check_versioned(administrator, services, "ticketing", changed)
    assert args == {"key": "own_parts", "changes": changes, "version": 3}


POLICY = {"kind": "sla_policy", "id": str(uuid4()), "name": "报修", "is_active": True}
SETTING = {"kind": "sla_setting", "id": None, "name": "repeated_complaint", "is_active": True}
RULE = {"kind": "dispatch_rule", "id": str(uuid4()), "name": "配件", "is_active": False}


def asking(usage: dict[str, Any]) -> dict[str, Any]:
    """What ticketing answers: with what the others are to be asked after."""
    return {**USED, "usage": {**usage, "named": {"statuses": ["own_parts"]}}}


def test_policies_and_rules_of_other_services_are_among_what_uses_it(
    administrator: Browser, services: FakeServices
) -> None:
    services.answer("ticketing.get_status", asking(USED["usage"]))
    services.answer("sla.find_uses", {"items": [[POLICY, SETTING]]})
    services.answer("dispatch.find_uses", {"items": [[RULE]]})
    usage = administrator.get("/statuses/own_parts").get_json()["usage"]
    assert usage == {
        **USED["usage"],
        "uses": [*USED["usage"]["uses"], POLICY, SETTING, RULE],
        "unanswered": [],
    }
    for service in ("sla", "dispatch"):
        [asked] = services.calls(f"{service}.find_uses")
        assert asked.args == {"asked": [{"statuses": ["own_parts"]}]}


def test_a_service_that_does_not_answer_is_named_and_hinders_nobody(
    administrator: Browser, services: FakeServices
) -> None:
    services.answer("ticketing.edit_status", asking(USED["usage"]))
    services.answer("dispatch.find_uses", {"items": [[RULE]]})
    given = {"is_archived": True}
    answer = ask(administrator, "PATCH", "/statuses/own_parts", given, **{"If-Match": '"3"'})
    assert answer.status_code == 200
    usage = answer.get_json()["usage"]
    assert (usage["uses"][1:], usage["unanswered"]) == ([RULE], ["sla"])
    assert StatusWithUsage().validate(answer.get_json()) == {}


def test_whoever_publishes_a_template_is_told_of_fields_that_others_use(
    administrator: Browser, services: FakeServices
) -> None:
    fields: list[dict[str, Any]] = [
        {"field": key, "reason": "removed", "uses": [], "named": {"fields": [key]}}
        for key in ("card", "room")
    ]
    services.answer("ticketing.publish_template", {"version": 4, "affected": fields})
    services.answer("sla.find_uses", {"items": [[], [POLICY]]})
    services.answer("dispatch.find_uses", {"items": [[], []]})
    path = "/ticket-templates/repair/versions"
    answer = ask(administrator, "POST", path, {}, **{"If-Match": '"3"'})
    assert answer.status_code == 201
    assert answer.get_json()["affected"] == [
        {"field": "room", "reason": "removed", "uses": [POLICY], "unanswered": []}
    ]


def test_they_are_ordered(administrator: Browser, services: FakeServices) -> None:
    services.answer("ticketing.order_statuses", {"items": [status()]})
    order = {"keys": ["own_parts"]}
    assert ask(administrator, "PUT", "/statuses/order", order).status_code == 200
    assert services.calls("ticketing.order_statuses")[0].args == order


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**NEW, "base": "archived"}, "base"),
        ({**NEW, "key": "closed"}, "key"),
        ({**NEW, "color": "neon"}, "color"),
        ({"base": "solved"}, "label"),
    ],
)
def test_what_cannot_be_is_refused_at_the_door(
    administrator: Browser, services: FakeServices, body: dict[str, Any], field: str
) -> None:
    problem = problem_of(ask(administrator, "POST", "/statuses", body), 422)
    assert field in problem["errors"]
    assert services.asked == []


def test_whoever_does_not_manage_them_only_reads(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.list_statuses", {"items": []})
    assert agent.get("/statuses").status_code == 200
    assert ask(agent, "POST", "/statuses", NEW).status_code == 403
