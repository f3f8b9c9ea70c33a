"""A password of one's own: chosen at the first login, changed later, never an old one."""

from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import text

from gateway.app import create_app
from gateway.audit.recording import close_recording
from gateway.auth.passwords import new_initial_password
from gateway.login.settings import LoginSettings, PasswordRules
from gateway.parts import EXTENSION
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.fake_services import FakeServices
from tests.support.gateway import PASSWORD, Browser, Hands, problem_of
from tests.support.login import STRONG, make_person

pytestmark = pytest.mark.services("gateway")


def change(browser: Browser, current: str, new: str):
    return browser.put("/me/password", json={"current": current, "new": new})


def newcomer(database: Database, login: str, clock: Hands) -> str:
    """The initial password of somebody new."""
    password, password_hash = new_initial_password(clock.now)
    make_person(database, login, password_hash=password_hash, must_change_password=True)
    return password


def test_the_first_login_leads_to_a_password_of_ones_own_and_nowhere_else(
    browser: Browser, database: Database, clock: Hands
) -> None:
    initial = newcomer(database, "new-1", clock)
    assert browser.log_in("new-1", initial).get_json()["must_change_password"] is True
    for path in ("/tickets", "/me/sessions", "/people"):
        assert problem_of(browser.get(path), 403)["code"] == "password.change_required"
    assert browser.get("/session").status_code == 200
    changed = change(browser, initial, STRONG)
    assert changed.status_code == 200
    assert changed.get_json()["must_change_password"] is False
    assert browser.get("/me/sessions").status_code == 200
    assert browser.log_in("new-1", initial).status_code == 401
    assert browser.log_in("new-1", STRONG).status_code == 200


def test_an_initial_password_may_be_typed_in_small_letters(
    browser: Browser, database: Database, clock: Hands
) -> None:
    initial = newcomer(database, "new-2", clock)
    assert browser.log_in("new-2", f" {initial.lower()} ").status_code == 200


def test_an_initial_password_waits_for_two_weeks(
    browser: Browser, database: Database, clock: Hands
) -> None:
    initial = newcomer(database, "new-3", clock)
    clock.pass_by(days=14)
    assert browser.log_in("new-3", "wrong").status_code == 401
    assert problem_of(browser.log_in("new-3", initial), 403)["code"] == "password.expired"


def test_the_initial_password_is_no_password_of_ones_own(
    browser: Browser, database: Database, clock: Hands
) -> None:
    initial = newcomer(database, "new-4", clock)
    browser.log_in("new-4", initial)
    assert "used_before" in problem_of(change(browser, initial, initial), 422)["rules"]


def test_every_broken_rule_is_named(browser: Browser, database: Database) -> None:
    make_person(database, "rules-1")
    browser.log_in("rules-1")
    refused = problem_of(change(browser, PASSWORD, "rules-"), 422)
    assert refused["code"] == "password.weak"
    assert refused["rules"] == ["too_short", "too_few_kinds", "holds_name", "guessable"]
    assert len(refused["errors"]["new"]) == 4
    assert problem_of(change(browser, PASSWORD, PASSWORD), 422)["rules"][-1] == "used_before"
    assert browser.log_in("rules-1").status_code == 200, "nothing has changed"


def test_the_last_five_passwords_do_not_come_again(
    browser: Browser, database: Database, clock: Hands
) -> None:
    make_person(database, "history-1")
    browser.log_in("history-1")
    chosen = [PASSWORD, *(f"Zr{number}-quux-Vb{number}7" for number in range(6))]
    for current, new in pairwise(chosen):
        clock.pass_by(seconds=1)
        assert change(browser, current, new).status_code == 200
    for old in chosen[-5:]:
        assert "used_before" in problem_of(change(browser, chosen[-1], old), 422)["rules"]
    clock.pass_by(seconds=1)
    assert change(browser, chosen[-1], chosen[1]).status_code == 200, "six are long ago"


def test_a_wrong_present_password_is_refused_and_guessing_it_takes_long(
    browser: Browser, database: Database
) -> None:
    make_person(database, "guess-1")
    browser.log_in("guess-1")
    for _ in range(5):
        refused = problem_of(change(browser, "wrong", STRONG), 422)
        assert refused["code"] == "password.wrong"
        assert "current" in refused["errors"]
    assert problem_of(change(browser, PASSWORD, STRONG), 429)["retry_after"] == 1


def test_a_new_password_ends_all_other_sessions_and_renews_this_one(
    app: Flask, database: Database
) -> None:
    make_person(database, "rotate-1")
    here, there = Browser(app), Browser(app)
    here.log_in("rotate-1"), there.log_in("rotate-1")
    stolen = here.client.get_cookie("tidedesk_session")
    assert stolen is not None
    assert change(here, PASSWORD, STRONG).status_code == 200
    assert problem_of(there.get("/session"), 401)["code"] == "session.ended"
    assert here.get("/session").status_code == 200
    thief = Browser(app)
    thief.client.set_cookie("tidedesk_session", stolen.value)
    assert thief.get("/session").status_code == 401


def test_an_app_gets_new_tokens_with_its_new_password(browser: Browser, database: Database) -> None:
    make_person(database, "rotate-2")
    login = {"login": "rotate-2", "password": PASSWORD}
    old = browser.post("/tokens", json=login).get_json()
    bearer = {"Authorization": f"Bearer {old['token']}"}
    body = {"current": PASSWORD, "new": STRONG}
    new = browser.put("/me/password", json=body, headers=bearer).get_json()["tokens"]
    assert browser.get("/session", headers=bearer).status_code == 401
    bearer = {"Authorization": f"Bearer {new['token']}"}
    assert browser.get("/session", headers=bearer).status_code == 200
    renewed = browser.post("/tokens/refresh", json={"refresh_token": new["refresh_token"]})
    assert renewed.status_code == 200


def test_a_password_that_grew_old_must_be_changed(
    config: Config, database: Database, services: FakeServices, clock: Hands, tmp_path
) -> None:
    settings = LoginSettings(passwords=PasswordRules(max_age=timedelta(days=90)))
    app = create_app(config, database, services, clock=clock, console=tmp_path, login=settings)
    now = clock.now
    make_person(database, "old-1", password_changed_at=now - timedelta(days=90))
    make_person(database, "old-2", password_changed_at=now - timedelta(days=89))
    browser = Browser(app)
    assert browser.log_in("old-1").get_json()["must_change_password"] is True
    assert problem_of(browser.get("/people"), 403)["code"] == "password.change_required"
    assert browser.log_in("old-2").get_json()["must_change_password"] is False
    close_recording(app)
    app.extensions[EXTENSION].lookups.close()


def test_passwords_leave_no_trace(browser: Browser, database: Database) -> None:
    make_person(database, "trace-1")
    browser.log_in("trace-1")
    assert change(browser, PASSWORD, STRONG).status_code == 200
    with database.begin(read_only=True) as uow:
        tables = uow.session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        for table in tables:
            kept = uow.session.scalars(text(f"SELECT t::text FROM {table} t")).all()
            assert not any(STRONG in row or PASSWORD in row for row in kept), table


def test_a_program_with_a_key_has_no_password(browser: Browser, administrator: Browser) -> None:
    key = {"name": "脚本", "role": "administrator"}
    token = administrator.post("/api-keys", json=key).get_json()["token"]
    body = {"current": PASSWORD, "new": STRONG}
    headers = {"Authorization": f"Bearer {token}"}
    refused = browser.put("/me/password", json=body, headers=headers)
    assert problem_of(refused, 403)["code"] == "session.person_only"
