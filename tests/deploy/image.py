"""What an image of deploy/Dockerfile holds, in a folder, with nothing else to import from."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = (
    *("gateway", "intake", "ticketing", "dispatch", "sla", "notify", "kb", "reporting"),
    "operations",
)
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==[^\s;]+(?: ; ([^\\]+))?", re.MULTILINE)


@dataclass(frozen=True)
class Image:
    """`app` is the image's /app, `packages` its virtual environment's packages."""

    app: Path
    packages: Path

    def python(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run Python as the image does, with no other packages and no other variables."""
        return subprocess.run(
            # -S: not the packages of the environment that runs the tests.
            [sys.executable, "-S", *arguments],
            cwd=self.app,
            env={
                "PATH": os.defpath,
                "PYTHONPATH": f"{self.app}{os.pathsep}{self.packages}",
                "PYTHONDONTWRITEBYTECODE": "1",
                **env,
            },
            capture_output=True,
            text=True,
            timeout=120,
        )


def lay_out(service: str, place: Path) -> Image:
    """Choose the files by the Dockerfile's own script, the packages by its lock."""
    app, packages = place / "app", place / "packages"
    script = DEPLOY / "choose_files.sh"
    subprocess.run(["sh", script, service, ROOT, app], check=True)
    packages.mkdir()
    for name in locked_packages("common" if service == "operations" else service):
        _link(name, packages)
    return Image(app, packages)


def locked_packages(lock: str) -> list[str]:
    """Those of a lock that this platform wants."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return [
        name for name, marker in _PINNED.findall(text) if not marker or Marker(marker).evaluate()
    ]


def _link(name: str, packages: Path) -> None:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise AssertionError(f"{name} is locked and not installed: make setup") from None
    tops = {file.parts[0] for file in found.files or () if ".." not in file.parts}
    for top in tops - {"__pycache__"}:
        source, target = Path(str(found.locate_file(top))), packages / top
        if source.exists() and not target.exists():
            target.symlink_to(source)
