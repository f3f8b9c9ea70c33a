"""Webhooks, types of events and robots of group chats over REST."""

from typing import Any
from uuid import uuid4

import pytest

from gateway.schemas.notification_endpoint import NotificationEndpoint, NotificationEndpointPage
from gateway.schemas.webhook import (
    EventTypePage,
    Webhook,
    WebhookDeliveryDetail,
    WebhookDeliveryPage,
    WebhookPage,
    WebhookWithSecret,
)
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.routes import IF_MATCH, Change, Reading, ask, check_passed_on, check_versioned

pytestmark = pytest.mark.services("gateway")

HOOK, DELIVERY, ROBOT = (str(uuid4()) for _ in range(3))
NOW = "2026-11-22T12:00:00+00:00"
HOOKS, ONE_HOOK = "/webhooks", f"/webhooks/{HOOK}"
ROBOTS, ONE_ROBOT = "/notification-endpoints", f"/notification-endpoints/{ROBOT}"
NEW_HOOK = {"name": "ERP", "url": "https://erp.example/hooks", "types": ["ticket.*"]}
NEW_ROBOT = {"name": "值班群", "kind": "dingtalk_robot", "url": "https://oapi.dingtalk.com/x"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def webhook(**changes: Any) -> dict[str, Any]:
    return {
        "webhook_id": HOOK,
        **NEW_HOOK,
        "is_active": True,
        "disabled_reason": None,
        "disabled_at": None,
        "failures": 0,
        "failing_since": None,
        "previous_secret_until": None,
        "created_by": None,
        "created_at": NOW,
        "version": 3,
        **changes,
    }


def delivery(**changes: Any) -> dict[str, Any]:
    return {
        "delivery_id": DELIVERY,
        "event_id": str(uuid4()),
        "type": "ticket.created",
        "subject": str(uuid4()),
        "occurred_at": NOW,
        "status": "sent",
        "attempts": 1,
        "next_at": None,
        "last_status": 204,
        "last_error": None,
        "duration_ms": 12,
        "tried_at": NOW,
        "sent_at": NOW,
        **changes,
    }


def robot(**changes: Any) -> dict[str, Any]:
    return {
        "endpoint_id": ROBOT,
        "name": "值班群",
        "kind": "dingtalk_robot",
        "host": "oapi.dingtalk.com",
        "has_secret": True,
        "is_active": True,
        "last_error": None,
        "last_sent_at": NOW,
        "created_at": NOW,
        "version": 3,
        **changes,
    }


@pytest.mark.parametrize(
    "reading",
    [
        (HOOKS, "list_webhooks", {"items": [webhook()]}, WebhookPage, {}),
        (ONE_HOOK, "get_webhook", webhook(disabled_reason="gone"), Webhook, {"webhook_id": HOOK}),
        (
            f"{ONE_HOOK}/deliveries?status=failed&limit=10",
            "list_webhook_deliveries",
            {"items": [delivery(status="failed", last_status=None)], "next_cursor": None},
            WebhookDeliveryPage,
            {"webhook_id": HOOK, "status": "failed", "limit": 10},
        ),
        (
            f"{ONE_HOOK}/deliveries/{DELIVERY}",
            "get_webhook_delivery",
            delivery(event={"id": "x"}),
            WebhookDeliveryDetail,
            {"webhook_id": HOOK, "delivery_id": DELIVERY},
        ),
        (ROBOTS, "list_endpoints", {"items": [robot()]}, NotificationEndpointPage, {}),
    ],
)
def test_what_notify_answers_is_passed_on(
    administrator: Browser, services: FakeServices, reading: Reading
) -> None:
    check_passed_on(administrator, services, "notify", reading)


def test_the_secret_is_answered_when_a_webhook_is_made(
    administrator: Browser, services: FakeServices
) -> None:
    made = webhook(version=1, secret=SECRET)
    services.answer("notify.create_webhook", made | {"audit": {"after": {"name": "ERP"}}})
    answer = administrator.post(HOOKS, json=NEW_HOOK)
    assert (answer.status_code, answer.get_json()) == (201, made)
    assert WebhookWithSecret().validate(made) == {}
    assert answer.headers["Location"] == f"/api/v1{ONE_HOOK}"
    values = services.calls("notify.create_webhook")[0].args["values"]
    assert values == {**NEW_HOOK, "is_active": True}


@pytest.mark.parametrize(
    "change",
    [
        ("PUT", ONE_HOOK, NEW_HOOK, "replace_webhook", webhook(version=4)),
        ("DELETE", ONE_HOOK, None, "remove_webhook", None),
        ("POST", f"{ONE_HOOK}/enable", None, "enable_webhook", webhook(version=4)),
        (
            "POST",
            f"{ONE_HOOK}/rotate-secret",
            None,
            "rotate_webhook_secret",
            webhook(version=4, secret=SECRET, previous_secret_until=NOW),
        ),
        ("PUT", ONE_ROBOT, NEW_ROBOT, "replace_endpoint", robot(version=4)),
        ("DELETE", ONE_ROBOT, None, "remove_endpoint", None),
    ],
)
def test_changes_say_which_version_they_are_of(
    administrator: Browser, services: FakeServices, change: Change
) -> None:
    args = check_versioned(administrator, services, "notify", change)
    assert {args.get("webhook_id"), args.get("endpoint_id")} & {HOOK, ROBOT}


@pytest.mark.parametrize(
    ("path", "body", "target", "answered", "status", "args"),
    [
        (
            f"{ONE_HOOK}/test",
            None,
            "ping_webhook",
            {"delivery_id": DELIVERY},
            202,
            {"webhook_id": HOOK},
        ),
        (
            f"{ONE_HOOK}/deliveries/{DELIVERY}/replay",
            None,
            "replay_webhook_delivery",
            delivery(status="waiting"),
            200,
            {"webhook_id": HOOK, "delivery_id": DELIVERY},
        ),
        (
            f"{ONE_HOOK}/replays",
            {"from": "2026-11-21T00:00:00+08:00", "until": "2026-11-22T00:00:00+08:00"},
            "replay_webhook_deliveries",
            {"count": 7},
            200,
            {
                "webhook_id": HOOK,
                "start": "2026-11-21T00:00:00+08:00",
                "end": "2026-11-22T00:00:00+08:00",
            },
        ),
        (ROBOTS, NEW_ROBOT, "create_endpoint", robot(), 201, None),
        (
            f"{ONE_ROBOT}/test",
            {"language": "en"},
            "try_endpoint",
            {"verdict": "refused", "reason": "the robot answered 310000"},
            200,
            {"endpoint_id": ROBOT, "language": "en"},
        ),
    ],
)
def test_commands_are_passed_on_once_by_their_key(
    administrator: Browser,
    services: FakeServices,
    path: str,
    body: Any,
    target: str,
    answered: dict[str, Any],
    status: int,
    args: dict[str, Any] | None,
) -> None:
    services.answer(f"notify.{target}", answered)
    key = {"Idempotency-Key": uuid4().hex}
    for _ in range(2):
        answer = ask(administrator, "POST", path, body, **key)
        assert (answer.status_code, answer.get_json()) == (status, answered)
    (call,) = services.calls(f"notify.{target}")
    assert args is None or call.args == args


def test_a_robot_keeps_what_is_not_given(administrator: Browser, services: FakeServices) -> None:
    services.answer("notify.replace_endpoint", robot())
    body = {"name": "群", "kind": "wecom_robot"}
    assert ask(administrator, "PUT", ONE_ROBOT, body, **IF_MATCH).status_code == 200
    values = services.calls("notify.replace_endpoint")[0].args["values"]
    assert values == {**body, "is_active": True}
    assert NotificationEndpoint().validate(robot()) == {}


def test_event_types_are_those_of_the_contracts(administrator: Browser) -> None:
    page = administrator.get("/event-types").get_json()
    assert EventTypePage().validate(page) == {}
    by_type = {one["type"]: one for one in page["items"]}
    assert by_type["ticket.created"]["producer"] == "ticketing"
    assert by_type["ticket.created"]["summary"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (HOOKS, {**NEW_HOOK, "types": []}, "types"),
        (HOOKS, {**NEW_HOOK, "url": ""}, "url"),
        (HOOKS, {"url": "https://x.example", "types": ["*"]}, "name"),
        (HOOKS, {**NEW_HOOK, "secret": "mine"}, "secret"),
        (f"{ONE_HOOK}/replays", {"from": "2026-11-21", "until": NOW}, "from"),
        (f"{ONE_HOOK}/replays", {"from": NOW}, "until"),
        (ROBOTS, {**NEW_ROBOT, "kind": "pager"}, "kind"),
        (ROBOTS, {"name": "x", "kind": "wecom_robot"}, "url"),
        (f"{ONE_ROBOT}/test", {"language": "fr"}, "language"),
    ],
)
def test_wrong_shapes_are_refused_by_name_and_reach_nobody(
    administrator: Browser, services: FakeServices, path: str, body: Any, field: str
) -> None:
    problem = problem_of(ask(administrator, "POST", path, body), 422)
    assert field in problem["errors"], problem["errors"]
    assert services.asked == []


def test_agents_neither_see_nor_make_webhooks(agent: Browser, services: FakeServices) -> None:
    for path in (HOOKS, ONE_HOOK, f"{ONE_HOOK}/deliveries", "/event-types", ROBOTS):
        assert problem_of(agent.get(path), 403)["code"] == "permission.missing"
    for path, body in ((HOOKS, NEW_HOOK), (ROBOTS, NEW_ROBOT)):
        assert problem_of(agent.post(path, json=body), 403)["code"] == "permission.missing"
    assert services.asked == []
