"""The directory of one test run below `.run/`; those of runs that were killed are swept away."""

import os
import shutil
from pathlib import Path

from libs.common.supervisor.accounts import remove_directory
from libs.common.supervisor.processes import ROOT

PLACE = ROOT / ".run"


def make_run_directory() -> Path:
    for old in PLACE.glob("test-*"):
        if not _is_alive(old.name.removeprefix("test-")):
            remove_run_directory(old)
    directory = PLACE / f"test-{os.getpid()}"
    directory.mkdir(parents=True)
    return directory


def remove_run_directory(directory: Path) -> None:
    remove_directory(directory / "postgres")
    shutil.rmtree(directory, ignore_errors=True)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
