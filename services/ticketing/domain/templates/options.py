"""What a field's type leaves open: limits, choices, columns. Read into one canonical form."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from libs.common.errors import InvalidInput
from libs.common.patterns import compile_pattern
from services.ticketing.domain.templates.fields import choice_values
from services.ticketing.domain.templates.notes import Notes
from services.ticketing.domain.templates.requirements import FILE_KINDS

Json = dict[str, Any]

COLUMN_TYPES = ("text", "number", "money", "date", "choice")
_CHOICES = 500
_DEPTH = 4
_LABEL = 100


def read_options(notes: Notes, path: str, type: str, raw: Any) -> Json:
    """The options of a type; what is not said gets its default."""
    known, read = _READERS[type]
    given = notes.object(path, raw, known)
    return read(notes, path, given)


def _none(_: Notes, __: str, ___: Mapping[str, Any]) -> Json:
    return {}


def _line(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    return {"max_length": notes.count(f"{path}.max_length", raw.get("max_length"), 1, 1_000, 200)}


def _long(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    limit = notes.count(f"{path}.max_length", raw.get("max_length"), 1, 4_000, 4_000)
    return {"max_length": limit}


def _number(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    return _bounds(notes, path, raw, 0)


def _bounds(notes: Notes, path: str, raw: Mapping[str, Any], decimals: int) -> Json:
    low = notes.number(f"{path}.min", raw.get("min"))
    high = notes.number(f"{path}.max", raw.get("max"))
    if low is not None and high is not None and low > high:
        notes.wrong(f"{path}.max", "must not be less than min")
    places = notes.count(f"{path}.decimals", raw.get("decimals"), 0, 6, decimals)
    return {"min": low, "max": high, "decimals": places}


def _money(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    currency = raw.get("currency", "CNY")
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        notes.wrong(f"{path}.currency", "must be a currency's three letters, such as CNY")
        currency = "CNY"
    return {**_bounds(notes, path, raw, 2), "currency": currency}


def _choice(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    return {"choices": _choices(notes, f"{path}.choices", raw.get("choices"), 1)}


def _tree(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    return {
        "choices": _choices(notes, f"{path}.choices", raw.get("choices"), _DEPTH),
        "leaf_only": notes.flag(f"{path}.leaf_only", raw.get("leaf_only"), True),
    }


def _multi(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    return {**_choice(notes, path, raw), **_range(notes, path, raw, 0, 100, 100)}


def _range(
    notes: Notes, path: str, raw: Mapping[str, Any], least: int, most: int, limit: int
) -> Json:
    low = notes.count(f"{path}.least", raw.get("least"), 0, limit, least)
    high = notes.count(f"{path}.most", raw.get("most"), 1, limit, most)
    if low > high:
        notes.wrong(f"{path}.most", "must not be less than least")
    return {"least": low, "most": high}


def _choices(notes: Notes, path: str, raw: Any, depth: int) -> list[Json]:
    read = _level(notes, path, raw, depth)
    values = choice_values(read)
    if not values:
        notes.wrong(path, "needs at least one choice")
    if len(values) > _CHOICES:
        notes.wrong(path, f"must have at most {_CHOICES} choices")
    for twice in sorted({one for one in values if one and values.count(one) > 1}):
        notes.wrong(path, f"has {twice} more than once")
    return read


def _level(notes: Notes, path: str, raw: Any, depth: int) -> list[Json]:
    return [
        _one_choice(notes, f"{path}[{index}]", one, depth)
        for index, one in enumerate(notes.list(path, raw, _CHOICES))
    ]


def _one_choice(notes: Notes, path: str, raw: Any, depth: int) -> Json:
    given = notes.object(path, raw, ("value", "label", "children"))
    read: Json = {
        "value": notes.text(f"{path}.value", given.get("value"), 64) or "",
        "label": notes.wording(f"{path}.label", given.get("label"), _LABEL),
    }
    if given.get("children"):
        if depth == 1:
            notes.wrong(f"{path}.children", "is too deep")
            return read
        read["children"] = _level(notes, f"{path}.children", given["children"], depth - 1)
    return read


def _order_number(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    pattern = raw.get("pattern") or None
    if pattern is not None and not isinstance(pattern, str):
        notes.wrong(f"{path}.pattern", "must be text")
        pattern = None
    if pattern:
        try:
            compile_pattern(pattern)
        except InvalidInput as refusal:
            notes.wrong(f"{path}.pattern", refusal.message.removeprefix("pattern: "))
            pattern = None
    return {"pattern": pattern}


def _table(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    where = f"{path}.columns"
    columns = [
        _column(notes, f"{where}[{index}]", one)
        for index, one in enumerate(notes.list(where, raw.get("columns"), 12))
    ]
    keys = [one["key"] for one in columns]
    if not columns:
        notes.wrong(where, "needs at least one column")
    for twice in sorted({key for key in keys if key and keys.count(key) > 1}):
        notes.wrong(where, f"has {twice} more than once")
    most = notes.count(f"{path}.max_rows", raw.get("max_rows"), 1, 100, 20)
    return {"columns": columns, "max_rows": most}


def _column(notes: Notes, path: str, raw: Any) -> Json:
    given = notes.object(path, raw, ("key", "label", "type", "required", "options"))
    type = notes.one_of(f"{path}.type", given.get("type"), COLUMN_TYPES)
    return {
        "key": notes.key(f"{path}.key", given.get("key")),
        "label": notes.wording(f"{path}.label", given.get("label"), _LABEL),
        "type": type,
        "required": notes.flag(f"{path}.required", given.get("required")),
        "options": read_options(notes, f"{path}.options", type, given.get("options")),
    }


def _file(notes: Notes, path: str, raw: Mapping[str, Any]) -> Json:
    given = notes.list(f"{path}.kinds", raw.get("kinds") or FILE_KINDS, len(FILE_KINDS))
    kinds = [
        notes.one_of(f"{path}.kinds[{index}]", one, FILE_KINDS) for index, one in enumerate(given)
    ]
    return {"kinds": list(dict.fromkeys(kinds)), **_range(notes, path, raw, 1, 10, 20)}


_Reader = tuple[tuple[str, ...], Callable[[Notes, str, Mapping[str, Any]], Json]]
_READERS: Mapping[str, _Reader] = {
    "text": (("max_length",), _line),
    "long_text": (("max_length",), _long),
    "number": (("min", "max", "decimals"), _number),
    "money": (("min", "max", "decimals", "currency"), _money),
    "date": ((), _none),
    "time": ((), _none),
    "date_time": ((), _none),
    "choice": (("choices",), _choice),
    "tree_choice": (("choices", "leaf_only"), _tree),
    "multi_choice": (("choices", "least", "most"), _multi),
    "phone": ((), _none),
    "mail": ((), _none),
    "order_number": (("pattern",), _order_number),
    "place": ((), _none),
    "person": ((), _none),
    "table": (("columns", "max_rows"), _table),
    "file": (("kinds", "least", "most"), _file),
}
