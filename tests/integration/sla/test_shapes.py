"""Answers have the shapes that the REST interface documents."""

from datetime import timedelta

import pytest
from marshmallow import Schema

from gateway.schemas.board import SlaBoard
from gateway.schemas.clock import ClockPage
from gateway.schemas.sla_calendar import CalendarDayPage, SlaCalendarPage
from gateway.schemas.sla_policy import PolicyTrialResult, SlaPolicyPage
from gateway.schemas.sla_setting import SlaSettings
from libs.common.clock import utc_now
from tests.integration.sla.desk import Desk
from tests.integration.sla.story import Story
from tests.support.asking import Ask


@pytest.fixture(scope="module")
def story(desk: Desk) -> Story:
    told = Story(utc_now() - timedelta(hours=30)).whole_life()
    desk.hear(*told.events)
    desk.hear(*Story(utc_now() - timedelta(hours=30)).opened().events)
    return told


@pytest.mark.parametrize(
    ("schema", "method", "given"),
    [
        (SlaPolicyPage, "list_policies", {}),
        (SlaCalendarPage, "list_calendars", {}),
        (CalendarDayPage, "list_days", {"year": 2026}),
        (SlaSettings, "get_settings", {}),
        (SlaBoard, "get_sla_board", {}),
        (ClockPage, "list_clocks", {"number": True}),
        (PolicyTrialResult, "try_policy", {"number": True}),
        (PolicyTrialResult, "try_policy", {"sample": {"kind": "complaint"}}),
    ],
)
def test_an_answer_fits_its_schema(
    ask: Ask, story: Story, schema: type[Schema], method: str, given: dict
):
    if "year" in given:
        given = {**given, "calendar_id": ask("list_calendars")["items"][0]["calendar_id"]}
    if "number" in given:
        given = {**given, "number": story.number}
    assert schema().validate(ask(method, **given)) == {}
