"""Deny by default."""

from pathlib import Path

import pytest
from flask import Flask

from gateway.auth.access import UndeclaredRoute, permission_of, public, refuse_undeclared, requires
from tests.support.gateway import offline_app


def test_an_application_with_an_undeclared_route_does_not_start() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", "open", public(lambda: "ok"))
    refuse_undeclared(app)
    app.add_url_rule("/forgotten", "forgotten", lambda: "oops")
    with pytest.raises(UndeclaredRoute, match="/forgotten"):
        refuse_undeclared(app)


def test_an_undeclared_route_that_comes_later_lets_nobody_in(tmp_path: Path) -> None:
    app = offline_app(tmp_path)
    app.add_url_rule("/api/v1/later", "later", lambda: "oops")
    assert app.test_client().get("/api/v1/later").status_code == 401


def test_a_permission_survives_other_decorators() -> None:
    @requires("ticket.read")
    def view() -> None: ...

    assert permission_of(view) == "ticket.read"


def test_few_routes_are_open_to_everybody(tmp_path: Path) -> None:
    app = offline_app(tmp_path)
    opened = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if permission_of(app.view_functions[rule.endpoint]) == ""
    }
    assert {rule.removeprefix("/api/v1") for rule in opened if rule.startswith("/api")} == {
        *("/openapi.json", "/asyncapi.json"),
        *("/login-options", "/captchas", "/session", "/session/second-factor"),
        *("/session/sms-codes", "/session/sms", "/sso/start", "/sso/callback"),
        *("/tokens", "/tokens/second-factor", "/tokens/refresh"),
        *("/portal/codes", "/portal/sessions", "/portal/introductions"),
        *("/surveys/<token>", "/surveys/<token>/answer"),
        *("/upload-requests/<token>", "/upload-requests/<token>/files"),
        "/upload-requests/<token>/submission",
        *("/help/articles", "/help/articles/<article_name:name>", "/help/categories"),
        "/help/articles/<uuid:article_id>/judgement",
        *("/upload-requests/<token>", "/upload-requests/<token>/files"),
    }


def test_without_a_session_nothing_is_parsed(tmp_path: Path) -> None:
    client = offline_app(tmp_path).test_client()
    response = client.post("/api/v1/tickets", data="{", content_type="application/json")
    assert response.status_code == 401
    assert response.get_json(force=True)["code"] == "session.missing"
