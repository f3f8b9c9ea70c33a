"""Logging in and out, by cookie and by token."""

import pytest
from sqlalchemy import text

from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser, Hands, problem_of

pytestmark = pytest.mark.services("gateway")


@pytest.fixture(autouse=True)
def _forget_failures(database: Database) -> None:
    with database.begin() as uow:
        uow.session.execute(text("DELETE FROM login_failures"))
        uow.commit()


def test_logging_in_answers_who_and_what_is_allowed(browser: Browser) -> None:
    session = browser.log_in("CS001").get_json()
    assert session["person"]["name"] == "客服一号"
    assert session["person"]["role"] == "agent"
    assert "ticket.take" in session["permissions"]
    assert browser.get("/session").get_json() == session


def test_a_login_has_no_case(browser: Browser) -> None:
    assert browser.log_in(" cs001 ").get_json()["person"]["login"] == "CS001"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    cookie = browser.log_in("CS001").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie


def test_the_token_is_not_in_the_database(browser: Browser, database: Database) -> None:
    cookie = browser.log_in("CS001").headers["Set-Cookie"]
    token = cookie.split(";")[0].partition("=")[2]
    with database.begin(read_only=True) as uow:
        rows = uow.session.execute(text("SELECT sessions::text FROM sessions")).scalars().all()
    assert rows
    assert not any(token in row for row in rows)


def test_unknown_login_and_wrong_password_get_the_same_answer(browser: Browser) -> None:
    unknown = problem_of(browser.log_in("nobody", "wrong"), 401)
    wrong = problem_of(browser.log_in("CS001", "wrong"), 401)
    unknown.pop("request_id"), wrong.pop("request_id")
    assert unknown == wrong
    assert unknown["code"] == "login.refused"


def test_who_has_left_cannot_log_in_nor_go_on(browser: Browser, database: Database) -> None:
    browser.log_in("CS002")
    _set_active(database, "CS002", is_active=False)
    assert problem_of(browser.get("/session"), 401)["code"] == "session.ended"
    assert problem_of(browser.log_in("CS002"), 401)["code"] == "login.refused"
    _set_active(database, "CS002", is_active=True)


def test_a_session_rests_for_two_hours_at_most(agent: Browser, clock: Hands) -> None:
    clock.pass_by(minutes=119)
    assert agent.get("/session").status_code == 200
    clock.pass_by(minutes=119)
    assert agent.get("/session").status_code == 200
    clock.pass_by(minutes=121)
    assert problem_of(agent.get("/session"), 401)["code"] == "session.ended"


def test_a_session_ends_after_twelve_hours_of_work(agent: Browser, clock: Hands) -> None:
    for _ in range(11):
        clock.pass_by(hours=1)
        assert agent.get("/session").status_code == 200
    clock.pass_by(hours=1)
    assert agent.get("/session").status_code == 401


def test_use_is_noted_once_a_minute(agent: Browser, clock: Hands, database: Database) -> None:
    began = clock.now
    clock.pass_by(seconds=50)
    agent.get("/session")
    assert _last_used(database) == began
    clock.pass_by(seconds=20)
    agent.get("/session")
    assert _last_used(database) == clock.now


def test_logging_out_ends_the_session_at_once(agent: Browser) -> None:
    cookie = agent.client.get_cookie("tidedesk_session")
    assert cookie is not None
    assert agent.delete("/session").status_code == 204
    assert agent.client.get_cookie("tidedesk_session") is None
    agent.client.set_cookie("tidedesk_session", cookie.value)
    assert problem_of(agent.get("/session"), 401)["code"] == "session.ended"


def test_an_app_works_with_its_token(browser: Browser) -> None:
    made = browser.post(
        "/tokens", json={"login": "CS900", "password": "a password for tests", "name": "报表"}
    )
    assert made.status_code == 201
    token = made.get_json()["token"]
    browser.headers = {"Authorization": f"Bearer {token}"}
    assert browser.get("/session").get_json()["person"]["login"] == "CS900"
    assert browser.delete("/session").status_code == 204
    assert problem_of(browser.get("/session"), 401)["code"] == "session.ended"


def test_a_token_is_no_cookie_and_a_cookie_no_token(browser: Browser) -> None:
    login = {"login": "CS001", "password": "a password for tests"}
    token = browser.post("/tokens", json=login).get_json()["token"]
    browser.client.set_cookie("tidedesk_session", token)
    assert browser.get("/session").status_code == 401
    cookie = browser.log_in("CS001").headers["Set-Cookie"].split(";")[0].partition("=")[2]
    bearer = {"Authorization": f"Bearer {cookie}"}
    assert browser.get("/session", headers=bearer).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "td_forged", "\xe9"])
def test_a_wrong_token_opens_nothing(browser: Browser, token: str) -> None:
    response = browser.get("/session", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401


def test_an_unsafe_request_with_a_cookie_needs_the_consoles_header(agent: Browser) -> None:
    del agent.headers["X-Tidedesk-Client"]
    assert agent.get("/session").status_code == 200
    assert problem_of(agent.delete("/session"), 403)["code"] == "csrf.refused"
    foreign = {"X-Tidedesk-Client": "console", "Origin": "https://evil.example"}
    assert agent.delete("/session", headers=foreign).status_code == 403


def test_another_site_cannot_log_somebody_in(browser: Browser) -> None:
    browser.headers = {"Sec-Fetch-Site": "cross-site"}
    assert problem_of(browser.log_in("CS001"), 403)["code"] == "csrf.refused"


def _set_active(database: Database, login: str, *, is_active: bool) -> None:
    with database.begin() as uow:
        uow.session.execute(
            text("UPDATE people SET is_active = :active WHERE login = :login"),
            {"active": is_active, "login": login},
        )
        uow.commit()


def _last_used(database: Database) -> object:
    with database.begin(read_only=True) as uow:
        newest = "SELECT last_used_at FROM sessions ORDER BY session_id DESC LIMIT 1"
        return uow.session.execute(text(newest)).scalar_one()
