"""The headers of every answer, whichever of our web servers gives it."""

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from libs.common.config import ConfigError
from libs.common.web.headers import protect_answers

POLICY = "default-src 'none'"
TLS = "https://desk.example"


def client_with(**environ: str) -> FlaskClient:
    app = Flask(__name__, static_folder=None)
    protect_answers(app, POLICY, environ)
    own = {"Content-Security-Policy": "sandbox", "Cache-Control": "no-cache"}
    app.add_url_rule("/plain", "plain", lambda: "ok")
    app.add_url_rule("/own", "own", lambda: Response("ok", headers=own))
    return app.test_client()


@pytest.mark.parametrize("path", ["/plain", "/missing"])
def test_every_answer_is_protected(path: str) -> None:
    headers = client_with().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


def test_a_view_may_be_stricter_and_says_it_once() -> None:
    headers = client_with().get("/own").headers
    assert headers.getlist("Content-Security-Policy") == ["sandbox"]
    assert headers.getlist("Cache-Control") == ["no-cache"]


@pytest.mark.parametrize("path", ["/plain", "/missing"])
def test_over_tls_browsers_are_told_to_stay_there_for_a_year(path: str) -> None:
    headers = client_with().get(path, base_url=TLS).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_hosts_below_may_be_left_alone() -> None:
    headers = client_with(HSTS_SUBDOMAINS="no").get("/plain", base_url=TLS).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_in_the_clear_nothing_is_said_of_tls() -> None:
    """RFC 6797, 7.2."""
    assert "Strict-Transport-Security" not in client_with().get("/plain").headers


def test_a_wrong_word_is_refused_by_its_name() -> None:
    with pytest.raises(ConfigError, match="HSTS_SUBDOMAINS"):
        client_with(HSTS_SUBDOMAINS="maybe")
