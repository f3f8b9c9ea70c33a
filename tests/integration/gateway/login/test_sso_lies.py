"""Single sign-on against a provider that lies: its answers are not taken on trust."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import text
from werkzeug.test import TestResponse

from gateway.login.settings import LoginSettings, Sso
from gateway.login.sso.provider import Provider
from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser, Hands
from tests.support.login import count_rows, enrol, make_person
from tests.support.openid import (
    CLIENT_ID,
    CLIENT_SECRET,
    LyingProvider,
    begin_sso,
    problem_in,
    unsigned,
)

pytestmark = pytest.mark.services("gateway")


@pytest.fixture
def liar() -> LyingProvider:
    return LyingProvider()


@pytest.fixture
def settings() -> LoginSettings:
    sso = Sso(LyingProvider.issuer, CLIENT_ID, CLIENT_SECRET)
    return LoginSettings(sso=sso, public_url="http://localhost")


@pytest.fixture
def app(app: Flask, settings: LoginSettings, liar: LyingProvider) -> Flask:
    assert settings.sso is not None
    app.extensions["tidedesk-sso"] = Provider(settings.sso, liar)
    return app


@pytest.fixture(autouse=True)
def _nobody_is_linked(database: Database) -> None:
    with database.begin() as uow:
        uow.session.execute(text("DELETE FROM sso_identities"))
        uow.commit()


def answer(browser: Browser, liar: LyingProvider, **claims: Any) -> TestResponse:
    """Come back with a token that says what the liar wants."""
    asked = parse_qs(urlsplit(begin_sso(browser)).query)
    liar.about(asked["nonce"][0], **claims)
    brought = {"state": asked["state"][0], "code": "any"}
    return browser.get("/sso/callback", query_string=brought)


def test_a_true_answer_is_believed(browser: Browser, liar: LyingProvider) -> None:
    assert answer(browser, liar).headers["Location"] == "/tickets?view=mine"
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
    browser: Browser, liar: LyingProvider, claims: dict[str, Any]
) -> None:
    assert problem_in(answer(browser, liar, **claims)) == "sso.refused"
    assert browser.get("/session").status_code == 401


def test_an_unsigned_token_is_refused(browser: Browser, liar: LyingProvider) -> None:
    asked = parse_qs(urlsplit(begin_sso(browser)).query)
    liar.about(asked["nonce"][0])
    liar.id_token = unsigned(liar.claims)
    brought = {"state": asked["state"][0], "code": "any"}
    refused = browser.get("/sso/callback", query_string=brought)
    assert problem_in(refused) == "sso.refused"


def test_a_shared_secret_signs_nothing(browser: Browser, liar: LyingProvider) -> None:
    asked = parse_qs(urlsplit(begin_sso(browser)).query)
    liar.about(asked["nonce"][0])
    key = OctKey.import_key(CLIENT_SECRET)
    liar.id_token = jwt.encode({"alg": "HS256", "kid": "first"}, liar.claims, key)
    brought = {"state": asked["state"][0], "code": "any"}
    refused = browser.get("/sso/callback", query_string=brought)
    assert problem_in(refused) == "sso.refused"


def test_a_key_that_is_not_published_signs_nothing(browser: Browser, liar: LyingProvider) -> None:
    liar.key = type(liar.key).generate_key("P-256", {"kid": "first"})
    assert problem_in(answer(browser, liar)) == "sso.refused"


def test_a_new_key_is_looked_for_once_in_a_while(
    app: Flask, settings: LoginSettings, liar: LyingProvider
) -> None:
    times = iter(range(0, 10_000, 11))
    assert settings.sso is not None
    provider = Provider(settings.sso, liar, clock=lambda: float(next(times)))
    app.extensions["tidedesk-sso"] = provider
    assert answer(Browser(app), liar).headers["Location"] == "/tickets?view=mine"
    liar.key = type(liar.key).generate_key("P-256", {"kid": "second"})
    liar.published.append(liar.key)
    assert answer(Browser(app), liar).headers["Location"] == "/tickets?view=mine"
    assert liar.asked.count("/keys") == 2


def test_nonsense_does_not_make_us_ask_again_and_again(app: Flask, liar: LyingProvider) -> None:
    liar.key = type(liar.key).generate_key("P-256", {"kid": "unknown"})
    for _ in range(3):
        assert problem_in(answer(Browser(app), liar)) == "sso.refused"
    assert liar.asked.count("/keys") == 1
    assert liar.asked.count("/.well-known/openid-configuration") == 1


def test_an_answer_of_another_provider_is_refused(browser: Browser, liar: LyingProvider) -> None:
    asked = parse_qs(urlsplit(begin_sso(browser)).query)
    brought = {"state": asked["state"][0], "code": "any", "iss": "https://other.example"}
    refused = browser.get("/sso/callback", query_string=brought)
    assert problem_in(refused) == "sso.refused"
    assert "/token" not in liar.asked


def test_a_refusal_over_there_is_told(browser: Browser, liar: LyingProvider) -> None:
    asked = parse_qs(urlsplit(begin_sso(browser)).query)
    brought = {"state": asked["state"][0], "error": "access_denied", "session_state": "x"}
    refused = browser.get("/sso/callback", query_string=brought)
    assert problem_in(refused) == "sso.denied"


@pytest.mark.parametrize(
    "brought", [{}, {"state": "", "code": "x"}, {"state": "tds_forged", "code": "x"}], ids=str
)
def test_nobody_comes_back_who_never_left(browser: Browser, brought: dict[str, str]) -> None:
    refused = browser.get("/sso/callback", query_string=brought)
    assert problem_in(refused) == "sso.state_unknown"


def test_userinfo_about_somebody_else_is_not_used(browser: Browser, liar: LyingProvider) -> None:
    liar.userinfo = {"sub": "another", "preferred_username": "CS001"}
    refused = answer(browser, liar, preferred_username=None)
    assert problem_in(refused) == "sso.person_unknown"
    liar.userinfo["sub"] = "sub-cs001"
    entered = answer(browser, liar, preferred_username=None)
    assert entered.headers["Location"] == "/tickets?view=mine"


def test_who_has_shown_two_factors_there_is_not_asked_again(
    browser: Browser, liar: LyingProvider, database: Database, clock: Hands
) -> None:
    make_person(database, "sso-mfa")
    browser.log_in("sso-mfa")
    enrol(browser, clock)
    browser.delete("/session")
    named = {"sub": "sub-mfa", "preferred_username": "sso-mfa"}
    asked = answer(browser, liar, **named, amr=["pwd"])
    assert urlsplit(asked.headers["Location"]).path == "/login"
    entered = answer(browser, liar, **named, amr=["pwd", "mfa"])
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
    browser: Browser, liar: LyingProvider, metadata: dict[str, Any]
) -> None:
    liar.metadata = metadata
    assert problem_in(browser.get("/sso/start")) == "sso.unavailable"


def test_neither_state_nor_nonce_nor_verifier_are_kept(
    browser: Browser, database: Database, liar: LyingProvider
) -> None:
    asked = parse_qs(urlsplit(begin_sso(browser)).query)
    for name in ("state", "nonce", "code_challenge"):
        query = "SELECT 1 FROM sso_logins t WHERE t::text LIKE :shown"
        assert count_rows(database, query, shown=f"%{asked[name][0]}%") == 0
