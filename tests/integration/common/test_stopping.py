"""A process ends when it is told to, whatever it waits for."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from libs.common.supervisor.keys import fresh_keys
from libs.common.supervisor.ports import free_port
from libs.common.supervisor.processes import ROOT
from libs.common.supervisor.variables import installation_variables, random_ports

ROLES = ("ticketing.rpc", "ticketing.events", "ticketing.jobs")

HANGING = """
import signal
from libs.common.signals import StopSignal
stop = StopSignal(1)
signal.raise_signal(signal.SIGTERM)
assert stop.is_set()
while True:
    pass
"""

CHOOSING = """
from libs.common.supervisor.ports import free_port
print(free_port({port}), flush=True)
input()
"""


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(60)
        yield server


@contextmanager
def launched(server: socket.socket, blobs: Path) -> Iterator[subprocess.Popen[bytes]]:
    address = f"127.0.0.1:{server.getsockname()[1]}"
    variables = installation_variables(
        database_url=f"postgresql://u:p@{address}/tidedesk",
        amqp_uri=f"amqp://u:p@{address}/tidedesk",
        blobs=blobs,
        keys=fresh_keys(),
        ports=random_ports(),
    )
    command = [sys.executable, "-m", "libs.common.launcher", *ROLES]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **variables}) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_waits_for_its_servers_ends_at_once(
    silent: socket.socket, tmp_path: Path, how: signal.Signals
) -> None:
    with launched(silent, tmp_path) as process:
        waiting, _ = silent.accept()
        with closing(waiting):
            process.send_signal(how)
            assert process.wait(5) == -how


def test_a_process_that_does_not_end_in_time_is_ended_by_the_kernel() -> None:
    done = subprocess.run([sys.executable, "-c", HANGING], cwd=ROOT, timeout=30)
    assert done.returncode == -signal.SIGALRM


def test_no_port_is_chosen_twice_while_nobody_listens_there_yet() -> None:
    several = "print(*(free_port() for _ in range(300)))"
    command = [sys.executable, "-c", f"{CHOOSING.format(port='')}\n{several}"]
    chosen = [free_port() for _ in range(300)]
    run = subprocess.run(command, cwd=ROOT, input="\n", capture_output=True, text=True, check=True)
    chosen += map(int, run.stdout.split())
    assert len(set(chosen)) == len(chosen) == 601


def test_two_installations_that_start_together_choose_different_ports() -> None:
    port = free_port()
    command = [sys.executable, "-c", CHOOSING.format(port=port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert int(other.stdout.readline()) == port
        assert free_port(port) > port
        other.communicate("\n")
    assert free_port(port) == port
