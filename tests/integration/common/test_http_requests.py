"""Requests to real servers on this machine, which stand for the outside where they are allowed."""

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from libs.common.http import (
    OutboundFailed,
    OutboundHttp,
    OutboundRefused,
    open_http,
    parse_networks,
)
from tests.integration.common.site import Server

HERE = parse_networks("127.0.0.0/8")


@pytest.fixture
def site() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def other_site() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


class Names:
    """A name server of our own."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


http = OutboundHttp(HERE)


class TestRequests:
    def test_an_answer_is_complete(self, site: Server) -> None:
        answer = http.request("get", f"{site.url}/ok?q=1", headers={"X-Mine": "yes"})
        assert (answer.status, answer.is_ok) == (200, True)
        assert answer.json() == {"好": 1}
        assert answer.headers["set-cookie"] == "a=b"
        method, path, headers, _ = site.requests[0]
        assert (method, path) == ("GET", "/ok?q=1")
        assert headers["X-Mine"] == "yes"
        assert headers["Host"] == f"127.0.0.1:{site.server_port}"
        assert headers["User-Agent"] == "tidedesk"

    def test_a_body_is_sent(self, site: Server) -> None:
        json_type = {"Content-Type": "application/json"}
        http.request("POST", f"{site.url}/ok", body=b'{"a": 1}', headers=json_type)
        method, _, headers, body = site.requests[0]
        assert (method, headers["Content-Type"], body) == ("POST", "application/json", b'{"a": 1}')

    def test_no_cookie_is_ever_sent_back(self, site: Server) -> None:
        http.request("GET", f"{site.url}/ok")
        http.request("GET", f"{site.url}/ok")
        assert "Cookie" not in site.requests[1][2]

    def test_an_error_status_is_an_answer(self, site: Server) -> None:
        answer = http.request("GET", f"{site.url}/error")
        assert (answer.status, answer.is_ok, answer.body) == (500, False, b"broken")
        with pytest.raises(OutboundFailed, match="not JSON"):
            answer.json()

    @pytest.mark.parametrize(
        ("path", "body"), [("chunked", b"abcde"), ("until_close", b"all of it")]
    )
    def test_all_ways_to_end_a_body_are_known(self, site: Server, path: str, body: bytes) -> None:
        assert http.request("GET", f"{site.url}/{path}").body == body

    def test_a_proxy_of_the_environment_is_not_used(
        self, site: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        assert http.request("GET", f"{site.url}/ok").is_ok

    def test_a_header_with_a_line_end_is_refused(self, site: Server) -> None:
        with pytest.raises(OutboundRefused):
            http.request("GET", f"{site.url}/ok", headers={"X-Mine": "a\r\nX-Other: b"})
        assert site.requests == []

    def test_a_configured_network_is_allowed(self, site: Server) -> None:
        allowing = open_http({"HTTP_ALLOW_PRIVATE": "127.0.0.0/8, ::1/128"})
        assert allowing.request("GET", f"{site.url}/ok").is_ok


class TestPinning:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "0"])
    def test_this_machine_is_not_asked_unless_allowed(self, site: Server, host: str) -> None:
        with pytest.raises(OutboundRefused):
            OutboundHttp().request("GET", f"http://{host}:{site.server_port}/ok")
        assert site.requests == []

    def test_the_address_that_was_checked_is_the_one_connected_to(self, site: Server) -> None:
        names = Names(["127.0.0.1"], ["10.0.0.1"])
        answer = OutboundHttp(HERE, resolver=names).request(
            "GET", f"http://shop.example:{site.server_port}/ok"
        )
        assert answer.is_ok
        assert names.asked == ["shop.example"]
        assert site.requests[0][2]["Host"] == f"shop.example:{site.server_port}"

    def test_the_next_address_is_tried_when_one_is_dead(self, site: Server) -> None:
        names = Names(["127.0.0.9", "127.0.0.1"])
        url = f"http://shop.example:{site.server_port}/ok"
        assert OutboundHttp(HERE, resolver=names).request("GET", url).is_ok

    def test_nobody_there_is_worth_another_try(self) -> None:
        with pytest.raises(OutboundFailed) as failure:
            http.request("GET", "http://127.0.0.1:1/secret-path")
        assert "secret-path" not in str(failure.value)


class TestRedirects:
    def test_three_are_followed_and_no_more(self, site: Server) -> None:
        answer = http.request("GET", f"{site.url}/hops/3")
        assert (answer.status, answer.url) == (200, f"{site.url}/ok")
        with pytest.raises(OutboundFailed, match="redirected"):
            http.request("GET", f"{site.url}/hops/4")
        assert len(site.requests) == 4 + 4

    def test_none_may_be_asked_for(self, site: Server) -> None:
        with pytest.raises(OutboundFailed):
            http.request("GET", f"{site.url}/to/302/!ok", max_redirects=0)

    def test_a_redirect_inside_is_refused(self, site: Server) -> None:
        with pytest.raises(OutboundRefused):
            http.request("GET", f"{site.url}/to/302/http:!!10.0.0.1!")
        with pytest.raises(OutboundRefused):
            http.request("GET", f"{site.url}/to/302/file:!!!etc!passwd")

    def test_a_name_is_checked_again_at_every_step(self, site: Server) -> None:
        names = Names(["127.0.0.1"], ["10.0.0.1"])
        with pytest.raises(OutboundRefused):
            OutboundHttp(HERE, resolver=names).request(
                "GET", f"http://shop.example:{site.server_port}/to/302/!ok"
            )
        assert len(site.requests) == 1

    @pytest.mark.parametrize(
        ("status", "method", "body"),
        [
            (301, "GET", b""),
            (302, "GET", b""),
            (303, "GET", b""),
            (307, "POST", b"x"),
            (308, "POST", b"x"),
        ],
    )
    def test_a_post_becomes_what_browsers_make_of_it(
        self, site: Server, status: int, method: str, body: bytes
    ) -> None:
        url = f"{site.url}/to/{status}/!ok"
        http.request("POST", url, body=b"x", headers={"Authorization": "Bearer t"})
        sent, path, headers, got = site.requests[1]
        assert (sent, path, got) == (method, "/ok", body)
        assert headers["Authorization"] == "Bearer t"

    def test_another_origin_gets_no_secrets(self, site: Server, other_site: Server) -> None:
        url = f"{site.url}/to/307/http:!!127.0.0.1:{other_site.server_port}!ok"
        secrets = {"Authorization": "Bearer t", "X-Signature": "s", "Content-Type": "text/plain"}
        answer = http.request("POST", url, body=b"x", headers=secrets)
        _, _, headers, body = other_site.requests[0]
        assert not {"Authorization", "X-Signature"} & set(headers)
        assert (headers["Content-Type"], body) == ("text/plain", b"x")
        assert answer.url == f"{other_site.url}/ok"


class TestLimits:
    def test_a_large_answer_is_cut_off(self, site: Server) -> None:
        assert len(http.request("GET", f"{site.url}/large", max_body=5000).body) == 5000
        with pytest.raises(OutboundFailed) as failure:
            http.request("GET", f"{site.url}/large", max_body=4999)
        assert failure.value.code == "outbound.too_large"
        assert failure.value.details["status"] == 200

    def test_a_bomb_does_not_go_off(self, site: Server) -> None:
        with pytest.raises(OutboundFailed) as failure:
            http.request("GET", f"{site.url}/bomb")
        assert failure.value.code == "outbound.too_large"

    def test_an_answer_that_breaks_off_is_none(self, site: Server) -> None:
        with pytest.raises(OutboundFailed):
            http.request("GET", f"{site.url}/cut")

    @pytest.mark.parametrize("path", ["hang", "drip", "drip_body"])
    def test_time_is_limited_in_all(self, site: Server, path: str) -> None:
        with pytest.raises(OutboundFailed) as failure:
            http.request("GET", f"{site.url}/{path}", timeout=0.3)
        assert failure.value.code == "outbound.timeout"
        assert not failure.value.is_unsent

    def test_where_nobody_listens_nothing_was_sent(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
            with pytest.raises(OutboundFailed) as failure:
                http.request("POST", url, body=b"x")
        assert failure.value.is_unsent


def certificate(folder: Path, host: str) -> Path:
    """A self-signed certificate with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "site.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path, "shop.example")


@pytest.fixture
def sent_names() -> list[str | None]:
    """What clients sent as SNI."""
    return []


@pytest.fixture
def secure(pem: Path, sent_names: list[str | None]) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.sni_callback = lambda _, name, __: sent_names.append(name)
    server = Server(context)
    yield server
    server.stop()


class TestTls:
    def outbound(self, pem: Path) -> OutboundHttp:
        tls = ssl.create_default_context(cafile=str(pem))
        return OutboundHttp(HERE, resolver=Names(["127.0.0.1"]), tls=tls)

    def test_the_name_is_sent_and_checked_although_the_address_is_pinned(
        self, secure: Server, pem: Path, sent_names: list[str | None]
    ) -> None:
        url = f"https://shop.example:{secure.server_port}/ok"
        assert self.outbound(pem).request("GET", url).is_ok
        assert sent_names == ["shop.example"]

    def test_a_certificate_for_another_name_is_no_answer(self, secure: Server, pem: Path) -> None:
        with pytest.raises(OutboundFailed, match="SSLCertVerificationError"):
            self.outbound(pem).request("GET", f"https://bank.example:{secure.server_port}/ok")
        assert secure.requests == []

    def test_an_unknown_authority_is_no_answer(self, secure: Server) -> None:
        outbound = OutboundHttp(HERE, resolver=Names(["127.0.0.1"]))
        with pytest.raises(OutboundFailed):
            outbound.request("GET", f"https://shop.example:{secure.server_port}/ok")

    def test_a_redirect_to_plain_http_is_refused(
        self, secure: Server, site: Server, pem: Path
    ) -> None:
        there = f"http:!!127.0.0.1:{site.server_port}!ok"
        with pytest.raises(OutboundRefused, match="https to http"):
            self.outbound(pem).request(
                "GET", f"https://shop.example:{secure.server_port}/to/302/{there}"
            )
        assert site.requests == []


GREEN = """
import eventlet
eventlet.monkey_patch()
import ssl, sys
from libs.common.http import OutboundFailed, OutboundHttp, parse_networks
plain, secure, pem = sys.argv[1:]
http = OutboundHttp(
    parse_networks("127.0.0.0/8"),
    resolver=lambda host, port: ["127.0.0.1"],
    tls=ssl.create_default_context(cafile=pem),
)
beats = []
def beat():
    while True:
        beats.append(1)
        eventlet.sleep(0.01)
eventlet.spawn(beat)
try:
    http.request("GET", f"{plain}/drip", timeout=0.5)
except OutboundFailed as failure:
    print(failure.code, len(beats) > 5)
print(http.request("GET", f"{plain}/until_close").body, http.request("GET", f"{secure}/ok").status)
"""


def test_a_green_process_waits_without_holding_up_the_others(
    site: Server, secure: Server, pem: Path
) -> None:
    secure_url = f"https://shop.example:{secure.server_port}"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GREEN, site.url, secure_url, str(pem)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert done.stdout == "outbound.timeout True\nb'all of it' 200\n", done.stderr
