"""Answers without an end, written past the server's threads."""

import errno
import socket
from collections.abc import Iterator

import pytest

from libs.common.web.taken import Endless, TakenSocket, can_take, was_taken


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Ours and the peer's end."""
    ours, peers = socket.socketpair()
    with ours, peers:
        peers.settimeout(10)
        yield ours, peers


def taken(sock: socket.socket, protocol: str = "HTTP/1.1") -> TakenSocket:
    return TakenSocket({"gunicorn.socket": sock, "SERVER_PROTOCOL": protocol})


def test_parts_are_chunks_for_whoever_knows_them(pair):
    ours, peers = pair
    answer = taken(ours)
    answer.write(b"hello")
    answer.end()
    assert peers.recv(100) == b"5\r\nhello\r\n0\r\n\r\n"


def test_the_oldest_http_gets_the_bytes_alone(pair):
    ours, peers = pair
    answer = taken(ours, "HTTP/1.0")
    answer.write(b"hello")
    answer.end()
    assert peers.recv(100) == b"hello"


def test_a_taken_socket_is_known_as_such(pair):
    ours, peers = pair
    taken(ours)
    assert was_taken(ours)
    assert not was_taken(peers)


def test_a_peer_that_does_not_read_keeps_nobody_waiting_and_is_given_up(pair):
    ours, _ = pair
    answer = taken(ours)
    parts = 0
    while not answer.is_gone:
        answer.write(b"x" * 100_000)
        parts += 1
        assert parts < 1_000
    assert answer.is_behind


def test_what_waits_goes_when_the_peer_reads_again(pair):
    ours, peers = pair
    answer = taken(ours, "HTTP/1.0")
    wanted = b"x" * 900_000
    answer.write(wanted)
    assert answer.is_behind
    got = b""
    while len(got) < len(wanted):
        got += peers.recv(1 << 20)
        answer.flush()
    assert not answer.is_behind
    assert not answer.is_gone


def test_it_is_noticed_that_the_peer_has_left(pair):
    ours, peers = pair
    answer = taken(ours)
    peers.sendall(b"nobody listens to this")
    answer.listen()
    assert not answer.is_gone
    peers.close()
    answer.listen()
    assert answer.is_gone


def test_writing_to_a_peer_that_has_left_is_no_error(pair):
    ours, peers = pair
    answer = taken(ours)
    peers.close()
    answer.write(b"hello")
    assert answer.is_gone
    answer.end()
    answer.close()


def test_an_endless_answer_hands_the_socket_over_after_its_beginning(pair):
    ours, _ = pair
    environ = {"gunicorn.socket": ours, "SERVER_PROTOCOL": "HTTP/1.1"}
    got: list[TakenSocket] = []
    left: list[bool] = []
    body = Endless(environ, b"begin", got.append, lambda: left.append(True))
    parts = iter(body)
    assert can_take(environ)
    assert next(parts) == b"begin"
    assert got == []
    with pytest.raises(OSError, match="somebody else") as told:
        next(parts)
    assert told.value.errno == errno.ECONNRESET
    body.close()
    assert len(got) == 1
    assert left == []


def test_an_endless_answer_that_nobody_reads_gives_its_place_back_once():
    left: list[bool] = []
    body = Endless({}, b"begin", lambda _: None, lambda: left.append(True))
    next(iter(body))
    body.close()
    body.close()
    assert left == [True]
