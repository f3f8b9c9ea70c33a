"""The checklist of docs/security.md is whole and honest: every line once, every test there."""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "security.md"
LEVELS: dict[str, list[str]] = json.loads(
    (Path(__file__).with_name("asvs_5_0_ids.json")).read_text(encoding="utf-8")
)["levels"]
# How a line may begin that is not simply held; these need no test.
UNTESTED = ("Does not apply: ", "Not met: ", "Installation: ")
PARTLY = "Partly: "
NOTHING = "–"


class Line(NamedTuple):
    """One requirement."""

    id: str
    what: str
    how: str
    shown: str

    @property
    def is_open(self) -> bool:
        """Whether something of it is not met."""
        return self.how.startswith(("Not met: ", PARTLY))

    @property
    def named(self) -> list[str]:
        """Tests and files that show it."""
        return re.findall(r"`([^`]+)`", self.shown)


def read_lines(text: str) -> list[Line]:
    rows = [row for row in text.splitlines() if re.match(r"\| V\d", row)]
    return [Line(*(cell.strip() for cell in row.strip("|").split("|"))) for row in rows]


TEXT = DOCUMENT.read_text(encoding="utf-8")
LINES = read_lines(TEXT)


def number_of(requirement: str) -> list[int]:
    return [int(part) for part in requirement[1:].split(".")]


def test_the_list_of_requirements_is_that_of_the_standard() -> None:
    """Of 345 requirements 70 are of level 1, 183 of level 2."""
    assert {level: len(set(ids)) for level, ids in LEVELS.items()} == {"1": 70, "2": 183}
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", one) for ids in LEVELS.values() for one in ids)


def test_every_requirement_of_levels_1_and_2_is_there_once_and_in_order() -> None:
    wanted = sorted((one for ids in LEVELS.values() for one in ids), key=number_of)
    assert [line.id for line in LINES] == wanted


@pytest.mark.parametrize("line", LINES, ids=[line.id for line in LINES])
def test_no_line_is_empty(line: Line) -> None:
    assert 2 <= len(line.what.split()) <= 8
    reason = line.how.partition(": ")[2] if line.how.startswith((*UNTESTED, PARTLY)) else line.how
    assert reason
    assert line.named or (line.shown == NOTHING and line.how.startswith(UNTESTED))


@pytest.mark.parametrize("line", LINES, ids=[line.id for line in LINES])
def test_what_shows_it_exists(line: Line) -> None:
    for named in line.named:
        place, _, test = named.partition("::")
        is_python = place.endswith(".py") and bool(test)
        path = ROOT / "tests" / place if is_python else ROOT / place
        assert path.is_file(), named
        if is_python:
            pattern = rf"^ *(async )?def {re.escape(test)}\("
            assert re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE), named
        elif test:
            source = path.read_text(encoding="utf-8")
            assert f"'{test}'" in source or f'"{test}"' in source, named


def test_what_is_open_is_told_before_the_tables() -> None:
    told = TEXT.partition("## What is not met")[2].partition("\n## ")[0]
    named = set(re.findall(r"V\d+\.\d+\.\d+", told))
    assert named == {line.id for line in LINES if line.is_open}


def test_the_figures_are_those_of_the_tables() -> None:
    kinds = [line.how.partition(": ")[0] for line in LINES]
    counted = [
        kinds.count(kind) for kind in ("Installation", "Does not apply", "Partly", "Not met")
    ]
    held = len(LINES) - sum(counted)
    said = re.search(
        r"(\d+) are held, (\d+) are the installation's part, (\d+) do not apply, "
        r"(\d+) are held in part, (\d+) are not met",
        TEXT,
    )
    assert said
    assert [int(one) for one in said.groups()] == [held, *counted]


def test_its_own_links_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif "://" not in target:
            assert (DOCUMENT.parent / target).exists(), target
