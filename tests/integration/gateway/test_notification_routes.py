"""Rules, texts, deliveries and wishes over REST: what is asked of notify, and what is refused."""

from typing import Any
from uuid import uuid4

import pytest
from marshmallow import Schema

from gateway.schemas.delivery import DeliveryPage
from gateway.schemas.notification_preference import OwnNotificationPreferences
from gateway.schemas.notification_rule import (
    NotificationOccasionPage,
    NotificationRule,
    NotificationRulePage,
    NotificationTrialResult,
)
from gateway.schemas.notification_template import (
    NotificationTemplate,
    NotificationTemplatePage,
    TemplatePreviewed,
)
from libs.common.actor import Actor
from libs.common.errors import Conflict, DeskError, Stale
from services.notify.queries.configuration import list_occasions, show_preferences
from tests.support.fake_services import FakeServices, Method
from tests.support.gateway import Browser, problem_of
from tests.support.routes import IF_MATCH, ask

pytestmark = pytest.mark.services("gateway")

RULE, TEXT, DELIVERY = (str(uuid4()) for _ in range(3))
NOW = "2026-11-22T12:00:00+00:00"
RULES, ONE_RULE = "/notification-rules", f"/notification-rules/{RULE}"
TEXTS, ONE_TEXT = "/notification-templates", f"/notification-templates/{TEXT}"
WISHES, PORTAL = "/profile/notification-preferences", "/portal/notification-preferences"
NEW_RULE = {
    "name": "短信：升级",
    "occasion": "escalated",
    "audience": "staff",
    "recipients": [{"to": "group_leads"}],
    "channels": ["in_app", "sms"],
    "condition": {"field": "urgency", "op": "is", "value": "critical"},
}
NEW_TEXT = {"occasion": "receipt", "channel": "sms", "language": "zh", "body": "{{ number }}"}


def rule(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "rule_id": RULE,
        "position": 1,
        "all_channels": False,
        "template_key": None,
        "endpoint_ids": [],
        "is_urgent": False,
        "is_active": True,
        "is_shipped": False,
        "version": 3,
    }
    return {**NEW_RULE, **usual, **changes}


def template(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "template_id": TEXT,
        "key": "receipt",
        "subject": None,
        "html": None,
        "provider_code": None,
        "provider_params": [],
        "version": 3,
        "updated_at": NOW,
    }
    return {**NEW_TEXT, **usual, **changes}


def delivery() -> dict[str, Any]:
    return {
        "delivery_id": DELIVERY,
        "occasion": "replied",
        "channel": "mail",
        "other_channels": [],
        "recipient_kind": "customer",
        "recipient_id": str(uuid4()),
        "recipient_name": "李雷",
        "ticket_id": None,
        "ticket_number": None,
        "rule_id": None,
        "status": "failed",
        "is_urgent": False,
        "attempts": 1,
        "error": "550",
        "created_at": NOW,
        "next_at": None,
        "sent_at": None,
    }


TRIED = {
    "rules": [{"rule_id": RULE, "name": "x", "audience": "staff", "holds": True, "findings": []}],
    "recipients": [
        {
            "kind": "person",
            "recipient_id": RULE,
            "name": "李雷",
            "channel": "sms",
            "other_channels": [],
            "at": NOW,
            "error": None,
        }
    ],
}
PREVIEWED = {"rendered": {"subject": "", "text": "G1", "html": None}, "errors": []}


def refusing(error: DeskError) -> Method:
    def method(_args: dict[str, Any], _actor: Actor) -> Any:
        raise error

    return method


@pytest.mark.parametrize(
    ("path", "method", "result", "schema"),
    [
        (RULES, "list_rules", {"items": [rule()]}, NotificationRulePage),
        (ONE_RULE, "get_rule", rule(), NotificationRule),
        ("/notification-occasions", "list_occasions", list_occasions(), NotificationOccasionPage),
        (TEXTS, "list_templates", {"items": [template()]}, NotificationTemplatePage),
        (ONE_TEXT, "get_template", template(), NotificationTemplate),
        (
            "/deliveries?status=failed&number=G20261122001",
            "search_deliveries",
            {"items": [delivery()], "next_cursor": None},
            DeliveryPage,
        ),
        (WISHES, "get_preferences", show_preferences(None, "staff"), OwnNotificationPreferences),
    ],
)
def test_what_notify_tells_fits_the_schema(
    administrator: Browser,
    services: FakeServices,
    path: str,
    method: str,
    result: Any,
    schema: type[Schema],
) -> None:
    services.answer(f"notify.{method}", result)
    answered = ask(administrator, "GET", path)
    assert answered.status_code == 200
    assert schema().validate(answered.json) == {}


def test_a_rule_is_made_changed_and_removed_at_its_version(
    administrator: Browser, services: FakeServices
) -> None:
    services.answer("notify.create_rule", rule(version=1))
    services.answer("notify.replace_rule", rule(version=4))
    services.answer("notify.remove_rule", {})
    made = ask(administrator, "POST", RULES, NEW_RULE)
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1{ONE_RULE}")
    unversioned = ask(administrator, "PUT", ONE_RULE, NEW_RULE)
    assert problem_of(unversioned, 428)["code"] == "version.required"
    changed = ask(administrator, "PUT", ONE_RULE, NEW_RULE, **IF_MATCH)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"4"')
    assert services.calls("notify.replace_rule")[-1].args["version"] == 3
    assert ask(administrator, "DELETE", ONE_RULE, **IF_MATCH).status_code == 204


def test_rules_are_ordered_and_tried(administrator: Browser, services: FakeServices) -> None:
    services.answer("notify.order_rules", {"items": [rule()]})
    services.answer("notify.try_rules", TRIED)
    ordered = ask(administrator, "PUT", f"{RULES}/order", {"rule_ids": [RULE]})
    tried = ask(
        administrator,
        "POST",
        f"{RULES}/trials",
        {"occasion": "assigned", "sample": {"urgency": "critical"}},
    )
    assert (ordered.status_code, tried.status_code) == (200, 200)
    assert NotificationTrialResult().validate(tried.json) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"audience": "everybody"}, "audience"),
        ({"channels": ["fax"]}, "channels"),
        ({"recipients": [{"to": "nobody"}]}, "recipients"),
        ({"name": ""}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_rules_are_refused_by_field(
    administrator: Browser, changes: dict[str, Any], field: str
) -> None:
    refused = ask(administrator, "POST", RULES, NEW_RULE | changes)
    assert refused.status_code == 422
    assert any(name.startswith(field) for name in refused.json["errors"])


def test_a_text_is_written_and_previewed(administrator: Browser, services: FakeServices) -> None:
    services.answer("notify.create_template", template())
    services.answer("notify.preview_template", PREVIEWED)
    made = ask(administrator, "POST", TEXTS, NEW_TEXT)
    assert made.headers["Location"] == f"/api/v1{ONE_TEXT}"
    shown = ask(administrator, "POST", f"{TEXTS}/previews", NEW_TEXT)
    assert TemplatePreviewed().validate(shown.json) == {}
    assert services.calls("notify.preview_template")[-1].args["values"]["body"] == "{{ number }}"


def test_a_delivery_is_sent_again_unless_it_has_come(
    administrator: Browser, services: FakeServices
) -> None:
    services.answer("notify.resend_delivery", {"status": "waiting"})
    again = ask(administrator, "POST", f"/deliveries/{DELIVERY}/resend")
    assert (again.status_code, again.json) == (202, {"status": "waiting"})
    services.answer("notify.resend_delivery", refusing(Conflict("delivery.not_resendable", "sent")))
    refused = ask(administrator, "POST", f"/deliveries/{DELIVERY}/resend")
    assert problem_of(refused, 409)["code"] == "delivery.not_resendable"


def test_everybody_has_wishes_of_their_own(agent: Browser, services: FakeServices) -> None:
    kept = show_preferences(None, "staff") | {"version": 1}
    services.answer("notify.replace_preferences", kept)
    wish = {
        "channels": {"work": {"order": ["sms"], "off": ["mail"]}},
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "zone": "Asia/Shanghai",
    }
    done = ask(agent, "PUT", WISHES, wish, **{"If-Match": '"0"'})
    assert done.status_code == 200
    assert services.calls("notify.replace_preferences")[-1].args["values"]["quiet_from"] == "22:00"
    services.answer("notify.replace_preferences", refusing(Stale("version.stale", "changed")))
    assert ask(agent, "PUT", WISHES, wish, **{"If-Match": '"0"'}).status_code == 412


def test_agents_may_not_change_what_others_are_told(agent: Browser) -> None:
    assert ask(agent, "POST", RULES, NEW_RULE).status_code == 403
    assert ask(agent, "GET", "/deliveries").status_code == 403
