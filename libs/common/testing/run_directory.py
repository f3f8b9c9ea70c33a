"""The directory of one test run; those of runs that were killed are swept away.

It lies in memory where there is plenty: the servers of tests are made and dropped by the hundred,
and nothing of them outlives the run.
"""

import os
import shutil
from pathlib import Path

from libs.common.supervisor.accounts import remove_directory
from libs.common.supervisor.processes import ROOT

_MEMORY = Path("/dev/shm")
_PLENTY = 8 * 2**30  # bytes; a run takes about 2
_DISK = ROOT / ".run"
_NAME = "tidedesk-test-"


def make_run_directory() -> Path:
    """For one test run, in memory where there is plenty; those of dead runs are removed."""
    for old in (*_DISK.glob(f"{_NAME}*"), *_MEMORY.glob(f"{_NAME}*")):
        if not _is_alive(old.name.removeprefix(_NAME)):
            remove_run_directory(old)
    directory = (_MEMORY if _has_plenty(_MEMORY) else _DISK) / f"{_NAME}{os.getpid()}"
    directory.mkdir(parents=True)
    return directory


def remove_run_directory(directory: Path) -> None:
    remove_directory(directory / "postgres")
    shutil.rmtree(directory, ignore_errors=True)


def _has_plenty(place: Path) -> bool:
    return place.is_dir() and shutil.disk_usage(place).free >= _PLENTY


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
