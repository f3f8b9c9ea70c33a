"""Finds the browser of the browser tests, with a font that has Chinese."""

import shutil
import subprocess
from pathlib import Path

from libs.common.supervisor.packages import Missing, install


def browser() -> Path | None:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return Path(found) if found else None


def provide_browser() -> Path:
    """The browser; installed with a Chinese font if it is missing."""
    missing = [] if browser() else ["chromium"]
    if not _has_chinese():
        missing.append("fonts-noto-cjk")
    if missing:
        install(missing, "the browser of the tests")
    found = browser()
    if found is None:
        raise Missing("chromium is not on PATH")
    return found


def _has_chinese() -> bool:
    if shutil.which("fc-list") is None:
        return False
    said = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True)
    return bool(said.stdout.strip())
