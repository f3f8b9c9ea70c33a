"""What the gateway shows to those who look for a way in."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.auth.access import public
from tests.support.gateway import offline_app

HTML = {"Accept": "text/html"}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    dist = tmp_path / "dist"
    for folder in ("assets", "docs"):
        (dist / folder).mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html>console")
    (dist / "docs" / "index.html").write_text("<!doctype html>docs")
    (dist / "assets" / "index-1.js").write_text("1")
    return offline_app(tmp_path / "blobs", console=dist)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", ["/", "/docs/", "/assets/index-1.js", "/assets/none.js"])
def test_pages_load_and_run_our_own_things_only(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=HTML, buffered=True)
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'self'", "object-src 'none'", "base-uri 'none'"} <= set(policy)
    assert {"frame-ancestors 'none'", "form-action 'self'"} <= set(policy)
    # Scripts come under default-src: from our own origin, never inline, never evaluated.
    assert not any(one.startswith("script-src") or "unsafe-eval" in one for one in policy)
    assert answer.headers.getlist("Content-Security-Policy") == ["; ".join(policy)]


@pytest.mark.parametrize(
    "path", ["/", "/docs/", "/docs/events", "/api/v1/openapi.json", "/api/v1/asyncapi.json"]
)
def test_no_other_origin_is_let_in(client: FlaskClient, path: str) -> None:
    foreign = {**HTML, "Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    for method in ("GET", "OPTIONS"):
        answer = client.open(path, method=method, headers=foreign, buffered=True)
        assert not any(name.startswith("Access-Control") for name, _ in answer.headers)


@pytest.mark.parametrize("path", ["/assets/", "/assets", "/docs/assets/"])
def test_no_folder_is_listed(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "*/*"}, buffered=True)
    assert b"index-1.js" not in answer.data


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "//evil.example/docs", "/\\evil.example", "/docs//evil.example/", "/%2f/x"],
)
def test_no_address_leads_elsewhere(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={**HTML, "Host": "desk.example"}, buffered=True)
    location = answer.headers.get("Location", "/")
    assert location.startswith(("http://desk.example/", "/"))
    assert not location.startswith(("//", "/\\"))


def test_a_switch_for_developers_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FLASK_DEBUG in the environment of a process shows nobody where it failed."""
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = offline_app(tmp_path)

    @public
    def fail() -> str:
        raise KeyError("secret of ours")

    app.add_url_rule("/fail", "fail", fail)
    answer = app.test_client().get("/fail", buffered=True)
    assert answer.status_code == 500
    assert b"secret" not in answer.data
    assert not app.debug


def test_an_answer_is_told_with_its_type_and_letters(client: FlaskClient) -> None:
    for path, kind in {
        "/": "text/html; charset=utf-8",
        "/assets/index-1.js": "text/javascript; charset=utf-8",
        "/api/v1/nothing": "application/problem+json",
    }.items():
        answer = client.get(path, headers={"Accept": "*/*"}, buffered=True)
        assert answer.headers["Content-Type"] == kind
