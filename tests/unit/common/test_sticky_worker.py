"""Connections that hold a thread of the web server."""

import socket

import pytest

from libs.common.web.sticky_worker import limit_silence


@pytest.fixture
def ends():
    here, there = socket.socketpair()
    with here, there:
        limit_silence(here, 0.05)
        here.setblocking(True)  # as gunicorn does
        yield here, there


@pytest.mark.timeout(30)
def test_a_peer_that_begins_and_says_no_more_is_given_up(ends):
    here, there = ends
    there.sendall(b"GET / HT")
    assert here.recv(100) == b"GET / HT"
    with pytest.raises(BlockingIOError):
        here.recv(100)


@pytest.mark.timeout(30)
def test_a_peer_that_reads_nothing_is_given_up(ends):
    here, _ = ends
    with pytest.raises(BlockingIOError):
        here.sendall(bytes(10_000_000))


def test_a_peer_that_speaks_is_heard(ends):
    here, there = ends
    there.sendall(b"x")
    assert here.recv(1) == b"x"
