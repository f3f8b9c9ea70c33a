"""Rows of a file as tickets: what can be said of each without asking anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.ticket_import.categories import Categories
from gateway.ticket_import.columns import Columns
from libs.common.crypto import normalise_email, normalise_phone
from libs.common.errors import InvalidInput

SUBJECT_LIMIT = 200
TEXT_LIMIT = 10_000
NAME_LIMIT = 100
_VALUE_LIMIT = 4_000
_SHOWN = 100  # characters of a name that nobody knows

_KINDS = {
    **dict.fromkeys(("inquiry", "咨询"), "inquiry"),
    **dict.fromkeys(("complaint", "投诉"), "complaint"),
    **dict.fromkeys(("repair", "报修"), "repair"),
    **dict.fromkeys(("suggestion", "建议"), "suggestion"),
    **dict.fromkeys(("internal", "内部申请"), "internal"),
}
_URGENCIES = {
    **dict.fromkeys(("normal", "一般", "普通", "p3"), "normal"),
    **dict.fromkeys(("urgent", "紧急", "p2"), "urgent"),
    **dict.fromkeys(("critical", "特急", "p1"), "critical"),
}
_CHANNELS = {
    **dict.fromkeys(("manual", "人工登记", "人工"), "manual"),
    **dict.fromkeys(("phone", "电话", "热线"), "phone"),
}


@dataclass
class Row:
    """A ticket, as the file has it; `errors` are messages by column."""

    number: int
    content: dict[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)


def read_rows(
    columns: Columns, lines: Sequence[tuple[int, list[str]]], categories: Categories
) -> list[Row]:
    """Each line by itself: one that is wrong spoils no other."""
    return [_read(columns, number, cells, categories) for number, cells in lines]


def _read(columns: Columns, number: int, cells: list[str], categories: Categories) -> Row:
    def cell(place: int | None) -> str:
        return cells[place].strip() if place is not None and place < len(cells) else ""

    given = {name: cell(columns.places.get(name)) for name in columns.places}
    row = Row(number, {})
    for name, limit in (
        ("subject", SUBJECT_LIMIT),
        ("text", TEXT_LIMIT),
        ("customer_name", NAME_LIMIT),
    ):
        row.content[name] = _text(row, name, given[name], limit)
    for name, normalise in (("phone", normalise_phone), ("email", normalise_email)):
        row.content[name] = _contact(row, name, given.get(name, ""), normalise)
    if not row.content["phone"] and not row.content["email"] and not row.errors.keys() & _WAYS:
        row.errors["phone"] = ["the phone number or the mail address is required"]
    for name, words in (("kind", _KINDS), ("urgency", _URGENCIES), ("channel", _CHANNELS)):
        row.content[name] = _word(row, name, given.get(name, ""), words)
    row.content["category_id"] = _category(row, given.get("category", ""), categories)
    row.content["fields"] = _fields(row, {name: cell(at) for name, at in columns.fields.items()})
    return row


_WAYS = {"phone", "email"}


def _text(row: Row, name: str, value: str, limit: int) -> str:
    if not value:
        row.errors[name] = ["is required"]
    elif len(value) > limit:
        row.errors[name] = [f"must be at most {limit} characters"]
    return value[:limit]


def _contact(row: Row, name: str, value: str, normalise: Any) -> str | None:
    if not value:
        return None
    try:
        return str(normalise(value))
    except InvalidInput as wrong:
        row.errors[name] = [wrong.message]
        return None


def _word(row: Row, name: str, value: str, words: Mapping[str, str]) -> str | None:
    if not value:
        return None
    if value.lower() not in words:
        row.errors[name] = [f"must be one of {', '.join(words)}"]
    return words.get(value.lower())


def _category(row: Row, value: str, categories: Categories) -> str | None:
    """By its path from the top, by its name where it alone has it, or by its id."""
    if not value:
        return None
    found = categories.find(value)
    if len(found) == 1:
        return found[0]
    shown = value if len(value) <= _SHOWN else f"{value[: _SHOWN - 1]}…"
    several = f"several categories are called {shown}: give the whole path"
    row.errors["category"] = [several if found else f"{shown} is no category in use"]
    return None


def _fields(row: Row, given: Mapping[str, str]) -> dict[str, str]:
    for name, value in given.items():
        if len(value) > _VALUE_LIMIT:
            row.errors[f"fields.{name}"] = [f"must be at most {_VALUE_LIMIT} characters"]
    return {name: value[:_VALUE_LIMIT] for name, value in given.items() if value}
