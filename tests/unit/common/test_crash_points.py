"""A real process dies at an armed point, once, and only in the role that was meant."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PASS = """
import sys
from libs.common.crash_points import crash_point, running_as
running_as(*sys.argv[1:])
crash_point("after_commit_before_ack")
print("lives")
"""


def run(directory: Path | None, *roles: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "CRASH_POINTS_DIR"}
    if directory is not None:
        env["CRASH_POINTS_DIR"] = str(directory)
    command = [sys.executable, "-c", PASS, *roles]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


def test_a_process_dies_at_an_armed_point_and_the_next_one_lives(tmp_path: Path) -> None:
    (tmp_path / "after_commit_before_ack@ticketing.events").touch()
    died = run(tmp_path, "ticketing.jobs", "ticketing.events")
    assert died.returncode == -signal.SIGKILL
    assert died.stdout == ""
    assert "crash point after_commit_before_ack in ticketing.events" in died.stderr
    assert run(tmp_path, "ticketing.jobs", "ticketing.events").stdout == "lives\n"


@pytest.mark.parametrize(
    "armed", ["after_commit_before_ack@ticketing.rpc", "after_publish@ticketing.events"]
)
def test_another_role_or_point_is_no_reason_to_die(tmp_path: Path, armed: str) -> None:
    (tmp_path / armed).touch()
    assert run(tmp_path, "ticketing.events").stdout == "lives\n"
    assert (tmp_path / armed).exists()


def test_nothing_can_be_armed_where_no_directory_is_set(tmp_path: Path) -> None:
    (tmp_path / "after_commit_before_ack@ticketing.events").touch()
    assert run(None, "ticketing.events").stdout == "lives\n"


def test_a_missing_directory_arms_nothing(tmp_path: Path) -> None:
    assert run(tmp_path / "gone", "ticketing.events").stdout == "lives\n"
