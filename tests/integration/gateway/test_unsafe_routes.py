"""No other site acts with a person's cookie, on any route there is."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from gateway.auth.access import PUBLIC, permission_of
from tests.support.gateway import PASSWORD, Browser

pytestmark = pytest.mark.services("gateway")

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
_VALUES = {
    "number": "G20231001001",
    "service": "ticketing",
    "key": "some_role",
    "date": "2026-10-01",
}


def unsafe_routes(app: Flask) -> Iterator[tuple[str, str, bool]]:
    """Method, path, and whether anybody may."""
    for rule in app.url_map.iter_rules():
        path = re.sub(
            r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>",
            lambda found: _VALUES.get(found[2], "1" if found[1] == "row_id" else str(uuid4())),
            rule.rule,
        )
        is_public = permission_of(app.view_functions[rule.endpoint]) == PUBLIC
        for method in sorted((rule.methods or set()) & set(UNSAFE)):
            yield method, path, is_public


def send(browser: Browser, method: str, path: str, **headers: str) -> tuple[int, str]:
    body = {"login": "CS001", "password": PASSWORD}
    answer = browser.client.open(path, method=method, json=body, headers=headers)
    problem: dict[str, Any] = answer.get_json(silent=True) or {}
    return answer.status_code, problem.get("code", "")


def test_a_cookie_alone_changes_nothing(app: Flask, supervisor: Browser) -> None:
    routes = [(method, path) for method, path, public in unsafe_routes(app) if not public]
    assert len(routes) > 60
    for method, path in routes:
        assert send(supervisor, method, path) == (403, "csrf.refused"), f"{method} {path}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_not_even_with_the_consoles_header(
    app: Flask, supervisor: Browser, headers: dict[str, str]
) -> None:
    for method, path, public in unsafe_routes(app):
        if not public:
            sent = send(supervisor, method, path, **{"X-Tidedesk-Client": "console"}, **headers)
            assert sent == (403, "csrf.refused"), f"{method} {path}"


def test_other_sites_plant_no_cookie(app: Flask) -> None:
    for method, path, public in unsafe_routes(app):
        if public:
            answer = app.test_client().open(
                path,
                method=method,
                json={"login": "CS001", "password": PASSWORD},
                headers={"Sec-Fetch-Site": "cross-site"},
            )
            assert "Set-Cookie" not in answer.headers, f"{method} {path}"
