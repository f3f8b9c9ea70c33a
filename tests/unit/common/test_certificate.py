"""A server's certificate: named, checked before anything starts, and replaced while running."""

import os
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from libs.common.config import ConfigError
from libs.common.web.certificate import Certificate, PatientSocket, has_pending
from tests.support.certificates import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def issued(authority: Authority) -> Certificate:
    return authority.issue("localhost")


def read(chain: str = "", key: str = "") -> Certificate | None:
    return Certificate.read({"CHAIN": chain, "KEY": key}, "CHAIN", "KEY")


def test_without_both_variables_there_is_no_tls() -> None:
    assert read() is None


def test_a_certificate_and_its_key_are_read(issued: Certificate) -> None:
    assert read(issued.chain, issued.key) == issued


def test_the_one_that_is_missing_is_named(issued: Certificate) -> None:
    with pytest.raises(ConfigError, match=r"^KEY must be set"):
        read(chain=issued.chain)
    with pytest.raises(ConfigError, match=r"^CHAIN must be set"):
        read(key=issued.key)


def test_a_file_that_cannot_be_read_is_named_by_its_variable(issued: Certificate) -> None:
    with pytest.raises(ConfigError, match=r"^KEY names a file that cannot be read: No such file"):
        read(issued.chain, issued.key + ".gone")


def test_a_key_of_another_certificate_is_refused(authority: Authority, issued: Certificate) -> None:
    with pytest.raises(ConfigError, match=r"^CHAIN and KEY"):
        read(issued.chain, authority.issue("other").key)


def test_an_encrypted_key_is_refused_instead_of_asking_the_terminal(issued: Certificate) -> None:
    key = serialization.load_pem_private_key(Path(issued.key).read_bytes(), None)
    Path(issued.key).write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(ConfigError, match=r"^CHAIN and KEY"):
        read(issued.chain, issued.key)


def test_nothing_older_than_tls_1_2_is_spoken(issued: Certificate) -> None:
    assert issued.context().minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_renewed_certificate_is_used_without_a_restart(
    authority: Authority, issued: Certificate
) -> None:
    first = issued.context()
    assert issued.context() is first
    authority.issue("localhost")  # the same files
    os.utime(issued.chain, ns=(0, 1))
    assert issued.context() is not first


class Ends:
    """A server's socket with a client that has shaken hands."""

    def __init__(self, authority: Authority, issued: Certificate) -> None:
        here, there = socket.socketpair()
        trusting = ssl.create_default_context(cafile=str(authority.file))
        self._hello = threading.Thread(target=self._connect, args=(trusting, there))
        self._hello.start()
        context = issued.context()
        self.here = context.wrap_socket(here, server_side=True, do_handshake_on_connect=False)
        self.here.do_handshake()
        self._hello.join()

    def _connect(self, context: ssl.SSLContext, sock: socket.socket) -> None:
        self.there = context.wrap_socket(sock, server_hostname="localhost")

    def close(self) -> None:
        self.here.close()
        self.there.close()


@pytest.fixture
def ends(authority: Authority, issued: Certificate):
    made = Ends(authority, issued)
    assert isinstance(made.here, PatientSocket)
    made.here.patience = 0.05
    yield made
    made.close()


@pytest.mark.timeout(30)
def test_a_peer_that_shakes_hands_and_says_no_more_is_given_up(ends: Ends) -> None:
    ends.here.setblocking(True)  # as gunicorn does
    with pytest.raises(TimeoutError):
        ends.here.recv(100)


@pytest.mark.timeout(30)
def test_a_peer_that_does_not_even_shake_hands_is_given_up(issued: Certificate) -> None:
    here, there = socket.socketpair()
    context = issued.context()
    with there, context.wrap_socket(here, server_side=True, do_handshake_on_connect=False) as sock:
        assert isinstance(sock, PatientSocket)
        sock.patience = 0.05
        there.sendall(b"\x16")
        with pytest.raises(TimeoutError):
            sock.do_handshake()


@pytest.mark.timeout(30)
def test_a_peer_that_reads_nothing_is_given_up(ends: Ends) -> None:
    ends.here.setblocking(True)
    with pytest.raises(TimeoutError):
        ends.here.sendall(bytes(10_000_000))


def test_bytes_that_no_poller_sees_are_known(ends: Ends) -> None:
    ends.there.sendall(b"two requests")
    assert ends.here.recv(3) == b"two"
    assert has_pending(ends.here)
    ends.here.recv(100)
    assert not has_pending(ends.here)


def test_a_plain_socket_has_nothing_pending() -> None:
    with socket.socket() as plain:
        assert not has_pending(plain)
