"""Readers of values by the type of their field: what is kept of them, or why they cannot be."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

from libs.common.patterns import compile_pattern
from services.ticketing.domain.templates.faults import Fault, required
from services.ticketing.domain.templates.fields import (
    Read,
    choice_values,
    is_empty,
    leaf_values,
)
from services.ticketing.domain.templates.requirements import file_kind

Options = Mapping[str, Any]

# Beyond it floats are further apart than 1.
NUMBER_LIMIT = 2**53
_PHONE = re.compile(r"\+?[0-9（）() -]{5,30}(?:(?:转|ext\.?|x|#) ?[0-9]{1,8})?")
_MAIL = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;.]+(?:\.[^\s@<>,;.]+)+")
_FILE = ("attachment_id", "name", "media_type", "size")


def reader_of(type: str, options: Options) -> Read:
    """The reader of a type; its options are in order already."""
    return _READERS[type](options)


def _text(options: Options) -> Read:
    limit = options["max_length"]

    def read(value: Any) -> str:
        text = _plain(value)
        if len(text) > limit:
            raise Fault("too_long", f"must be at most {limit} characters", limit=limit)
        return text

    return read


def _line(options: Options) -> Read:
    read = _text(options)
    return lambda value: " ".join(read(value).split())


def _number(options: Options) -> Read:
    low, high, decimals = options["min"], options["max"], options["decimals"]

    def read(value: Any) -> int | float:
        number = _finite(value)
        if -Decimal(str(number)).normalize().as_tuple().exponent > decimals:  # type: ignore[operator]
            told = f"must have at most {decimals} decimals"
            raise Fault("too_many_decimals", told, decimals=decimals)
        if low is not None and number < low:
            raise Fault("too_small", f"must be at least {low}", min=low)
        if high is not None and number > high:
            raise Fault("too_large", f"must be at most {high}", max=high)
        return number

    return read


def _finite(value: Any) -> int | float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not isfinite(value) or abs(value) > NUMBER_LIMIT:
        raise Fault("not_number", "must be a number")
    # 5.0 and 5 are one number, also to whoever compares what was stored.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _date(_: Options) -> Read:
    return lambda value: _iso(value, "not_date", "must be a date such as 2026-01-31", _day)


def _time(_: Options) -> Read:
    return lambda value: _iso(value, "not_time", "must be a time such as 09:30", _hour)


def _date_time(_: Options) -> Read:
    told = "must be an instant such as 2026-01-31T09:00:00+08:00"
    return lambda value: _iso(value, "not_instant", told, _instant)


def _iso(value: Any, code: str, told: str, read: Callable[[str], str]) -> str:
    try:
        return read(_plain(value))
    except (ValueError, OverflowError):
        raise Fault(code, told) from None


def _day(text: str) -> str:
    if len(text) != 10:
        raise ValueError(text)
    return date.fromisoformat(text).isoformat()


def _hour(text: str) -> str:
    if not re.fullmatch(r"\d\d:\d\d(:\d\d)?", text):
        raise ValueError(text)
    return time.fromisoformat(text).isoformat("minutes")


def _instant(text: str) -> str:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _choice(options: Options) -> Read:
    known = frozenset(choice_values(options["choices"]))

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise Fault("unknown_choice", "is not among the choices")
        return value

    return read


def _tree_choice(options: Options) -> Read:
    among = _choice(options)
    leaves = frozenset(leaf_values(options["choices"]))

    def read(value: Any) -> str:
        chosen = among(value)
        if options["leaf_only"] and chosen not in leaves:
            raise Fault("not_leaf", "must be one of the last level")
        return chosen

    return read


def _multi_choice(options: Options) -> Read:
    among, least, most = _choice(options), options["least"], options["most"]

    def read(value: Any) -> list[str]:
        chosen = list(dict.fromkeys(among(one) for one in _list(value)))
        _count(chosen, least, most)
        return chosen

    return read


def _phone(_: Options) -> Read:
    return lambda value: _matching(value, _PHONE, "not_phone", "must be a telephone number")


def _mail(_: Options) -> Read:
    return lambda value: _matching(value, _MAIL, "not_mail", "must be a mail address")


def _matching(value: Any, pattern: re.Pattern[str], code: str, told: str) -> str:
    text = _plain(value)
    if len(text) > 254 or not pattern.fullmatch(text):
        raise Fault(code, told)
    return text


def _order_number(options: Options) -> Read:
    pattern = options["pattern"] and compile_pattern(options["pattern"])

    def read(value: Any) -> str:
        text = _plain(value)
        if len(text) > 64:
            raise Fault("too_long", "must be at most 64 characters", limit=64)
        if pattern and not pattern.matches(text):
            raise Fault("pattern", "does not look like an order number")
        return text

    return read


def _place(_: Options) -> Read:
    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not set(value) <= {"text", "lng", "lat"}:
            raise Fault("not_place", "must be a place: text, perhaps lng and lat")
        text = _text({"max_length": 500})(value.get("text"))
        lng, lat = value.get("lng"), value.get("lat")
        if lng is None and lat is None:
            return {"text": text}
        return {"text": text, "lng": _degrees(lng, 180), "lat": _degrees(lat, 90)}

    return read


def _degrees(value: Any, most: int) -> int | float:
    try:
        degrees = _finite(value)
    except Fault:
        degrees = most + 1
    if abs(degrees) > most:
        raise Fault("not_place", "must have a longitude and a latitude in degrees")
    return degrees


def _person(_: Options) -> Read:
    def read(value: Any) -> str:
        try:
            return str(UUID(value))
        except (ValueError, TypeError, AttributeError):
            raise Fault("not_person", "must be the id of a colleague") from None

    return read


def _table(options: Options) -> Read:
    columns = {one["key"]: one for one in options["columns"]}
    readers = {key: reader_of(one["type"], one["options"]) for key, one in columns.items()}

    def read_row(row: Any, at: str) -> dict[str, Any]:
        if not isinstance(row, Mapping):
            raise Fault("not_table", "must be a list of rows", at)
        if unknown := next((key for key in row if key not in columns), None):
            raise Fault("unknown_column", "is not a column", f"{at}.{unknown}")
        kept: dict[str, Any] = {}
        for key, column in columns.items():
            value = row.get(key)
            try:
                if is_empty(value) and column["required"]:
                    raise required()
                kept[key] = None if is_empty(value) else readers[key](value)
            except Fault as fault:
                raise fault.within(f"{at}.{key}") from None
        return kept

    def read(value: Any) -> list[dict[str, Any]]:
        rows = _list(value)
        _count(rows, 0, options["max_rows"])
        return [read_row(row, f"[{index}]") for index, row in enumerate(rows)]

    return read


def _file(options: Options) -> Read:
    kinds = options["kinds"]

    def read_one(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or set(value) != set(_FILE):
            raise Fault("not_file", "must be a list of uploads")
        if file_kind(value["media_type"]) not in kinds:
            raise Fault("wrong_kind", f"must be of kind {', '.join(kinds)}", kinds=list(kinds))
        return {name: value[name] for name in _FILE}

    def read(value: Any) -> list[dict[str, Any]]:
        files = [read_one(one) for one in _list(value)]
        _count(files, options["least"], options["most"])
        return files

    return read


def _plain(value: Any) -> str:
    if not isinstance(value, str):
        raise Fault("not_text", "must be text")
    return value.replace("\x00", "").strip()


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Fault("not_list", "must be a list")
    return list(value)


def _count(members: list[Any], least: int, most: int) -> None:
    if len(members) < least:
        raise Fault("too_few", f"must have at least {least} members", least=least)
    if len(members) > most:
        raise Fault("too_many", f"must have at most {most} members", most=most)


_READERS: Mapping[str, Callable[[Options], Read]] = {
    "text": _line,
    "long_text": _text,
    "number": _number,
    "money": _number,
    "date": _date,
    "time": _time,
    "date_time": _date_time,
    "choice": _choice,
    "tree_choice": _tree_choice,
    "multi_choice": _multi_choice,
    "phone": _phone,
    "mail": _mail,
    "order_number": _order_number,
    "place": _place,
    "person": _person,
    "table": _table,
    "file": _file,
}
TYPES = tuple(_READERS)
