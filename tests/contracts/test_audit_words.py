"""Whatever can be done has words in the operation log, in both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.audit.kinds import KINDS, SEVERITIES, WATCHED
from gateway.openapi import FILE

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "gateway" / "console" / "src" / "locales"
FACT = re.compile(r'record_fact\(\s*"([\w.]+)"')
UNSAFE = {"post", "put", "patch", "delete"}


def words(language: str) -> dict[str, Any]:
    catalogue: dict[str, Any] = {}
    for file in (LOCALES / language).glob("*.json"):
        for section, inner in json.loads(file.read_text(encoding="utf-8")).items():
            known = catalogue.setdefault(section, {})
            if isinstance(inner, dict):
                known.update(inner)
    return catalogue


def paths(section: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """`session.opened` for words that stand in a section of a section."""
    for name, inner in section.items():
        if isinstance(inner, dict):
            yield from paths(inner, f"{prefix}{name}.")
        else:
            yield prefix + name


def actions() -> set[str]:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        operation["operationId"]
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in UNSAFE
    }


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_action_has_words(language: str) -> None:
    known = words(language)["auditAction"]
    assert sorted(actions() - known.keys()) == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_other_fact_has_words(language: str) -> None:
    told = {
        name for file in ROOT.glob("gateway/**/*.py") for name in FACT.findall(file.read_text())
    }
    assert {"session.opened", "session.refused"} <= told
    assert sorted(told - set(paths(words(language)["auditAction"]))) == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_alert_has_words(language: str) -> None:
    known = words(language)
    assert set(KINDS) <= known["alertKind"].keys()
    assert set(SEVERITIES) <= known["alertSeverity"].keys()


def test_what_is_watched_is_an_action() -> None:
    assert set(WATCHED) <= actions()
