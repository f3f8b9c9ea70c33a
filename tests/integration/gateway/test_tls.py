"""The gateway speaks TLS itself: to those who trust its CA, and nothing old or in the clear."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from psycopg2 import OperationalError

from gateway.auth.lookups import Lookups
from gateway.seed import seed_staff
from libs.common.clock import utc_now
from libs.common.config import REFUSED, Config
from libs.common.database.unit_of_work import Database
from libs.common.supervisor.processes import ROOT
from libs.common.testing.processes import Processes
from libs.common.web.certificate import Certificate
from tests.support.certificates import Authority
from tests.support.gateway import PASSWORD

pytestmark = pytest.mark.services("gateway")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.issue("localhost")


@pytest.fixture(scope="module")
def port(
    installation: dict[str, str], processes: Processes, certificate: Certificate
) -> Iterator[int]:
    database = Database.connect("gateway", Config.read(installation))
    with database.begin() as uow:
        seed_staff(uow, dict.fromkeys(("agent", "supervisor", "administrator"), PASSWORD))
        uow.commit()
    database.close()
    env = {"GATEWAY_TLS_CERT": certificate.chain, "GATEWAY_TLS_KEY": certificate.key}
    processes.start("gateway.web", env=env)
    yield int(installation["GATEWAY_PORT"])
    processes.stop("gateway.web")


@pytest.fixture
def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.file))


def test_a_client_that_trusts_the_ca_logs_in(port: int, authority: Authority) -> None:
    url, ca = f"https://localhost:{port}/api/v1/session", str(authority.file)
    person = {"login": "CS001", "password": PASSWORD}
    with requests.Session() as client:
        client.headers["X-Tidedesk-Client"] = "console"
        for answer in (
            client.post(url, json=person, timeout=30, verify=ca),
            client.get(url, timeout=30, verify=ca),
        ):
            assert answer.status_code == 200, answer.text
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        assert len(client.cookies) > 0
        assert all(cookie.secure for cookie in client.cookies)


def test_who_does_not_trust_the_ca_or_asks_for_another_host_turns_away(
    port: int, authority: Authority
) -> None:
    for host, ca in (("localhost", True), ("127.0.0.1", str(authority.file))):
        with pytest.raises(requests.exceptions.SSLError, match="certificate"):
            requests.get(f"https://{host}:{port}/api/v1/session", verify=ca, timeout=30)


@pytest.mark.filterwarnings("ignore:.*TLSv1_1 is deprecated")
def test_tls_1_1_is_refused(port: int, trusting: ssl.SSLContext) -> None:
    trusting.minimum_version = trusting.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("localhost", port), 30) as plain,
        pytest.raises(ssl.SSLError),
    ):
        trusting.wrap_socket(plain, server_hostname="localhost")


def test_a_client_in_the_clear_gets_nothing_and_harms_nobody(
    port: int, authority: Authority
) -> None:
    with pytest.raises(requests.RequestException):
        requests.get(f"http://localhost:{port}/api/v1/session", timeout=30)
    url = f"https://localhost:{port}/api/v1/session"
    assert requests.get(url, verify=str(authority.file), timeout=30).status_code == 401


def test_requests_that_come_in_one_record_are_all_answered(
    port: int, trusting: ssl.SSLContext
) -> None:
    """More than the server reads at once, so that some lie decrypted where no poller sees them."""
    filling = "x" * 2_500
    request = f"GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nX-Filling: {filling}\r\n\r\n"
    with (
        socket.create_connection(("localhost", port), 30) as plain,
        trusting.wrap_socket(plain, server_hostname="localhost") as sock,
    ):
        sock.sendall(request.encode() * 6)
        answered = b""
        while answered.count(b"HTTP/1.1 401") < 6:
            block = sock.recv(65536)
            assert block, answered
            answered += block


def test_a_file_that_cannot_be_read_is_refused_at_the_start_by_name(
    installation: dict[str, str], certificate: Certificate, tmp_path: Path
) -> None:
    for name in ("GATEWAY_TLS_CERT", "GATEWAY_TLS_KEY"):
        files = {"GATEWAY_TLS_CERT": certificate.chain, "GATEWAY_TLS_KEY": certificate.key}
        env = {**installation, **files, name: str(tmp_path / "gone.pem")}
        command = [sys.executable, "-m", "libs.common.launcher", "gateway.web"]
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == REFUSED
        assert f"configuration: {name} names a file that cannot be read" in done.stderr


def test_the_look_ups_keep_what_the_database_s_address_says_of_tls(config: Config) -> None:
    """The private server has no TLS: who insists on it gets no connection."""
    url = Database.connect("gateway", config).engine.url
    insisting = url.update_query_dict({"sslmode": "verify-full"})
    with pytest.raises(OperationalError, match=r"SSL|certificate"):
        Lookups(insisting, 1).count("key", utc_now())
