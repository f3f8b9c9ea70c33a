from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import generate_latest

from gateway.auth.access import public
from libs.common.errors import Conflict, DeskError, InvalidInput, TooMany, Unavailable
from tests.support.gateway import offline_app

RAISED: dict[str, Exception] = {
    "conflict": Conflict("ticket.already_assigned", "taken by 客服二号"),
    "invalid": InvalidInput("field.required", "no", {"errors": {"subject": ["is required"]}}),
    "sneaky": InvalidInput("field.required", "no", {"status": 200, "code": "fine", "more": 1}),
    "limited": TooMany("login.limited", "wait", {"retry_after": 77}),
    "away": Unavailable("service.unavailable", "ticketing did not answer in time"),
    "remote": DeskError("internal", "KeyError: 'secret of a service'"),
    "bug": KeyError("secret of ours"),
}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = offline_app(tmp_path)
    for name, error in RAISED.items():

        @public
        def fail(error: Exception = error) -> str:
            raise error

        app.add_url_rule(f"/api/v1/fail/{name}", name, fail)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_an_expected_failure_keeps_its_code_and_message(client: FlaskClient) -> None:
    response = client.get("/api/v1/fail/conflict")
    assert response.status_code == 409
    assert response.content_type == "application/problem+json"
    problem = response.get_json(force=True)
    assert problem == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "taken by 客服二号",
        "code": "ticket.already_assigned",
        "request_id": response.headers["X-Request-Id"],
    }


def test_wrong_fields_are_named(client: FlaskClient) -> None:
    problem = client.get("/api/v1/fail/invalid").get_json(force=True)
    assert problem["errors"] == {"subject": ["is required"]}


def test_details_cannot_rewrite_the_problem(client: FlaskClient) -> None:
    problem = client.get("/api/v1/fail/sneaky").get_json(force=True)
    assert (problem["status"], problem["code"], problem["more"]) == (422, "field.required", 1)


def test_who_must_wait_is_told_how_long(client: FlaskClient) -> None:
    assert client.get("/api/v1/fail/limited").headers["Retry-After"] == "77"
    assert client.get("/api/v1/fail/away").headers["Retry-After"] == "2"


@pytest.mark.parametrize("name", ["bug", "remote"])
def test_a_bug_tells_nothing_but_its_request_id(
    client: FlaskClient, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get(f"/api/v1/fail/{name}", headers={"X-Request-Id": "request-77"})
    assert response.status_code == 500
    assert "secret" not in response.get_data(as_text=True)
    assert response.get_json(force=True)["request_id"] == "request-77"
    assert "secret" in caplog.text


def test_an_unknown_route_is_a_problem_too(client: FlaskClient) -> None:
    for method in ("GET", "POST"):
        response = client.open("/api/v1/nothing", method=method)
        assert response.status_code == 404
        assert response.get_json(force=True)["code"] == "route.unknown"


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    response = client.delete("/api/v1/tickets")
    assert response.status_code == 405
    assert response.get_json(force=True)["code"] == "method.not_allowed"
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize("given", ["short", "with blank in it", "x" * 129, "line\u2028break"])
def test_a_strange_request_id_is_replaced(client: FlaskClient, given: str) -> None:
    response = client.get("/api/v1/nothing", headers={"X-Request-Id": given})
    made = response.headers["X-Request-Id"]
    assert made != given
    assert len(made) == 32


def test_every_answer_is_protected(client: FlaskClient) -> None:
    headers = client.get("/api/v1/nothing").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy


def test_words_that_clients_invent_are_no_labels(client: FlaskClient) -> None:
    client.open("/api/v1/nowhere", method="BREW42")
    figures = generate_latest().decode()
    assert 'method="other"' in figures
    assert "BREW42" not in figures
