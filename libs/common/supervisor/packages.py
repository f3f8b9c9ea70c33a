"""Missing programs: installed from the distribution when allowed, named exactly when not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

APT_INSTALL = Path(__file__).with_name("apt_install.sh")


class Missing(RuntimeError):
    """A program that this machine lacks and we cannot install; the message says what to do."""


def install(packages: list[str], purpose: str) -> None:
    """Install Debian packages without leaving a system service behind."""
    prefix = _root_prefix()
    if shutil.which("apt-get") is None or prefix is None:
        raise Missing(_advice(packages, purpose))
    print(f"installing {' '.join(packages)} ({purpose})", file=sys.stderr, flush=True)
    done = subprocess.run(
        [*prefix, "sh", str(APT_INSTALL), *packages],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise Missing(f"{_advice(packages, purpose)}\napt-get said:\n{done.stdout[-2000:]}")


def _root_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _advice(packages: list[str], purpose: str) -> str:
    names = " ".join(packages)
    return (
        f"{purpose} is missing and cannot be installed from here. Install it by hand:\n"
        f"    sudo apt-get install --no-install-recommends {names}\n"
        f"(other systems: the packages of the same purpose)"
    )
