"""Child processes that end with their parent, each in a process group of its own."""

import contextlib
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

TIED = Path(__file__).with_name("tied.py")


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    output: int | IO[bytes],
    cwd: Path | None = None,
    account: pwd.struct_passwd | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process that gets `death_signal` when the thread that called this ends.

    So call it from a thread that lives as long as the child may.
    """
    identity = f"{account.pw_uid}:{account.pw_gid}" if account else "-"
    tie = [sys.executable, "-I", "-S", TIED, int(death_signal), os.getpid(), identity]
    return subprocess.Popen(
        [str(part) for part in (*tie, *argv)],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def stop(
    process: subprocess.Popen[bytes],
    how: signal.Signals = signal.SIGTERM,
    patience: float = 10.0,
) -> None:
    """Ask the process to end, then kill what is left of its group."""
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and its whole group by SIGKILL."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
