"""`make scale`: replicas of roles come and go while the rest runs on."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.common.supervisor import control
from libs.common.supervisor.control import Control, carry_out, read_wishes, roles_of, scale
from libs.common.supervisor.processes import Supervisor
from libs.common.supervisor.programs import Program, small_installation
from libs.common.testing.eventually import eventually

SLEEPER = (sys.executable, "-c", "import signal; signal.pause()")


def sleeping(*roles: str) -> Program:
    """In the place of the product's process: scaling is about which and how many."""
    return Program("+".join(roles), SLEEPER, roles=roles, has_health=False)


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(control, "launcher", sleeping)
    made = Supervisor(os.environ, write_line=lambda _: None, cwd=tmp_path)
    made.run(sleeping("dispatch.rpc", "dispatch.jobs", "sla.jobs"), sleeping("intake.door"))
    yield made
    made.stop(patience=1)


def test_new_replicas_play_the_wished_roles_alone(supervisor: Supervisor):
    assert carry_out(supervisor, {"dispatch": 4}) == {"dispatch": 4}
    made = [one.roles for one in supervisor.programs]
    assert made.count(("dispatch.jobs", "dispatch.rpc")) == 3
    assert len([roles for roles in made if "sla.jobs" in roles]) == 1
    eventually(lambda: supervisor.pid("dispatch.jobs+dispatch.rpc", 3) > 0)


def test_the_youngest_go_first_and_the_first_process_stays(supervisor: Supervisor):
    carry_out(supervisor, {"dispatch": 3})
    eventually(lambda: supervisor.pid("dispatch.jobs+dispatch.rpc", 2) > 0)
    first = supervisor.pid("dispatch.rpc+dispatch.jobs+sla.jobs")
    second = supervisor.pid("dispatch.jobs+dispatch.rpc", 1)
    assert carry_out(supervisor, {"dispatch": 2}) == {"dispatch": 2}
    assert supervisor.pid("dispatch.jobs+dispatch.rpc", 1) == second
    assert carry_out(supervisor, {"dispatch": 1}) == {"dispatch": 1}
    assert supervisor.pid("dispatch.rpc+dispatch.jobs+sla.jobs") == first


def test_one_role_scales_by_itself(supervisor: Supervisor):
    assert carry_out(supervisor, {"sla.jobs": 2, "dispatch.jobs": 1}) == {
        "sla.jobs": 2,
        "dispatch.jobs": 1,
    }


def test_what_listens_on_a_port_and_what_does_not_run_is_refused(supervisor: Supervisor):
    with pytest.raises(ValueError, match=r"intake\.door listens on a port"):
        carry_out(supervisor, {"intake.door": 2})
    with pytest.raises(ValueError, match="nothing of that name runs: billing"):
        carry_out(supervisor, {"billing": 2})


@pytest.mark.parametrize("word", ["dispatch", "dispatch=0", "dispatch=33", "dispatch=-1", "a b=2"])
def test_a_wish_is_a_role_and_a_number(word: str):
    with pytest.raises(ValueError, match="not a role and a number from 1 to 32"):
        read_wishes([word])


def test_a_wish_is_told_through_a_socket_that_others_cannot_reach(
    supervisor: Supervisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    # Longer than a socket's path may be.
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    running = Control(deep / "control.sock", supervisor)
    try:
        assert (deep / "control.sock").stat().st_mode & 0o777 == 0o600
        scale(deep / "control.sock", ["dispatch=2"])
        assert capsys.readouterr().out == "dispatch: 2\n"
        with pytest.raises(RuntimeError, match="nothing of that name runs"):
            scale(deep / "control.sock", ["billing=2"])
    finally:
        running.close()
    with pytest.raises(RuntimeError, match="is not running"):
        scale(deep / "control.sock", ["dispatch=2"])


def test_everything_of_a_small_installation_but_its_doors_can_be_scaled():
    roles = [role for one in small_installation(with_mailbox=False) for role in one.roles]
    assert roles_of("dispatch", roles) == ("dispatch.events", "dispatch.jobs", "dispatch.rpc")
    assert roles_of("ticketing.events", roles) == ("ticketing.events",)
    assert "intake.door" not in roles_of("intake", roles)
