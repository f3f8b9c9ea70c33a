"""The bill of materials: all that others have written, as the locks name it (CycloneDX 1.6).

    python -m libs.common.supervisor.inventory      prints JSON; `make sbom` writes it to a file

Of Python what the services run with; of the console what stands in its pages. What only builds and
tests them is marked `excluded`.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[3]
# Locks of what is delivered; the others are of a developer's machine.
_DELIVERED = {
    *("common", "gateway", "intake", "ticketing", "notify", "dispatch", "sla", "kb"),
    *("reporting", "s3"),
}
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)


def bill_of_materials(root: Path = ROOT) -> dict[str, Any]:
    """The document; the same locks make the same one, to the letter."""
    components = [*_of_python(root / "requirements"), *_of_console(root / "gateway" / "console")]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "tidedesk"}},
        "components": sorted(components, key=lambda one: str(one["bom-ref"])),
    }


def _of_python(locks: Path) -> Iterator[dict[str, Any]]:
    scopes: dict[tuple[str, str], bool] = {}
    for lock in locks.glob("*.txt"):
        for name, version in _PINNED.findall(lock.read_text(encoding="utf-8")):
            package = name.lower(), version
            scopes[package] = scopes.get(package, False) or lock.stem in _DELIVERED
    for (name, version), is_delivered in scopes.items():
        yield _component(name, version, f"pkg:pypi/{quote(name)}@{version}", is_delivered)


def _of_console(console: Path) -> Iterator[dict[str, Any]]:
    lock = json.loads((console / "package-lock.json").read_text(encoding="utf-8"))
    found: dict[tuple[str, str], bool] = {}
    for place, package in lock["packages"].items():
        if place:
            one = place.rpartition("node_modules/")[2], package["version"]
            found[one] = found.get(one, False) or not package.get("dev")
    for (name, version), is_delivered in found.items():
        yield _component(name, version, f"pkg:npm/{quote(name)}@{version}", is_delivered)


def _component(name: str, version: str, address: str, is_delivered: bool) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "scope": "required" if is_delivered else "excluded",
    }


if __name__ == "__main__":
    json.dump(bill_of_materials(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
