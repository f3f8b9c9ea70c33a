"""Tokens of apps: an hour long, refreshed once each, and what a stolen one is worth."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from libs.common.database.unit_of_work import Database
from tests.support.gateway import PASSWORD, Browser, Hands, problem_of
from tests.support.login import count_rows, make_person

pytestmark = pytest.mark.services("gateway")


class AnApp:
    """Keeps the tokens it was given."""

    def __init__(self, app: Flask, login: str) -> None:
        self.http = Browser(app)
        self.http.headers = {}
        made = self.http.post("/tokens", json={"login": login, "password": PASSWORD, "name": "表"})
        assert made.status_code == 201
        self.tokens: dict[str, Any] = made.get_json()

    def refresh(self, token: str | None = None):
        body = {"refresh_token": token or self.tokens["refresh_token"]}
        return self.http.post("/tokens/refresh", json=body)

    def is_in(self, token: str | None = None) -> bool:
        headers = {"Authorization": f"Bearer {token or self.tokens['token']}"}
        return self.http.get("/session", headers=headers).status_code == 200


@pytest.fixture
def an_app(app: Flask) -> AnApp:
    return AnApp(app, "CS002")


def test_a_token_is_good_for_an_hour(an_app: AnApp, clock: Hands) -> None:
    clock.pass_by(minutes=59)
    assert an_app.is_in()
    clock.pass_by(minutes=1)
    assert not an_app.is_in()


def test_refreshing_replaces_both_tokens(an_app: AnApp, clock: Hands) -> None:
    old = an_app.tokens
    clock.pass_by(hours=3)
    renewed = an_app.refresh()
    assert renewed.status_code == 200
    an_app.tokens = renewed.get_json()
    assert an_app.tokens["person"]["login"] == "CS002"
    assert an_app.tokens["refresh_expires_at"] == old["refresh_expires_at"]
    assert old["token"] != an_app.tokens["token"]
    assert old["refresh_token"] != an_app.tokens["refresh_token"]
    assert an_app.is_in()


def test_the_token_before_is_worth_nothing(an_app: AnApp) -> None:
    an_app.refresh()
    assert not an_app.is_in(an_app.tokens["token"])


def test_a_session_that_is_refreshed_ends_after_thirty_days(an_app: AnApp, clock: Hands) -> None:
    for _ in range(3):
        clock.pass_by(days=9)
        an_app.tokens = an_app.refresh().get_json()
    clock.pass_by(days=2, hours=23, minutes=30)
    an_app.tokens = an_app.refresh().get_json()
    assert an_app.tokens["expires_at"] == an_app.tokens["refresh_expires_at"], "not beyond it"
    clock.pass_by(minutes=30)
    assert problem_of(an_app.refresh(), 401)["code"] == "session.ended"


def test_a_refresh_token_rests_for_two_weeks_at_most(an_app: AnApp, clock: Hands) -> None:
    clock.pass_by(days=14)
    assert problem_of(an_app.refresh(), 401)["code"] == "session.ended"


def test_a_used_token_that_comes_again_ends_the_session_and_is_told(
    app: Flask, database: Database, clock: Hands
) -> None:
    person_id = make_person(database, "robbed-1")
    an_app = AnApp(app, "robbed-1")
    stolen = an_app.tokens["refresh_token"]
    clock.pass_by(minutes=30)
    an_app.tokens = an_app.refresh().get_json()
    clock.pass_by(minutes=30)
    assert problem_of(an_app.refresh(stolen), 401)["code"] == "session.ended"
    assert not an_app.is_in()
    assert an_app.refresh().status_code == 401
    alerts = "SELECT 1 FROM alerts WHERE kind = 'token_reused' AND person_id = :id"
    assert count_rows(database, alerts, id=person_id) == 1
    entries = "SELECT 1 FROM audit_tail WHERE action = 'session.ended' AND actor_id = :id"
    assert count_rows(database, entries, id=person_id) == 1


def test_a_thief_who_is_faster_is_noticed_when_the_owner_comes(an_app: AnApp, clock: Hands) -> None:
    stolen = an_app.refresh(an_app.tokens["refresh_token"]).get_json()
    clock.pass_by(minutes=1)
    assert an_app.refresh().status_code == 401
    assert not an_app.is_in(stolen["token"])


def test_a_lost_answer_may_be_asked_for_again_within_ten_seconds(
    an_app: AnApp, clock: Hands
) -> None:
    lost = an_app.refresh().get_json()
    clock.pass_by(seconds=10)
    found = an_app.refresh()
    assert found.status_code == 200
    assert an_app.is_in(found.get_json()["token"])
    assert not an_app.is_in(lost["token"]), "there is one pair only"


def test_what_came_with_the_lost_answer_is_a_used_token(an_app: AnApp, clock: Hands) -> None:
    lost = an_app.refresh().get_json()
    clock.pass_by(seconds=5)
    found = an_app.refresh().get_json()
    assert an_app.refresh(lost["refresh_token"]).status_code == 401
    assert not an_app.is_in(found["token"])


def test_no_answer_is_lost_that_was_used(an_app: AnApp, clock: Hands) -> None:
    received = an_app.refresh().get_json()
    clock.pass_by(seconds=1)
    assert an_app.is_in(received["token"])
    clock.pass_by(seconds=1)
    assert an_app.refresh().status_code == 401
    assert not an_app.is_in(received["token"])


def test_after_ten_seconds_nothing_is_repeated(an_app: AnApp, clock: Hands) -> None:
    an_app.refresh()
    clock.pass_by(seconds=11)
    assert an_app.refresh().status_code == 401


def test_many_at_once_end_with_one_pair_that_opens(an_app: AnApp) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: an_app.refresh(), range(6)))
    # Whose tokens were replaced before it had them is told so.
    given = [one.get_json()["token"] for one in answers if one.status_code == 200]
    assert {one.status_code for one in answers} <= {200, 401}
    assert sum(an_app.is_in(token) for token in given) == 1


def test_who_was_logged_out_does_not_refresh(an_app: AnApp) -> None:
    headers = {"Authorization": f"Bearer {an_app.tokens['token']}"}
    assert an_app.http.delete("/session", headers=headers).status_code == 204
    assert an_app.refresh().status_code == 401


@pytest.mark.parametrize("token", ["x", "tdr_unknown", "td_" + "A" * 43])
def test_what_is_no_refresh_token_opens_nothing(an_app: AnApp, token: str) -> None:
    assert problem_of(an_app.refresh(token), 401)["code"] == "session.ended"
    assert an_app.refresh(an_app.tokens["token"]).status_code == 401
    assert an_app.is_in()
