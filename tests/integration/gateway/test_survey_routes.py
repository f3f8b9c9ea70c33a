"""Surveys over REST: the public page without a login, and what staff see and set."""

from typing import Any

import pytest
from flask import Flask

from gateway.schemas.survey import SurveyList, SurveyPage, SurveySettings
from gateway.schemas.ticket import Ticket
from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Gone, NotFound, Unavailable
from tests.support import shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.routes import IF_MATCH
from tests.support.survey_shapes import CODE, TOKEN, page, settings, survey

pytestmark = pytest.mark.services("gateway")

PAGE, ANSWER = f"/surveys/{TOKEN}", f"/surveys/{TOKEN}/answer"
SETTINGS = "/survey-settings"


def raising(error: Exception) -> Any:
    def method(_args: dict[str, Any], _actor: Actor) -> None:
        raise error

    return method


@pytest.mark.parametrize("link", [TOKEN, CODE])
def test_whoever_has_the_link_sees_the_page(
    browser: Browser, services: FakeServices, link: str
) -> None:
    services.answer("notify.get_survey", page())
    answer = browser.get(f"/surveys/{link}?language=en")
    assert (answer.status_code, answer.get_json()) == (200, page())
    assert SurveyPage().validate(page()) == {}
    [asked] = services.calls("notify.get_survey")
    assert asked.args == {"link": link, "language": "en"}
    assert asked.actor.kind == "gateway"
    assert asked.actor.permissions == {"survey.open", "survey.answer"}


@pytest.mark.parametrize("link", ["short", "a" * 44, "x" * 11, "a.b" * 4, "工" * 12])
def test_what_cannot_be_a_link_is_asked_of_nobody(
    browser: Browser, services: FakeServices, link: str
) -> None:
    problem_of(browser.get(f"/surveys/{link}"), 404)
    problem_of(browser.post(f"/surveys/{link}/answer", json={"score": 5}), 404)
    assert services.asked == []


def test_a_forged_link_is_as_unknown_as_any(browser: Browser, services: FakeServices) -> None:
    services.answer("notify.get_survey", raising(NotFound("survey.unknown", "no such")))
    assert problem_of(browser.get(PAGE), 404)["code"] == "survey.unknown"


def test_an_answer_needs_no_login(browser: Browser, services: FakeServices) -> None:
    services.answer("notify.answer_survey", page(state="answered", score=4, tags=[]))
    given = {"score": 4, "nps": 9, "tags": ["slow"], "comment": "还行"}
    answer = browser.post(ANSWER, json=given)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "answered")
    assert services.calls("notify.answer_survey")[0].args == {"link": TOKEN, **given}


def test_a_key_of_somebody_else_gives_nobody_their_answer(
    browser: Browser, services: FakeServices
) -> None:
    services.answer("notify.answer_survey", page(state="answered", score=4))
    key = {"Idempotency-Key": "the-same-key"}
    for link in (TOKEN, TOKEN, CODE):
        browser.post(f"/surveys/{link}/answer", json={"score": 4}, headers=key)
    ids = [asked.command_id for asked in services.calls("notify.answer_survey")]
    assert len(set(ids)) == 2
    assert all("the-same-key" not in str(one) for one in ids)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Conflict("survey.answered", "already"), 409),
        (Gone("survey.expired", "too late"), 410),
        (Gone("survey.superseded", "there is a newer one"), 410),
    ],
)
def test_a_survey_is_answered_once_and_in_time(
    browser: Browser, services: FakeServices, error: Any, status: int
) -> None:
    services.answer("notify.answer_survey", raising(error))
    assert problem_of(browser.post(ANSWER, json={"score": 4}), status)["code"] == error.code


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("score", 0),
        ("score", 6),
        ("score", "5"),
        ("nps", 11),
        ("tags", ["x"] * 11),
        ("comment", "长" * 2_001),
        ("name", "谁"),
    ],
)
def test_wrong_answers_are_refused_by_their_field(
    browser: Browser, services: FakeServices, field: str, value: Any
) -> None:
    problem = problem_of(browser.post(ANSWER, json={"score": 5} | {field: value}), 422)
    assert any(name.startswith(field) for name in problem["errors"])
    assert services.asked == []


def test_results_are_listed_for_those_who_may_read_them(
    supervisor: Browser, services: FakeServices
) -> None:
    listed = {"items": [survey()], "next_cursor": None}
    services.answer("notify.list_surveys", listed)
    query = "score=1,2&is_satisfied=false&from=2026-11-01T00:00:00Z&limit=10"
    assert supervisor.get(f"/surveys?{query}").get_json() == listed
    assert SurveyList().validate(listed) == {}
    [asked] = services.calls("notify.list_surveys")
    assert asked.args == {
        "filters": {
            "score": ["1", "2"],
            "is_satisfied": False,
            "from": "2026-11-01T00:00:00+00:00",
        },
        "limit": 10,
    }
    assert asked.actor.scopes["tickets"] == "all"


def test_agents_do_not_read_results(agent: Browser, services: FakeServices) -> None:
    problem_of(agent.get("/surveys"), 403)
    problem_of(agent.get(SETTINGS), 403)
    assert services.asked == []


def test_settings_are_read_and_changed_by_their_version(
    supervisor: Browser, services: FakeServices
) -> None:
    services.answer("notify.get_survey_settings", settings())
    services.answer("notify.edit_survey_settings", settings(version=4, low_score=1))
    read = supervisor.get(SETTINGS)
    assert (read.headers["ETag"], read.get_json()) == ('"3"', settings())
    assert SurveySettings().validate(settings()) == {}
    changes = {"low_score": 1}
    assert problem_of(supervisor.patch(SETTINGS, json=changes), 428)["code"] == "version.required"
    written = supervisor.patch(SETTINGS, json=changes, headers=IF_MATCH)
    assert (written.status_code, written.headers["ETag"]) == (200, '"4"')
    [asked] = services.calls("notify.edit_survey_settings")
    assert asked.args == {"version": 3, "changes": changes}


def test_settings_can_be_sent_back_as_they_were_answered(
    supervisor: Browser, services: FakeServices
) -> None:
    services.answer("notify.edit_survey_settings", settings())
    body = {name: value for name, value in settings().items() if name != "version"}
    assert supervisor.patch(SETTINGS, json=body, headers=IF_MATCH).status_code == 200
    assert services.calls("notify.edit_survey_settings")[0].args["changes"] == body


def test_staff_write_down_what_a_customer_said(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.judge_ticket", shapes.ticket(is_dissatisfied=True, version=4))
    said = {"is_satisfied": False, "words": "还漏水", "score": 2, "channel": "phone"}
    answer = agent.post(f"/tickets/{shapes.NUMBER}/satisfaction", json=said)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"4"')
    assert Ticket().validate(answer.get_json()) == {}
    assert services.calls("ticketing.judge_ticket")[0].args == {"number": shapes.NUMBER, **said}


def test_a_judgement_has_the_customers_words(agent: Browser, services: FakeServices) -> None:
    path = f"/tickets/{shapes.NUMBER}/satisfaction"
    problem = problem_of(agent.post(path, json={"is_satisfied": True}), 422)
    assert "words" in problem["errors"]


def test_lists_are_narrowed_by_what_customers_said(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.list_tickets", {"items": [], "next_cursor": None})
    agent.get("/tickets?view=follow_up&is_dissatisfied=true&score=1,2")
    filters = services.calls("ticketing.list_tickets")[0].args["filters"]
    assert filters == {"view": "follow_up", "is_dissatisfied": True, "score": ["1", "2"]}


def test_a_note_names_colleagues(agent: Browser, services: FakeServices) -> None:
    mentioned = {"person_id": shapes.CUSTOMER_ID, "name": "王芳"}
    services.answer("ticketing.add_note", shapes.entry(kind="note", mentions=[mentioned]))
    note = {"text": "@王芳 请看", "mentions": [shapes.CUSTOMER_ID]}
    assert agent.post(f"/tickets/{shapes.NUMBER}/notes", json=note).status_code == 201
    assert services.calls("ticketing.add_note")[0].args["mentions"] == [shapes.CUSTOMER_ID]


@pytest.fixture
def employee(app: Flask, database: Database) -> Browser:
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO people (person_id, login, name, password_hash, role) "
            "SELECT gen_random_uuid(), 'EMP78', '李四', password_hash, 'employee' FROM people "
            "WHERE login = 'CS001' ON CONFLICT DO NOTHING"
        )
    browser = Browser(app)
    assert browser.log_in("EMP78").status_code == 200
    return browser


def finished_request(category: str = "solved") -> dict[str, Any]:
    return {"number": shapes.NUMBER, "status": {"category": category}}


@pytest.mark.parametrize(
    ("category", "found", "url"),
    [
        ("solved", {"path": f"/s/{TOKEN}"}, f"/s/{TOKEN}"),
        ("closed", None, None),
        ("open", {"path": f"/s/{TOKEN}"}, None),
        ("solved", raising(Unavailable("notify.down", "")), None),
    ],
)
def test_a_finished_request_shows_where_to_rate_it(
    employee: Browser, services: FakeServices, category: str, found: Any, url: str | None
) -> None:
    services.answer("intake.ensure_requester", {"customer_id": shapes.CUSTOMER_ID})
    services.answer("ticketing.get_request", finished_request(category))
    services.answer("notify.get_request_survey", found)
    assert employee.get(f"/requests/{shapes.NUMBER}").get_json()["survey_url"] == url
