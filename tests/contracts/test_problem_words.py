"""Whatever services refuse with a code of its own, the console says in words."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "gateway" / "console" / "src" / "locales"
OWNERS = ("dispatch", "sla", "kb", "reporting")
# InvalidInput names fields, which are told one by one; these codes are all that is told.
KINDS = ("Conflict", "Forbidden", "NotFound")
# Only the gateway's own jobs are told so.
UNTOLD = {"reconcile.forbidden"}


def codes_of(owner: str) -> set[str]:
    sources = (ROOT / "services" / owner).rglob("*.py")
    return {code for source in sources for code in _codes(ast.parse(source.read_text("utf-8")))}


def _codes(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        first = call.args[0] if call.args else None
        if call.func.id in KINDS and isinstance(first, ast.Constant):
            yield str(first.value)


def problems(language: str) -> set[str]:
    """The codes that have words."""
    parts = (json.loads(one.read_text("utf-8")) for one in (LOCALES / language).glob("*.json"))
    return {code for part in parts for code in _leaves(part.get("problem", {}))}


def _leaves(words: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, inner in words.items():
        if isinstance(inner, str):
            yield f"{before}{name}"
        else:
            yield from _leaves(inner, f"{before}{name}.")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("owner", OWNERS)
def test_every_refusal_has_words(owner: str, language: str) -> None:
    codes = codes_of(owner) - UNTOLD
    assert codes
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", code) for code in codes)
    assert codes - problems(language) == set()
