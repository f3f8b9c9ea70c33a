"""The inventory of what others have written: each package by version and hash, no addresses."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
CONSOLE = ROOT / "gateway" / "console"
PINNED = re.compile(r"([a-z0-9._-]+)(\[[a-z0-9,_-]+\])?==[^\s;]+( ; [^\\]+)?", re.IGNORECASE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def entries(lock: Path) -> list[list[str]]:
    """Each package's line and those of its hashes."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " \\ ")
    return [[part.strip() for part in line.split("\\")] for line in text.splitlines() if line]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_python_package_is_locked_to_a_version_and_its_hashes(lock: Path) -> None:
    for package, *hashes in entries(lock):
        assert PINNED.fullmatch(package), package
        assert hashes, package
        assert all(HASH.fullmatch(one) for one in hashes), package


def test_every_extra_has_its_lock() -> None:
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = declared.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    extras = set(re.findall(r"^([a-z0-9]+) = \[", section, re.MULTILINE))
    assert extras == {lock.stem for lock in LOCKS} - {"dev"}


def test_every_package_of_the_console_is_locked_to_its_hash() -> None:
    lock = json.loads((CONSOLE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert len(packages) > 50
    for name, package in packages.items():
        assert re.match(r"sha512-", package["integrity"]), name
        # An address would bind the lock to one registry, or to somebody's server.
        assert "resolved" not in package, name
        assert not package.get("link"), name


def test_the_console_names_versions_and_no_ranges() -> None:
    declared = json.loads((CONSOLE / "package.json").read_text(encoding="utf-8"))
    for kind in ("dependencies", "devDependencies"):
        assert all(re.fullmatch(r"\d[\w.-]*", version) for version in declared[kind].values())
