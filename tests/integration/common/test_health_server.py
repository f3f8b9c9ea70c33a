"""The health port of a real process, threaded and green."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from libs.common.health import HealthServer

# A green process: its hub is kept busy on demand, and it must answer while others sleep.
GREEN = """
import socketserver  # before the patching, as any library might
import eventlet
eventlet.monkey_patch()
import os, sys, time
from libs.common.health import HealthServer, HubLag
lag = HubLag(limit=0.5, interval=0.02, memory=60).start()
HealthServer(int(sys.argv[1]), {"hub": lag.check}).start()
print("started", flush=True)
while not os.path.exists(sys.argv[2]):
    eventlet.sleep(0.01)
end = time.monotonic() + 0.8
while time.monotonic() < end:
    pass
eventlet.sleep(0.1)
print("late", flush=True)
eventlet.sleep(3600)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Broker:
    """A check that can be made to fail."""

    is_up = True

    def check(self) -> None:
        if not self.is_up:
            raise ConnectionError("amqp://desk:s3cret@broker refused")


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def port(broker: Broker) -> Iterator[int]:
    port = free_port()
    with HealthServer(port, {"broker": broker.check, "database": lambda: None}):
        yield port


def test_a_process_that_answers_is_healthy(port: int) -> None:
    assert ask(port, "/healthz") == (200, '{"status": "ok"}')


def test_readiness_follows_the_checks_and_names_those_that_fail(port: int, broker: Broker) -> None:
    assert ask(port, "/readyz") == (200, '{"status": "ready", "failing": []}')
    broker.is_up = False
    status, body = ask(port, "/readyz?verbose=1")
    assert status == 503
    assert json.loads(body)["failing"] == ["broker"]
    assert "s3cret" not in body
    broker.is_up = True
    assert ask(port, "/readyz")[0] == 200


def test_the_reason_is_logged_once(
    port: int, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.is_up = False
    for _ in range(3):
        ask(port, "/readyz")
    assert [record.name for record in caplog.records] == ["libs.common.health"]
    assert "ConnectionError" in caplog.text


def test_metrics_are_exposed(port: int) -> None:
    status, body = ask(port, "/metrics")
    assert status == 200
    assert "# TYPE tidedesk_rpc_seconds histogram" in body


def test_other_paths_and_methods_are_refused(port: int) -> None:
    assert ask(port, "/")[0] == 404
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/healthz", b"x")
    assert connection.getresponse().status == 501
    connection.close()


def test_a_client_that_says_nothing_does_not_hold_up_the_others(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)):
        assert ask(port, "/healthz")[0] == 200


def test_a_stopped_server_frees_its_port() -> None:
    port = free_port()
    server = HealthServer(port, {})
    server.start()
    server.stop()
    with HealthServer(port, {}):
        assert ask(port, "/healthz")[0] == 200


def test_another_host_is_bound_when_the_environment_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEALTH_HOST", "127.0.0.2")
    port = free_port()
    with HealthServer(port, {}):
        with socket.create_connection(("127.0.0.2", port)):
            pass
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()


def test_a_green_process_answers_and_tells_that_its_hub_was_late(tmp_path: Path) -> None:
    port, signal = free_port(), tmp_path / "be-busy"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", GREEN, str(port), str(signal)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "started\n"
        assert ask(port, "/readyz")[0] == 200
        signal.touch()
        assert process.stdout.readline() == "late\n"
        assert ask(port, "/healthz")[0] == 200
        assert ask(port, "/readyz") == (503, '{"status": "unready", "failing": ["hub"]}')
        assert "tidedesk_hub_lag_seconds 0." in ask(port, "/metrics")[1]
    finally:
        process.kill()
        process.communicate()
