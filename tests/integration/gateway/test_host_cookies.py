"""Sessions over TLS: their cookies are bound to this host, from the login to the logout."""

import pytest
from flask import Flask

from tests.support.gateway import PASSWORD, Browser, problem_of

pytestmark = pytest.mark.services("gateway")

TLS = "https://desk.example"
LOGIN = {"login": "CS001", "password": PASSWORD}


def cookies_of(fields: list[str]) -> dict[str, set[str]]:
    """Attributes of each cookie by its name."""
    split = (field.split("; ") for field in fields)
    return {named.partition("=")[0]: set(attributes) for named, *attributes in split}


def test_over_tls_somebody_logs_in_works_and_leaves(browser: Browser) -> None:
    entered = browser.post("/session", json=LOGIN, base_url=TLS)
    assert entered.status_code == 200
    cookies = cookies_of(entered.headers.getlist("Set-Cookie"))
    assert "__Host-tidedesk_session" in cookies
    for name, attributes in cookies.items():
        assert name.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} <= attributes
    assert browser.get("/session", base_url=TLS).status_code == 200
    left = browser.delete("/session", base_url=TLS)
    assert "Secure" in cookies_of(left.headers.getlist("Set-Cookie"))["__Host-tidedesk_session"]
    assert problem_of(browser.get("/session", base_url=TLS), 401)["code"] == "session.missing"


def test_a_session_that_a_neighbour_planted_counts_for_nothing(
    app: Flask, browser: Browser
) -> None:
    entered = browser.post("/session", json=LOGIN, base_url=TLS)
    token = entered.headers["Set-Cookie"].split(";")[0].partition("=")[2]
    victim = app.test_client(use_cookies=False)
    for name, status in (("tidedesk_session", 401), ("__Host-tidedesk_session", 200)):
        planted = {"Cookie": f"{name}={token}"}
        answer = victim.get("/api/v1/session", base_url=TLS, headers=planted, buffered=True)
        assert answer.status_code == status
