"""Reads what people write about statuses: names, texts for customers, colours."""

from collections.abc import Mapping
from typing import Any

from services.ticketing.domain.statuses import BASES, is_own_key
from services.ticketing.domain.templates.notes import Notes

# Tones that can be read on their own tint; what a tone looks like is the console's business.
COLORS = ("violet", "blue", "teal", "green", "amber", "orange", "red", "pink", "plum", "grey")
MOST_OWN = 50
_LABEL, _TEXT = 40, 200  # characters
_OF_ALL = ("label", "customer_text", "color")


def read_status(values: Mapping[str, Any], new_key: str) -> dict[str, Any]:
    """A new own status as it is kept; raises InvalidInput naming all that is wrong.

    Customers read what they read of its base, unless something is given. `new_key` is its key
    where none is given.
    """
    notes = Notes()
    given = notes.object("", values, ("key", "base", *_OF_ALL))
    key = given.get("key") or new_key
    if not is_own_key(key):
        notes.wrong("key", "must be own_ and 1 to 36 small letters, digits and _")
    base = notes.one_of("base", given.get("base"), BASES)
    read = {**_read(notes, {"label": None, **given}), "key": key, "base": base}
    notes.refuse("field.invalid")
    return read


def read_changes(values: Mapping[str, Any], *, is_own: bool) -> dict[str, Any]:
    """What is to be changed of one; shipped ones are never archived."""
    notes = Notes()
    given = notes.object("", values, (*_OF_ALL, "is_archived"))
    read = _read(notes, given)
    if "is_archived" in given:
        read["is_archived"] = notes.flag("is_archived", given["is_archived"])
        if read["is_archived"] and not is_own:
            notes.wrong("is_archived", "a shipped status stays in use")
    notes.refuse("field.invalid")
    return read


def _read(notes: Notes, given: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, limit in (("label", _LABEL), ("customer_text", _TEXT)):
        if name in given:
            words = notes.wording(name, given[name], limit)
            read |= {f"{name}_zh": words["zh"], f"{name}_en": words["en"]}
    if "color" in given:
        color = given["color"]
        read["color"] = None if color is None else notes.one_of("color", color, COLORS)
    return read
