"""The bill of materials says what the locks say."""

import json
from pathlib import Path
from typing import Any

from libs.common.supervisor.inventory import bill_of_materials

ROOT = Path(__file__).resolve().parents[3]


def found(name: str) -> dict[str, Any]:
    (component,) = [one for one in bill_of_materials()["components"] if one["name"] == name]
    return component


def test_what_is_delivered_is_told_from_what_only_builds_and_tests() -> None:
    assert found("flask")["scope"] == "required"
    assert found("boto3")["scope"] == "required"
    assert found("pytest")["scope"] == "excluded"
    assert found("vue")["scope"] == "required"
    assert found("vite")["scope"] == "excluded"


def test_a_component_has_the_version_of_its_lock_and_an_address_by_which_faults_are_looked_up() -> (
    None
):
    locked = json.loads((ROOT / "gateway/console/package-lock.json").read_text())["packages"]
    icons = found("@element-plus/icons-vue")
    version = locked["node_modules/@element-plus/icons-vue"]["version"]
    assert icons["version"] == version
    assert icons["purl"] == f"pkg:npm/%40element-plus/icons-vue@{version}"
    assert found("flask")["purl"] == f"pkg:pypi/flask@{found('flask')['version']}"


def test_every_locked_package_is_in_it_once() -> None:
    components = bill_of_materials()["components"]
    addresses = [one["bom-ref"] for one in components]
    assert len(set(addresses)) == len(addresses)
    names = {one["name"] for one in components}
    for lock in (ROOT / "requirements").glob("*.txt"):
        pinned = [line for line in lock.read_text().splitlines() if "==" in line]
        assert {line.partition("==")[0].partition("[")[0].lower() for line in pinned} <= names


def test_the_same_locks_make_the_same_bill() -> None:
    assert json.dumps(bill_of_materials()) == json.dumps(bill_of_materials())
