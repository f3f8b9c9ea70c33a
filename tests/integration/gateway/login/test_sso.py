"""Single sign-on with a real provider."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import text, update
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.audit.recording import close_recording
from gateway.login.settings import LoginSettings, Sso
from gateway.login.sso.provider import Provider
from gateway.parts import EXTENSION
from gateway.sealing import Sealing
from gateway.storage.people import Person
from libs.common.config import Config
from libs.common.crypto import field_context
from libs.common.database.unit_of_work import Database
from libs.common.http import open_http
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, Hands, problem_of
from tests.support.login import app_code, count_rows, enrol, make_person
from tests.support.openid import (
    CLIENT_ID,
    CLIENT_SECRET,
    begin_sso,
    local_provider,
    log_in_over_there,
    path_of,
    problem_in,
)

pytestmark = pytest.mark.services("gateway")


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with local_provider() as issuer, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTP_ALLOW_PRIVATE", "127.0.0.0/8")
        yield issuer


@pytest.fixture
def settings(issuer: str) -> LoginSettings:
    sso = Sso(issuer, CLIENT_ID, CLIENT_SECRET, label="公司登录")
    return LoginSettings(sso=sso, public_url="http://localhost")


@pytest.fixture(autouse=True)
def _nobody_is_linked(database: Database) -> None:
    with database.begin() as uow:
        uow.session.execute(text("DELETE FROM sso_identities"))
        uow.commit()


def come_back(browser: Browser, subject: str, wanted: str = "/tickets") -> TestResponse:
    return browser.get(path_of(log_in_over_there(begin_sso(browser, wanted), subject)))


def test_somebody_known_comes_back_logged_in(browser: Browser) -> None:
    entered = come_back(browser, "sub-cs001", "/tickets?view=mine")
    assert entered.status_code == 302
    assert entered.headers["Location"] == "/tickets?view=mine"
    assert browser.get("/session").get_json()["person"]["login"] == "CS001"
    (session,) = [
        one for one in browser.get("/me/sessions").get_json()["items"] if one["is_current"]
    ]
    assert session["method"] == "sso"


def test_a_public_client_needs_no_secret(
    config: Config,
    database: Database,
    services: FakeServices,
    clock: Hands,
    tmp_path: Path,
) -> None:
    with local_provider(secret=None) as issuer:
        settings = LoginSettings(sso=Sso(issuer, CLIENT_ID), public_url="http://localhost")
        app = create_app(config, database, services, clock=clock, console=tmp_path, login=settings)
        assert come_back(Browser(app), "sub-cs001").headers["Location"] == "/tickets"
        close_recording(app)
        app.extensions[EXTENSION].lookups.close()


def test_a_name_that_is_given_to_somebody_else_leads_nowhere(browser: Browser) -> None:
    come_back(browser, "sub-cs001")
    assert problem_in(come_back(browser, "sub-other")) == "sso.linked_elsewhere"


def test_until_an_administrator_has_undone_it(
    browser: Browser, administrator: Browser, database: Database
) -> None:
    come_back(browser, "sub-cs001")
    with database.begin(read_only=True) as uow:
        who = uow.session.scalar(text("SELECT person_id FROM people WHERE login = 'CS001'"))
    path = f"/accounts/{who}/sso-identity"
    assert administrator.delete(path).status_code == 204
    assert problem_of(administrator.delete(path), 404)["code"] == "sso.not_linked"
    assert come_back(browser, "sub-other").headers["Location"] == "/tickets"


def test_a_verified_mail_address_finds_its_owner(
    browser: Browser, database: Database, config: Config
) -> None:
    for login in ("sso-mail", "sso-unverified"):
        give_email(database, config, login, f"{login}@example.com")
    assert come_back(browser, "sub-mail").headers["Location"] == "/tickets"
    assert browser.get("/session").get_json()["person"]["login"] == "sso-mail"
    assert problem_in(come_back(browser, "sub-mail-2")) == "sso.person_unknown"


def test_strangers_stay_out(browser: Browser, database: Database) -> None:
    assert problem_in(come_back(browser, "sub-stranger")) == "sso.person_unknown"
    assert count_rows(database, "SELECT 1 FROM people WHERE login = 'stranger'") == 0


def test_unless_accounts_are_wanted_for_them(
    config: Config,
    database: Database,
    services: FakeServices,
    clock: Hands,
    tmp_path: Path,
    settings: LoginSettings,
) -> None:
    assert settings.sso is not None
    creating = replace(settings, sso=replace(settings.sso, create_role="employee"))
    app = create_app(config, database, services, clock=clock, console=tmp_path, login=creating)
    browser = Browser(app)
    come_back(browser, "sub-stranger")
    person = browser.get("/session").get_json()["person"]
    assert (person["login"], person["name"]) == ("stranger", "新来的")
    assert (person["role"], person["language"]) == ("employee", "en")
    told = "SELECT 1 FROM outbox WHERE type = 'directory.person_changed' AND body::text LIKE :id"
    assert count_rows(database, told, id=f"%{person['person_id']}%") == 1
    assert browser.log_in("stranger", "!sso").status_code == 401, "no password fits"
    close_recording(app)
    app.extensions[EXTENSION].lookups.close()


def test_who_has_left_stays_out(browser: Browser, database: Database) -> None:
    make_person(database, "sso-left", is_active=False)
    assert problem_in(come_back(browser, "sub-left")) == "sso.person_unknown"


def test_the_second_factor_is_asked_for_on_the_login_page(
    browser: Browser, database: Database, clock: Hands
) -> None:
    make_person(database, "sso-factor")
    browser.log_in("sso-factor")
    secret, _ = enrol(browser, clock)
    browser.delete("/session")
    clock.pass_by(seconds=60)
    asked = urlsplit(come_back(browser, "sub-factor", "/me").headers["Location"])
    assert (asked.path, parse_qs(asked.query)["next"]) == ("/login", ["/me"])
    assert browser.get("/session").status_code == 401
    challenge = asked.fragment.removeprefix("second-factor=")
    body = {"challenge": challenge, "code": app_code(secret, clock)}
    assert browser.post("/session/second-factor", json=body).status_code == 200


def test_no_password_is_demanded_of_whoever_uses_none(browser: Browser, database: Database) -> None:
    must = update(Person).where(Person.login == "CS001")
    with database.begin() as uow:
        uow.session.execute(must.values(must_change_password=True))
        uow.commit()
    come_back(browser, "sub-cs001")
    assert browser.get("/session").get_json()["must_change_password"] is False
    with database.begin() as uow:
        uow.session.execute(must.values(must_change_password=False))
        uow.commit()


def test_a_code_that_was_used_is_worth_nothing(app: Flask, browser: Browser) -> None:
    back = log_in_over_there(begin_sso(browser), "sub-cs001")
    assert browser.get(path_of(back)).headers["Location"] == "/tickets?view=mine"
    assert problem_in(browser.get(path_of(back))) == "sso.state_unknown"
    # Nor with a state of one's own: the provider knows that it was exchanged.
    state = parse_qs(urlsplit(begin_sso(browser)).query)["state"][0]
    code = parse_qs(urlsplit(back).query)["code"][0]
    replayed = browser.get("/sso/callback", query_string={"state": state, "code": code})
    assert problem_in(replayed) == "sso.refused"


def test_a_code_of_another_browser_is_worth_nothing(app: Flask) -> None:
    thief, victim = Browser(app), Browser(app)
    back = log_in_over_there(begin_sso(thief), "sub-cs001")
    begin_sso(victim)
    assert problem_in(victim.get(path_of(back))) == "sso.state_unknown"
    assert victim.get("/session").status_code == 401
    # The verifier follows from the browser: state and code alone do not open anything.
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(begin_sso(victim)).query)["state"][0]
    injected = victim.get("/sso/callback", query_string={"state": state, "code": code})
    assert problem_in(injected) == "sso.refused"


def test_two_tabs_do_not_disturb_each_other(browser: Browser) -> None:
    ways = {wanted: begin_sso(browser, wanted) for wanted in ("/first", "/second")}
    for wanted, location in ways.items():
        back = log_in_over_there(location, "sub-cs001")
        assert browser.get(path_of(back)).headers["Location"] == wanted


def test_a_state_is_over_after_ten_minutes(browser: Browser, clock: Hands) -> None:
    back = log_in_over_there(begin_sso(browser), "sub-cs001")
    clock.pass_by(minutes=10)
    assert problem_in(browser.get(path_of(back))) == "sso.state_unknown"


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil"])
def test_nobody_is_led_elsewhere(browser: Browser, wanted: str) -> None:
    assert come_back(browser, "sub-cs001", wanted).headers["Location"] == "/"


def test_without_a_provider_there_is_no_such_way(agent: Browser, app: Flask) -> None:
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], login=LoginSettings())
    assert agent.get("/login-options").get_json()["sso"] is None
    assert problem_of(agent.get("/sso/start"), 404)["code"] == "sso.not_configured"


def test_a_provider_that_is_silent_is_told_on_the_login_page(app: Flask, browser: Browser) -> None:
    assert browser.get("/login-options").get_json()["sso"] == {"label": "公司登录"}
    app.extensions["tidedesk-sso"] = Provider(Sso("https://nowhere.invalid", "x"), open_http())
    assert problem_in(browser.get("/sso/start")) == "sso.unavailable"


def give_email(database: Database, config: Config, login: str, address: str) -> None:
    sealing, person_id = Sealing(config), make_person(database, login)
    context = field_context("people", "email", person_id)
    with database.begin() as uow:
        own = update(Person).where(Person.person_id == person_id)
        uow.session.execute(
            own.values(
                email_sealed=sealing.ring.encrypt_text(address, context),
                email_index=sealing.index.of_email(address),
            )
        )
        uow.commit()
