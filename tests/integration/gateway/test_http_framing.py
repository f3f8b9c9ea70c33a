"""Where a request ends, whose address it has, which methods there are: said by the server alone."""

import json
import re
import socket
from collections.abc import Iterator

import pytest
import requests

from gateway.seed import seed_staff
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.processes import Processes
from tests.support.gateway import PASSWORD

pytestmark = pytest.mark.services("gateway")

SMUGGLED = "GET /api/v1/ping HTTP/1.1\r\nHost: smuggled\r\n\r\n"


@pytest.fixture(scope="module")
def port(installation: dict[str, str], processes: Processes) -> Iterator[int]:
    database = Database.connect("gateway", Config.read(installation))
    with database.begin() as uow:
        seed_staff(uow, {"agent": PASSWORD})
        uow.commit()
    database.close()
    processes.start("gateway.web")
    yield int(installation["GATEWAY_PORT"])
    processes.stop("gateway.web")


def answers(port: int, request: str) -> list[int]:
    """The statuses of all that the server answers until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), 30) as sock:
        sock.sendall(request.encode("latin-1"))
        sock.shutdown(socket.SHUT_WR)
        said = b""
        while block := sock.recv(65_536):
            said += block
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", said)]


def post(*fields: str, body: str = "") -> str:
    head = ["POST /api/v1/session HTTP/1.1", "Host: desk", *fields]
    return "\r\n".join(head) + "\r\n\r\n" + body


@pytest.mark.parametrize(
    "fields",
    [
        ("Content-Length: 6", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 6"),
        ("Content-Length: 6", "Content-Length: 5"),
        ("Content-Length: +6",),
        ("Content-Length: 6, 5",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding : chunked",),
        ("X-One: 1\r\n Transfer-Encoding: chunked",),
        ("X\x00Y: 1",),
    ],
    ids=str,
)
def test_a_request_of_two_lengths_is_refused_and_what_follows_is_no_request(
    port: int, fields: tuple[str, ...]
) -> None:
    """RFC 9112, 6.3 and 11.2: a proxy in front may have seen the other end."""
    (status,) = answers(port, post(*fields, body=f"0\r\n\r\n{SMUGGLED}"))
    assert status in (400, 501)


def test_two_whole_requests_are_two(port: int) -> None:
    first = post("Content-Length: 2", "Content-Type: application/json", body="{}")
    assert answers(port, first + SMUGGLED) == [422, 401]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG"])
@pytest.mark.parametrize("path", ["/", "/api/v1/session", "/docs/"])
def test_a_method_that_nobody_has_meant_is_refused(port: int, method: str, path: str) -> None:
    said = requests.request(method, f"http://127.0.0.1:{port}{path}", timeout=30)
    assert said.status_code == 405
    assert "Cookie" not in said.text


@pytest.mark.parametrize("field", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_field_makes_another_method_of_a_request(port: int, field: str) -> None:
    url = f"http://127.0.0.1:{port}/api/v1/session"
    login = {"login": "CS001", "password": PASSWORD}
    with requests.Session() as client:
        client.headers["X-Tidedesk-Client"] = "console"
        assert client.post(url, json=login, timeout=30).status_code == 200
        assert client.get(url, headers={field: "DELETE"}, timeout=30).status_code == 200
        assert client.get(url, timeout=30).status_code == 200


def test_who_says_to_be_a_proxy_is_not_believed(port: int) -> None:
    """Nor on this machine: proxies are counted by GATEWAY_PROXIES."""
    claimed = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Ssl": "on",
        "X-Forwarded-Host": "elsewhere.example",
        "Script-Name": "/elsewhere",
    }
    said = requests.post(
        f"http://127.0.0.1:{port}/api/v1/session",
        json={"login": "CS001", "password": PASSWORD},
        headers=claimed,
        timeout=30,
    )
    assert said.status_code == 200
    assert "Strict-Transport-Security" not in said.headers
    assert not any(cookie.secure for cookie in said.cookies)


def test_heads_have_their_limits(port: int) -> None:
    line = f"GET /{'a' * 5_000} HTTP/1.1\r\nHost: desk\r\n\r\n"
    assert answers(port, line) == [414]
    field = f"GET / HTTP/1.1\r\nHost: desk\r\nX-Long: {'a' * 9_000}\r\n\r\n"
    assert answers(port, field) == [431]
    many = "".join(f"X-{number}: 1\r\n" for number in range(200))
    assert answers(port, f"GET / HTTP/1.1\r\nHost: desk\r\n{many}\r\n") == [431]


def test_no_answer_tells_a_version(port: int) -> None:
    for path in ("/", "/api/v1/nothing", "/docs/"):
        said = requests.get(f"http://127.0.0.1:{port}{path}", timeout=30)
        assert not any(character.isdigit() for character in said.headers["Server"])
        assert "X-Powered-By" not in said.headers


def test_what_an_operator_measures_is_not_served_to_users(port: int) -> None:
    for path in ("/metrics", "/healthz", "/readyz"):
        url, plain = f"http://127.0.0.1:{port}{path}", {"Accept": "text/plain"}
        said = requests.get(url, headers=plain, timeout=30)
        assert said.status_code == 404
        assert json.loads(said.text)["code"] == "route.unknown"
