"""Watching processes, with small programs instead of the product's: no sockets are needed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.common.config import REFUSED
from libs.common.supervisor.processes import ROOT, Supervisor
from libs.common.supervisor.programs import Program
from libs.common.testing.eventually import eventually

WAIT = "import signal; print('up', flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + WAIT


def python(name: str, code: str, **more) -> Program:
    return Program(name, (sys.executable, "-c", code), has_health=False, **more)


class Running:
    def __init__(self, cwd: Path) -> None:
        self.lines: list[str] = []
        self.supervisor = Supervisor(os.environ, write_line=self.lines.append, cwd=cwd)

    def run(self, *programs: Program) -> Supervisor:
        self.supervisor.run(*programs)
        eventually(lambda: all(self.said(program.name, "up") for program in programs))
        return self.supervisor

    def said(self, name: str, text: str) -> int:
        return sum(line.startswith(name) and text in line for line in list(self.lines))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path)
    yield made
    made.supervisor.stop(patience=1)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_lines_carry_the_name_of_their_process(running: Running):
    running.run(python("a", WAIT), python("b", WAIT))
    assert sorted(running.lines) == ["a | up", "b | up"]


def test_the_last_words_of_a_process_are_shown_even_without_a_line_end(running: Running):
    running.supervisor.run(python("a", "import sys; sys.stdout.write('oh')"))
    eventually(lambda: running.said("a", "oh"))


def test_what_dies_is_started_again(running: Running):
    supervisor = running.run(python("a", WAIT))
    first = supervisor.pid("a")
    assert supervisor.kill("a") == first
    eventually(lambda: running.said("a", "up") == 2)
    assert supervisor.pid("a") != first
    assert supervisor.restarts("a") == 1


def test_what_keeps_dying_is_tried_with_growing_delay(running: Running):
    running.supervisor.run(python("a", "print('up')"))
    eventually(lambda: running.said("a", "up") >= 4)
    # 0.1 + 0.2 + 0.4 s have passed, hundreds of tries have not.
    assert running.supervisor.restarts("a") < 8


def test_replicas_run_side_by_side_and_die_alone(running: Running):
    supervisor = running.supervisor
    supervisor.run(python("a", WAIT, replicas=2))
    eventually(lambda: running.said("a#", "up") == 2)
    second = supervisor.pid("a", 2)
    supervisor.kill("a", 1)
    eventually(lambda: running.said("a#1", "up") == 2)
    assert supervisor.pid("a", 2) == second


def test_a_role_is_found_in_the_process_that_plays_it(running: Running):
    supervisor = running.run(python("both", WAIT, roles=("x.events", "x.jobs")))
    assert supervisor.pid("x.jobs") == supervisor.pid("both")
    with pytest.raises(KeyError, match=r"x\.rpc"):
        supervisor.pid("x.rpc")


def test_a_stopped_program_stays_stopped_while_others_run(running: Running):
    supervisor = running.run(python("a", WAIT), python("b", WAIT))
    pid = supervisor.pid("a")
    supervisor.stop("a")
    assert not is_alive(pid)
    assert is_alive(supervisor.pid("b"))
    with pytest.raises(KeyError):
        supervisor.pid("a")


def test_what_ignores_the_request_to_end_is_killed(running: Running):
    supervisor = running.run(python("a", STUBBORN))
    pid = supervisor.pid("a")
    supervisor.stop("a", patience=0.2)
    assert not is_alive(pid)


def test_a_process_takes_its_own_children_along(running: Running):
    parent = (
        "import subprocess, sys;"
        f"child = subprocess.Popen([sys.executable, '-c', {WAIT!r}]);"
        "print('child', child.pid, flush=True); child.wait()"
    )
    supervisor = running.run(python("a", parent))
    line = next(line for line in running.lines if "child" in line)
    child = int(line.split()[-1])
    supervisor.kill("a")
    eventually(lambda: not is_alive(child))


def test_a_program_that_does_not_exist_is_named(running: Running):
    running.supervisor.run(Program("a", ("no-such-program",), has_health=False))
    eventually(lambda: running.said("a", "no-such-program"))


def test_a_program_that_refuses_its_configuration_is_named_and_not_started_again(
    running: Running,
):
    running.run(python("a", WAIT))
    running.supervisor.run(python("b", f"import sys; sys.exit({REFUSED})"))
    eventually(lambda: not is_alive(running.supervisor.pid("b")))
    with pytest.raises(RuntimeError, match="b refused the configuration"):
        running.supervisor.wait_ready("b")
    assert running.supervisor.restarts("b") == 0


def test_children_end_when_the_supervisor_itself_is_killed():
    code = (
        "import os, sys, time\n"
        "from libs.common.supervisor.processes import Supervisor\n"
        "from libs.common.supervisor.programs import Program\n"
        f"program = Program('a', (sys.executable, '-c', {WAIT!r}), has_health=False)\n"
        "supervisor = Supervisor(os.environ)\n"
        "supervisor.run(program)\n"
        "print('pid', supervisor.pid('a'), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        said = [parent.stdout.readline(), parent.stdout.readline()]
        child = int(next(line for line in said if line.startswith("pid")).split()[1])
        assert is_alive(child)
        parent.send_signal(signal.SIGKILL)
    eventually(lambda: not is_alive(child))
