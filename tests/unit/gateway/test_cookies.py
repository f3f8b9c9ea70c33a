"""Cookies over TLS and in the clear."""

from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from gateway.cookies import HostCookies, host_cookie, install_cookies

TLS = "https://desk.example"


class _Desk(Flask):
    request_class = HostCookies


@pytest.fixture
def app() -> Flask:
    app = _Desk(__name__, static_folder=None)
    install_cookies(app)

    @app.get("/set")
    def set_both() -> Response:
        response = Response("ok")
        response.set_cookie("session", "a=b c;d", max_age=60, httponly=True, samesite="Strict")
        response.set_cookie("device", "1", path="/deep", domain="example", secure=True)
        return response

    @app.get("/drop")
    def drop() -> Response:
        response = Response("ok")
        response.delete_cookie("session", path="/", samesite="Strict")
        return response

    @app.get("/told")
    def tell() -> dict[str, str]:
        return dict(request.cookies)

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def told(app: Flask, cookies: str, base_url: str) -> Any:
    """What the views read of a Cookie field."""
    bare = app.test_client(use_cookies=False)
    return bare.get("/told", base_url=base_url, headers={"Cookie": cookies}).get_json()


def written(client: FlaskClient, path: str, base_url: str) -> list[list[str]]:
    fields = client.get(path, base_url=base_url).headers.getlist("Set-Cookie")
    return [field.split("; ") for field in fields]


def test_over_tls_every_cookie_is_bound_to_this_host(client: FlaskClient) -> None:
    for cookie in written(client, "/set", TLS):
        assert cookie[0].startswith("__Host-")
        assert {"Path=/", "Secure"} <= set(cookie)
        assert not any(one.startswith(("Domain=", "Path=/deep")) for one in cookie)


def test_what_else_was_said_of_a_cookie_stays(client: FlaskClient) -> None:
    session = written(client, "/set", TLS)[0]
    assert {"Max-Age=60", "HttpOnly", "SameSite=Strict"} <= set(session)


def test_a_cookie_comes_back_under_its_plain_name(client: FlaskClient) -> None:
    client.get("/set", base_url=TLS)
    assert client.get("/told", base_url=TLS).get_json() == {"session": "a=b c;d", "device": "1"}


def test_a_cookie_that_goes_has_the_prefix_too(client: FlaskClient) -> None:
    """Browsers ignore a `__Host-` field without Secure, a deletion as well."""
    client.get("/set", base_url=TLS)
    assert written(client, "/drop", TLS)[0][0].startswith("__Host-session=")
    assert "Secure" in written(client, "/drop", TLS)[0]
    assert client.get("/told", base_url=TLS).get_json() == {"device": "1"}


def test_over_tls_a_cookie_that_anybody_may_have_planted_counts_for_nothing(app: Flask) -> None:
    cookies = "session=of-a-neighbour; __Host-device=ours"
    assert told(app, cookies, TLS) == {"device": "ours"}


def test_in_the_clear_cookies_have_their_plain_names(app: Flask, client: FlaskClient) -> None:
    clear = "http://127.0.0.1:8080"
    assert written(client, "/set", clear)[0][0].startswith("session=")
    assert told(app, "session=s", clear) == {"session": "s"}


def test_the_order_of_attributes_does_not_matter() -> None:
    assert host_cookie("a=1; path=/x; SECURE; HttpOnly") == "__Host-a=1; HttpOnly; Path=/; Secure"
