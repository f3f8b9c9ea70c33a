"""Single sign-on: with a real provider, and against those who would misuse it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey
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
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, Hands, problem_of
from tests.support.login import app_code, count_rows, enrol, make_person
from tests.support.openid import (
    CLIENT_ID,
    CLIENT_SECRET,
    LyingProvider,
    local_provider,
    log_in_over_there,
    unsigned,
)

pytestmark = pytest.mark.services("gateway")


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with local_provider() as issuer, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTP_ALLOW_PRIVATE", "127.0.0.0/8")
        yield issuer


@pytest.fixture
def settings() -> LoginSettings:
    sso = Sso("https://nowhere.invalid", CLIENT_ID, CLIENT_SECRET, label="公司登录")
    return LoginSettings(sso=sso, public_url="http://localhost")


@pytest.fixture(autouse=True)
def _nobody_is_linked(database: Database) -> None:
    with database.begin() as uow:
        uow.session.execute(text("DELETE FROM sso_identities"))
        uow.commit()


def path_of(address: str) -> str:
    """Without the host: what our test client asks for."""
    parts = urlsplit(address)
    return f"{parts.path.removeprefix('/api/v1')}?{parts.query}"


def begin(browser: Browser, wanted: str = "/tickets?view=mine") -> str:
    started = browser.get("/sso/start", query_string={"next": wanted})
    assert started.status_code == 302
    return started.headers["Location"]


def problem_in(response: TestResponse) -> str:
    """What the login page is told."""
    assert response.status_code == 302, response.get_data(as_text=True)
    parts = urlsplit(response.headers["Location"])
    assert (parts.netloc, parts.path) == ("", "/login")
    return parse_qs(parts.query)["problem"][0]


class TestWithARealProvider:
    @pytest.fixture
    def settings(self, issuer: str, settings: LoginSettings) -> LoginSettings:
        assert settings.sso is not None
        return replace(settings, sso=replace(settings.sso, issuer=issuer))

    def come_back(self, browser: Browser, subject: str, wanted: str = "/tickets") -> TestResponse:
        return browser.get(path_of(log_in_over_there(begin(browser, wanted), subject)))

    def test_somebody_known_comes_back_logged_in(self, browser: Browser) -> None:
        entered = self.come_back(browser, "sub-cs001", "/tickets?view=mine")
        assert entered.status_code == 302
        assert entered.headers["Location"] == "/tickets?view=mine"
        assert browser.get("/session").get_json()["person"]["login"] == "CS001"
        (session,) = [
            one for one in browser.get("/me/sessions").get_json()["items"] if one["is_current"]
        ]
        assert session["method"] == "sso"

    def test_a_public_client_needs_no_secret(
        self,
        config: Config,
        database: Database,
        services: FakeServices,
        clock: Hands,
        tmp_path: Path,
    ) -> None:
        with local_provider(secret=None) as issuer:
            settings = LoginSettings(sso=Sso(issuer, CLIENT_ID), public_url="http://localhost")
            app = create_app(
                config, database, services, clock=clock, console=tmp_path, login=settings
            )
            assert self.come_back(Browser(app), "sub-cs001").headers["Location"] == "/tickets"
            close_recording(app)
            app.extensions[EXTENSION].lookups.close()

    def test_a_name_that_is_given_to_somebody_else_leads_nowhere(self, browser: Browser) -> None:
        self.come_back(browser, "sub-cs001")
        assert problem_in(self.come_back(browser, "sub-other")) == "sso.linked_elsewhere"

    def test_until_an_administrator_has_undone_it(
        self, browser: Browser, administrator: Browser, database: Database
    ) -> None:
        self.come_back(browser, "sub-cs001")
        with database.begin(read_only=True) as uow:
            who = uow.session.scalar(text("SELECT person_id FROM people WHERE login = 'CS001'"))
        path = f"/accounts/{who}/sso-identity"
        assert administrator.delete(path).status_code == 204
        assert problem_of(administrator.delete(path), 404)["code"] == "sso.not_linked"
        assert self.come_back(browser, "sub-other").headers["Location"] == "/tickets"

    def test_a_verified_mail_address_finds_its_owner(
        self, browser: Browser, database: Database, config: Config
    ) -> None:
        for login in ("sso-mail", "sso-unverified"):
            give_email(database, config, login, f"{login}@example.com")
        assert self.come_back(browser, "sub-mail").headers["Location"] == "/tickets"
        assert browser.get("/session").get_json()["person"]["login"] == "sso-mail"
        assert problem_in(self.come_back(browser, "sub-mail-2")) == "sso.person_unknown"

    def test_strangers_stay_out(self, browser: Browser, database: Database) -> None:
        assert problem_in(self.come_back(browser, "sub-stranger")) == "sso.person_unknown"
        assert count_rows(database, "SELECT 1 FROM people WHERE login = 'stranger'") == 0

    def test_unless_accounts_are_wanted_for_them(
        self,
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
        self.come_back(browser, "sub-stranger")
        person = browser.get("/session").get_json()["person"]
        assert (person["login"], person["name"]) == ("stranger", "新来的")
        assert (person["role"], person["language"]) == ("employee", "en")
        told = (
            "SELECT 1 FROM outbox WHERE type = 'directory.person_changed' AND body::text LIKE :id"
        )
        assert count_rows(database, told, id=f"%{person['person_id']}%") == 1
        assert browser.log_in("stranger", "!sso").status_code == 401, "no password fits"
        close_recording(app)
        app.extensions[EXTENSION].lookups.close()

    def test_who_has_left_stays_out(self, browser: Browser, database: Database) -> None:
        make_person(database, "sso-left", is_active=False)
        assert problem_in(self.come_back(browser, "sub-left")) == "sso.person_unknown"

    def test_the_second_factor_is_asked_for_on_the_login_page(
        self, browser: Browser, database: Database, clock: Hands
    ) -> None:
        make_person(database, "sso-factor")
        browser.log_in("sso-factor")
        secret, _ = enrol(browser, clock)
        browser.delete("/session")
        clock.pass_by(seconds=60)
        asked = urlsplit(self.come_back(browser, "sub-factor", "/me").headers["Location"])
        assert (asked.path, parse_qs(asked.query)["next"]) == ("/login", ["/me"])
        assert browser.get("/session").status_code == 401
        challenge = asked.fragment.removeprefix("second-factor=")
        body = {"challenge": challenge, "code": app_code(secret, clock)}
        assert browser.post("/session/second-factor", json=body).status_code == 200

    def test_no_password_is_demanded_of_whoever_uses_none(
        self, browser: Browser, database: Database
    ) -> None:
        must = update(Person).where(Person.login == "CS001")
        with database.begin() as uow:
            uow.session.execute(must.values(must_change_password=True))
            uow.commit()
        self.come_back(browser, "sub-cs001")
        assert browser.get("/session").get_json()["must_change_password"] is False
        with database.begin() as uow:
            uow.session.execute(must.values(must_change_password=False))
            uow.commit()

    def test_a_code_that_was_used_is_worth_nothing(self, app: Flask, browser: Browser) -> None:
        back = log_in_over_there(begin(browser), "sub-cs001")
        assert browser.get(path_of(back)).headers["Location"] == "/tickets?view=mine"
        assert problem_in(browser.get(path_of(back))) == "sso.state_unknown"
        # Nor with a state of one's own: the provider knows that it was exchanged.
        state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
        code = parse_qs(urlsplit(back).query)["code"][0]
        replayed = browser.get("/sso/callback", query_string={"state": state, "code": code})
        assert problem_in(replayed) == "sso.refused"

    def test_a_code_of_another_browser_is_worth_nothing(self, app: Flask) -> None:
        thief, victim = Browser(app), Browser(app)
        back = log_in_over_there(begin(thief), "sub-cs001")
        begin(victim)
        assert problem_in(victim.get(path_of(back))) == "sso.state_unknown"
        assert victim.get("/session").status_code == 401
        # The verifier follows from the browser: state and code alone do not open anything.
        code = parse_qs(urlsplit(back).query)["code"][0]
        state = parse_qs(urlsplit(begin(victim)).query)["state"][0]
        injected = victim.get("/sso/callback", query_string={"state": state, "code": code})
        assert problem_in(injected) == "sso.refused"

    def test_two_tabs_do_not_disturb_each_other(self, browser: Browser) -> None:
        ways = {wanted: begin(browser, wanted) for wanted in ("/first", "/second")}
        for wanted, location in ways.items():
            back = log_in_over_there(location, "sub-cs001")
            assert browser.get(path_of(back)).headers["Location"] == wanted

    def test_a_state_is_over_after_ten_minutes(self, browser: Browser, clock: Hands) -> None:
        back = log_in_over_there(begin(browser), "sub-cs001")
        clock.pass_by(minutes=10)
        assert problem_in(browser.get(path_of(back))) == "sso.state_unknown"

    @pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil"])
    def test_nobody_is_led_elsewhere(self, browser: Browser, wanted: str) -> None:
        assert self.come_back(browser, "sub-cs001", wanted).headers["Location"] == "/"


class TestAgainstALiar:
    """The provider's answers are not taken on trust."""

    @pytest.fixture
    def liar(self) -> LyingProvider:
        return LyingProvider()

    @pytest.fixture
    def settings(self, settings: LoginSettings) -> LoginSettings:
        assert settings.sso is not None
        return replace(settings, sso=replace(settings.sso, issuer=LyingProvider.issuer))

    @pytest.fixture
    def app(self, app: Flask, settings: LoginSettings, liar: LyingProvider) -> Flask:
        assert settings.sso is not None
        app.extensions["tidedesk-sso"] = Provider(settings.sso, liar)
        return app

    def answer(self, browser: Browser, liar: LyingProvider, **claims: Any) -> TestResponse:
        """Come back with a token that says what the liar wants."""
        asked = parse_qs(urlsplit(begin(browser)).query)
        liar.about(asked["nonce"][0], **claims)
        brought = {"state": asked["state"][0], "code": "any"}
        return browser.get("/sso/callback", query_string=brought)

    def test_a_true_answer_is_believed(self, browser: Browser, liar: LyingProvider) -> None:
        assert self.answer(browser, liar).headers["Location"] == "/tickets?view=mine"
        form = liar.forms[-1]
        assert form["grant_type"] == ["authorization_code"]
        assert 43 <= len(form["code_verifier"][0]) <= 128

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"},
            {"nonce": None},
            {"iss": "https://other.example"},
            {"iss": None},
            {"aud": "another-client"},
            {"aud": [CLIENT_ID, "another"], "azp": "another"},
            {"aud": None},
            {"exp": 1_600_000_000},
            {"exp": None},
            {"exp": "soon"},
            {"iat": 4_000_000_000},
            {"nbf": 4_000_000_000},
            {"sub": None},
            {"sub": ""},
            {"sub": 7},
            {"at_hash": "wrong"},
        ],
        ids=str,
    )
    def test_a_wrong_claim_is_refused(
        self, browser: Browser, liar: LyingProvider, claims: dict[str, Any]
    ) -> None:
        assert problem_in(self.answer(browser, liar, **claims)) == "sso.refused"
        assert browser.get("/session").status_code == 401

    def test_an_unsigned_token_is_refused(self, browser: Browser, liar: LyingProvider) -> None:
        asked = parse_qs(urlsplit(begin(browser)).query)
        liar.about(asked["nonce"][0])
        liar.id_token = unsigned(liar.claims)
        brought = {"state": asked["state"][0], "code": "any"}
        refused = browser.get("/sso/callback", query_string=brought)
        assert problem_in(refused) == "sso.refused"

    def test_a_shared_secret_signs_nothing(self, browser: Browser, liar: LyingProvider) -> None:
        asked = parse_qs(urlsplit(begin(browser)).query)
        liar.about(asked["nonce"][0])
        key = OctKey.import_key(CLIENT_SECRET)
        liar.id_token = jwt.encode({"alg": "HS256", "kid": "first"}, liar.claims, key)
        brought = {"state": asked["state"][0], "code": "any"}
        refused = browser.get("/sso/callback", query_string=brought)
        assert problem_in(refused) == "sso.refused"

    def test_a_key_that_is_not_published_signs_nothing(
        self, browser: Browser, liar: LyingProvider
    ) -> None:
        liar.key = type(liar.key).generate_key("P-256", {"kid": "first"})
        assert problem_in(self.answer(browser, liar)) == "sso.refused"

    def test_a_new_key_is_looked_for_once_in_a_while(
        self, app: Flask, settings: LoginSettings, liar: LyingProvider
    ) -> None:
        times = iter(range(0, 10_000, 11))
        assert settings.sso is not None
        provider = Provider(settings.sso, liar, clock=lambda: float(next(times)))
        app.extensions["tidedesk-sso"] = provider
        assert self.answer(Browser(app), liar).headers["Location"] == "/tickets?view=mine"
        liar.key = type(liar.key).generate_key("P-256", {"kid": "second"})
        liar.published.append(liar.key)
        assert self.answer(Browser(app), liar).headers["Location"] == "/tickets?view=mine"
        assert liar.asked.count("/keys") == 2

    def test_nonsense_does_not_make_us_ask_again_and_again(
        self, app: Flask, liar: LyingProvider
    ) -> None:
        liar.key = type(liar.key).generate_key("P-256", {"kid": "unknown"})
        for _ in range(3):
            assert problem_in(self.answer(Browser(app), liar)) == "sso.refused"
        assert liar.asked.count("/keys") == 1
        assert liar.asked.count("/.well-known/openid-configuration") == 1

    def test_an_answer_of_another_provider_is_refused(
        self, browser: Browser, liar: LyingProvider
    ) -> None:
        asked = parse_qs(urlsplit(begin(browser)).query)
        brought = {"state": asked["state"][0], "code": "any", "iss": "https://other.example"}
        refused = browser.get("/sso/callback", query_string=brought)
        assert problem_in(refused) == "sso.refused"
        assert "/token" not in liar.asked

    def test_a_refusal_over_there_is_told(self, browser: Browser, liar: LyingProvider) -> None:
        asked = parse_qs(urlsplit(begin(browser)).query)
        brought = {"state": asked["state"][0], "error": "access_denied", "session_state": "x"}
        refused = browser.get("/sso/callback", query_string=brought)
        assert problem_in(refused) == "sso.denied"

    @pytest.mark.parametrize(
        "brought", [{}, {"state": "", "code": "x"}, {"state": "tds_forged", "code": "x"}], ids=str
    )
    def test_nobody_comes_back_who_never_left(
        self, browser: Browser, brought: dict[str, str]
    ) -> None:
        refused = browser.get("/sso/callback", query_string=brought)
        assert problem_in(refused) == "sso.state_unknown"

    def test_userinfo_about_somebody_else_is_not_used(
        self, browser: Browser, liar: LyingProvider
    ) -> None:
        liar.userinfo = {"sub": "another", "preferred_username": "CS001"}
        refused = self.answer(browser, liar, preferred_username=None)
        assert problem_in(refused) == "sso.person_unknown"
        liar.userinfo["sub"] = "sub-cs001"
        entered = self.answer(browser, liar, preferred_username=None)
        assert entered.headers["Location"] == "/tickets?view=mine"

    def test_who_has_shown_two_factors_there_is_not_asked_again(
        self, browser: Browser, liar: LyingProvider, database: Database, clock: Hands
    ) -> None:
        make_person(database, "sso-mfa")
        browser.log_in("sso-mfa")
        enrol(browser, clock)
        browser.delete("/session")
        named = {"sub": "sub-mfa", "preferred_username": "sso-mfa"}
        asked = self.answer(browser, liar, **named, amr=["pwd"])
        assert urlsplit(asked.headers["Location"]).path == "/login"
        entered = self.answer(browser, liar, **named, amr=["pwd", "mfa"])
        assert entered.headers["Location"] == "/tickets?view=mine"

    @pytest.mark.parametrize(
        "metadata",
        [
            {"issuer": "https://other.example"},
            {"token_endpoint": None},
            {"authorization_endpoint": "javascript:alert(1)"},
        ],
        ids=str,
    )
    def test_metadata_that_does_not_fit_sends_nobody_anywhere(
        self, browser: Browser, liar: LyingProvider, metadata: dict[str, Any]
    ) -> None:
        liar.metadata = metadata
        assert problem_in(browser.get("/sso/start")) == "sso.unavailable"

    def test_neither_state_nor_nonce_nor_verifier_are_kept(
        self, browser: Browser, database: Database, liar: LyingProvider
    ) -> None:
        asked = parse_qs(urlsplit(begin(browser)).query)
        for name in ("state", "nonce", "code_challenge"):
            query = "SELECT 1 FROM sso_logins t WHERE t::text LIKE :shown"
            assert count_rows(database, query, shown=f"%{asked[name][0]}%") == 0


def test_without_a_provider_there_is_no_such_way(agent: Browser, app: Flask) -> None:
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], login=LoginSettings())
    assert agent.get("/login-options").get_json()["sso"] is None
    assert problem_of(agent.get("/sso/start"), 404)["code"] == "sso.not_configured"


def test_a_provider_that_is_silent_is_told_on_the_login_page(browser: Browser) -> None:
    assert browser.get("/login-options").get_json()["sso"] == {"label": "公司登录"}
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
