"""Who is asking, when proxies stand between."""

from pathlib import Path

from flask import request
from flask.testing import FlaskClient

from gateway.auth.access import public
from libs.common.web.proxies import trust_proxies
from tests.support.gateway import offline_app

FORWARDED = {
    "X-Forwarded-For": "198.51.100.7, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "desk.example",
}


def client_behind(proxies: int, place: Path) -> FlaskClient:
    app = offline_app(place)

    @public
    def tell() -> list[str | None]:
        return [request.remote_addr, request.scheme, request.host]

    app.add_url_rule("/api/v1/tell", "tell", tell)
    trust_proxies(app, proxies)
    return app.test_client()


def test_without_a_proxy_nobody_is_believed(tmp_path: Path) -> None:
    told = client_behind(0, tmp_path).get("/api/v1/tell", headers=FORWARDED)
    assert told.get_json() == ["127.0.0.1", "http", "localhost"]


def test_our_own_proxy_is_believed_and_what_stands_before_it_is_not(tmp_path: Path) -> None:
    told = client_behind(1, tmp_path).get("/api/v1/tell", headers=FORWARDED)
    assert told.get_json() == ["203.0.113.9", "https", "desk.example"]
    assert "max-age" in told.headers["Strict-Transport-Security"]
