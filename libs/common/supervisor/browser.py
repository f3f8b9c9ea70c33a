"""Finds the browser of the browser tests, with a font that has Chinese.

Debian's headless shell is the same Chromium without its own windows, menus and extensions, none of
which a test sees: it opens a page with a sixth less work.
"""

import shutil
import subprocess
from pathlib import Path

from libs.common.supervisor.packages import Missing, install

SHELL = "chromium-headless-shell"
_WHOLE = ("chromium", "chromium-browser")
_PURPOSE = "the browser of the tests"


def browser() -> Path | None:
    """The headless shell if it is there, else the whole browser."""
    found = next(filter(None, map(shutil.which, (SHELL, *_WHOLE))), None)
    return Path(found) if found else None


def provide_browser() -> Path:
    """The browser; installed with a Chinese font if it is missing.

    The headless shell is installed beside a whole browser, too, where that is possible.
    """
    if shutil.which(SHELL) is None:
        _install_some_browser()
    if not _has_chinese():
        install(["fonts-noto-cjk"], _PURPOSE)
    found = browser()
    if found is None:
        raise Missing("chromium is not on PATH")
    return found


def _install_some_browser() -> None:
    try:
        install([SHELL], _PURPOSE)
    except Missing:
        # The distribution may have no such package; a whole browser does as well.
        if browser() is None:
            install(["chromium"], _PURPOSE)


def _has_chinese() -> bool:
    if shutil.which("fc-list") is None:
        return False
    said = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True)
    return bool(said.stdout.strip())
