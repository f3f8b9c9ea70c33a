"""Policies, calendars, clocks and boards of sla over REST."""

from typing import Any
from uuid import uuid4

import pytest
from marshmallow import Schema

from gateway.schemas.board import SlaBoard
from gateway.schemas.clock import ClockPage
from gateway.schemas.sla_calendar import (
    CalendarDay,
    CalendarDayPage,
    HolidaysAdded,
    SlaCalendar,
    SlaCalendarPage,
)
from gateway.schemas.sla_policy import PolicyTrialResult, SlaPolicy, SlaPolicyPage
from gateway.schemas.sla_setting import SlaSettings
from tests.support import shapes, sla_shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.routes import IF_MATCH, Change, Reading, ask, check_passed_on, check_versioned
from tests.support.sla_shapes import (
    CALENDAR,
    COMPLAINTS,
    NEW_POLICY,
    NOW,
    POLICY,
    STEP,
    WEEKLY,
    calendar,
    day,
    policy,
)

pytestmark = pytest.mark.services("gateway")

POLICIES, ONE_POLICY = "/sla/policies", f"/sla/policies/{POLICY}"
CALENDARS, ONE_CALENDAR = "/sla/calendars", f"/sla/calendars/{CALENDAR}"
DAY = f"{ONE_CALENDAR}/days/2026-10-01"
OWN = {"policy_id", "position", "version", "revision"}
NEW_CALENDAR = {"name": "工作日", "weekly": WEEKLY}


@pytest.mark.parametrize(
    "reading",
    [
        (POLICIES, "list_policies", {"items": [policy()]}, SlaPolicyPage, {}),
        (ONE_POLICY, "get_policy", policy(calendar_id=None), SlaPolicy, {"policy_id": POLICY}),
        (CALENDARS, "list_calendars", {"items": [calendar()]}, SlaCalendarPage, {}),
        (ONE_CALENDAR, "get_calendar", calendar(), SlaCalendar, {"calendar_id": CALENDAR}),
        (
            f"{ONE_CALENDAR}/days?year=2026",
            "list_days",
            {"items": [day(), day(kind="workday", periods=[["09:00", "18:00"]], name=None)]},
            CalendarDayPage,
            {"calendar_id": CALENDAR, "year": 2026},
        ),
        ("/sla/settings", "get_settings", sla_shapes.settings(), SlaSettings, {}),
        ("/sla/board", "get_sla_board", sla_shapes.board(), SlaBoard, {}),
        (
            f"/tickets/{shapes.NUMBER}/clocks",
            "list_clocks",
            sla_shapes.clocks(),
            ClockPage,
            {"number": shapes.NUMBER},
        ),
    ],
)
def test_what_sla_answers_is_passed_on(
    supervisor: Browser, services: FakeServices, reading: Reading
) -> None:
    check_passed_on(supervisor, services, "sla", reading)


def test_a_policy_gets_what_it_does_not_say(supervisor: Browser, services: FakeServices) -> None:
    services.answer("sla.create_policy", policy(version=1))
    answer = supervisor.post(POLICIES, json=NEW_POLICY)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == f"/api/v1{ONE_POLICY}"
    values = services.calls("sla.create_policy")[0].args["values"]
    assert values == {
        **NEW_POLICY,
        "is_active": True,
        "condition": {},
        "pause_statuses": [],
        "steps": [{**STEP, "calendar": None, "repeat_seconds": None, "repeat_limit": None}],
    }


def test_a_policy_can_be_sent_back_as_it_was_answered(
    supervisor: Browser, services: FakeServices
) -> None:
    known = policy()
    services.answer("sla.replace_policy", known)
    body = {name: known[name] for name in known.keys() - OWN}
    assert ask(supervisor, "PUT", ONE_POLICY, body, **IF_MATCH).status_code == 200
    assert services.calls("sla.replace_policy")[0].args["values"] == body


@pytest.mark.parametrize(
    "change",
    [
        ("PUT", ONE_POLICY, NEW_POLICY, "replace_policy", policy(version=4)),
        ("DELETE", ONE_POLICY, None, "remove_policy", None),
        ("PUT", ONE_CALENDAR, NEW_CALENDAR, "replace_calendar", calendar(version=4)),
        ("DELETE", ONE_CALENDAR, None, "remove_calendar", None),
        (
            "PATCH",
            "/sla/settings",
            {"repeated_complaint": COMPLAINTS},
            "edit_settings",
            sla_shapes.settings(version=4),
        ),
    ],
)
def test_changes_say_which_version_they_are_of(
    supervisor: Browser, services: FakeServices, change: Change
) -> None:
    args = check_versioned(supervisor, services, "sla", change)
    assert {args.get("policy_id"), args.get("calendar_id")} & {POLICY, CALENDAR, None}


@pytest.mark.parametrize(
    ("method", "path", "body", "target", "answered", "schema", "args"),
    [
        (
            "PUT",
            f"{POLICIES}/order",
            {"policy_ids": [POLICY]},
            "order_policies",
            {"items": [policy()]},
            SlaPolicyPage,
            {"policy_ids": [POLICY]},
        ),
        (
            "PUT",
            DAY,
            {"kind": "holiday", "name": "国庆节"},
            "set_day",
            day(source=None),
            CalendarDay,
            {
                "calendar_id": CALENDAR,
                "date": "2026-10-01",
                "kind": "holiday",
                "name": "国庆节",
                "periods": [],
            },
        ),
        (
            "POST",
            f"{ONE_CALENDAR}/holidays",
            {"year": 2026},
            "add_holidays",
            {"added": 33, "is_official": True},
            HolidaysAdded,
            {"calendar_id": CALENDAR, "country": "CN", "year": 2026},
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
    args: dict[str, Any],
) -> None:
    services.answer(f"sla.{target}", {**answered, "audit": {"after": {"name": "x"}}})
    key = {"Idempotency-Key": uuid4().hex}
    for _ in range(2):
        answer = ask(supervisor, method, path, body, **key)
        assert (answer.status_code, answer.get_json()) == (200, answered)
    assert schema().validate(answered) == {}
    assert [call.args for call in services.calls(f"sla.{target}")] == [args]


def test_a_calendar_is_made_and_a_day_taken_back(
    supervisor: Browser, services: FakeServices
) -> None:
    services.answer("sla.create_calendar", calendar())
    services.answer("sla.remove_day", None)
    answer = supervisor.post(CALENDARS, json=NEW_CALENDAR)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1{ONE_CALENDAR}")
    values = {**NEW_CALENDAR, "zone": "Asia/Shanghai"}
    assert services.calls("sla.create_calendar")[0].args == {"values": values}
    assert supervisor.delete(DAY).status_code == 204
    expected = {"calendar_id": CALENDAR, "date": "2026-10-01"}
    assert services.calls("sla.remove_day")[0].args == expected


@pytest.mark.parametrize("date", ["2026-02-30", "2026-13-01", "20261001", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_not_found(
    supervisor: Browser, services: FakeServices, date: str
) -> None:
    problem_of(supervisor.delete(f"{ONE_CALENDAR}/days/{date}"), 404)
    assert services.asked == []


@pytest.mark.parametrize(
    "trial",
    [
        {"number": shapes.NUMBER},
        {"sample": {"urgency": "critical", "channel": "phone", "tags": ["vip"]}, "at": NOW},
    ],
)
def test_trials_are_questions(
    supervisor: Browser, services: FakeServices, trial: dict[str, Any]
) -> None:
    services.answer("sla.try_policy", sla_shapes.trial())
    answer = supervisor.post(f"{POLICIES}/trials", json=trial)
    assert (answer.status_code, answer.get_json()) == (200, sla_shapes.trial())
    assert PolicyTrialResult().validate(sla_shapes.trial()) == {}
    asked = services.calls("sla.try_policy")[0]
    assert asked.command_id is None
    assert asked.args.keys() == trial.keys()


def wrong_step(**changes: Any) -> dict[str, Any]:
    return {**NEW_POLICY, "steps": [{**STEP, **changes}]}


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", POLICIES, {"name": "x"}, "targets"),
        ("POST", POLICIES, {**NEW_POLICY, "targets": {"lunch": {}}}, "targets.lunch"),
        (
            "POST",
            POLICIES,
            {**NEW_POLICY, "targets": {"update": {"normal": 0}}},
            "targets.update.normal",
        ),
        ("POST", POLICIES, wrong_step(repeat_seconds=59), "steps.0.repeat_seconds"),
        ("POST", POLICIES, wrong_step(repeat_limit=51), "steps.0.repeat_limit"),
        ("POST", POLICIES, wrong_step(recipients=[{"to": "all"}]), "steps.0.recipients.0.to"),
        ("POST", POLICIES, wrong_step(recipients=[{"to": "group"}] * 11), "steps.0.recipients"),
        ("POST", POLICIES, wrong_step(actions=[{"type": "explode"}]), "steps.0.actions.0.type"),
        ("PUT", ONE_POLICY, {**NEW_POLICY, "revision": 2}, "revision"),
        ("POST", f"{POLICIES}/trials", {"number": "G1", "at": "2026-10-01"}, "at"),
        (
            "POST",
            CALENDARS,
            {"name": "x", "weekly": {"1": [["09:00", "24:30"]]}},
            "weekly.1.value.0.1",
        ),
        ("PUT", DAY, {"kind": "feast"}, "kind"),
        ("POST", f"{ONE_CALENDAR}/holidays", {"year": 1066}, "year"),
        ("PATCH", "/sla/settings", {}, "body"),
        (
            "PATCH",
            "/sla/settings",
            {"repeated_complaint": {**COMPLAINTS, "count": 1}},
            "repeated_complaint.count",
        ),
    ],
)
def test_wrong_shapes_are_refused_by_name_and_reach_nobody(
    supervisor: Browser, services: FakeServices, method: str, path: str, body: Any, field: str
) -> None:
    problem = problem_of(ask(supervisor, method, path, body, **IF_MATCH), 422)
    assert field in problem["errors"], problem["errors"]
    assert services.asked == []


def test_the_days_of_a_calendar_are_asked_for_by_the_year(supervisor: Browser) -> None:
    assert "year" in problem_of(supervisor.get(f"{ONE_CALENDAR}/days"), 422)["errors"]


def test_agents_see_clocks_and_nothing_else_of_sla(agent: Browser, services: FakeServices) -> None:
    services.answer("sla.list_clocks", sla_shapes.clocks())
    assert agent.get(f"/tickets/{shapes.NUMBER}/clocks").status_code == 200
    for path in ("/sla/board", POLICIES, CALENDARS, "/sla/settings"):
        assert problem_of(agent.get(path), 403)["code"] == "permission.missing"
