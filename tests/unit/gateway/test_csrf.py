import pytest
from flask import Flask, request

from gateway.auth.csrf import refuse_foreign_site, refuse_forged
from libs.common.errors import Forbidden

app = Flask(__name__)
OURS = "http://desk.example:8080"


def forged(method: str, **headers: str) -> bool:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with app.test_request_context(method=method, base_url=OURS, headers=named):
        try:
            refuse_forged(request)
        except Forbidden:
            return True
        return False


def test_reading_needs_no_proof() -> None:
    assert not forged("GET", Origin="https://evil.example", Sec_Fetch_Site="cross-site")


def test_the_console_shows_itself_by_its_header() -> None:
    assert not forged("POST", X_Tidedesk_Client="console", Origin=OURS)
    assert forged("POST", Origin=OURS)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_header_alone_is_enough_for_other_clients(method: str) -> None:
    assert not forged(method, X_Tidedesk_Client="script")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://desk.example",
        "http://desk.example:8080.evil.net",
        "",
    ],
)
def test_another_origin_is_refused(origin: str) -> None:
    assert forged("POST", X_Tidedesk_Client="console", Origin=origin)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_is_refused_whatever_it_claims(site: str) -> None:
    assert forged("POST", X_Tidedesk_Client="console", Sec_Fetch_Site=site)


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_pages_are_let_in(site: str) -> None:
    assert not forged("POST", X_Tidedesk_Client="console", Sec_Fetch_Site=site, Origin=OURS)


def test_a_proxy_that_ends_tls_makes_no_stranger() -> None:
    assert not forged("POST", X_Tidedesk_Client="console", Origin="https://desk.example:8080")


def test_a_login_cannot_be_planted() -> None:
    headers = {"Origin": "https://evil.example"}
    with (
        app.test_request_context(method="POST", base_url=OURS, headers=headers),
        pytest.raises(Forbidden),
    ):
        refuse_foreign_site(request)
