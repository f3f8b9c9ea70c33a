"""The examples of docs/conditions.md are real, and its tables are complete."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libs.common.actions import parse_actions, parse_recipients
from libs.common.actions.parsing import STATUSES as SETTABLE
from libs.common.actions.parsing import TELL
from libs.common.conditions import FIELDS, STATUSES, URGENCIES, parse_condition
from libs.common.conditions.fields import OPS
from libs.common.errors import InvalidInput

PAGE = (Path(__file__).parents[2] / "docs" / "conditions.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```json ?(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PARSERS: dict[str, Callable[[Any], Any]] = {
    "": parse_condition,
    "actions": parse_actions,
    "recipients": parse_recipients,
}


@pytest.mark.parametrize(("what", "source"), EXAMPLES)
def test_an_example_is_what_the_page_says(what, source):
    example = json.loads(source)
    if what == "refused":
        with pytest.raises(InvalidInput, match="never"):
            parse_condition(example)
    else:
        assert PARSERS[what](example)


def test_every_word_of_the_language_is_on_the_page():
    ops = {op for several in OPS.values() for op in several}
    choices = {one for field in FIELDS.values() for one in field.choices or ()}
    words = {*FIELDS, *ops, *choices, *STATUSES, *URGENCIES, *SETTABLE, *TELL}
    assert {word for word in words if f"`{word}`" not in PAGE and f'"{word}"' not in PAGE} == set()
    assert len(EXAMPLES) >= 14
