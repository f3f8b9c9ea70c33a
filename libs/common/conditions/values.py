"""Reads the value that a field is compared with; refuses, by path, what it cannot be."""

from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Protocol
from uuid import UUID

from libs.common.conditions.fields import Field

TEXT_LIMIT = 200  # characters
LIST_LIMIT = 100
# Beyond it floats are further apart than 1, and PostgreSQL and Python would compare them apart.
NUMBER_LIMIT = 2**53


class Known(Protocol):
    """Says whether an id exists.

    `source` is groups, regions, people or categories, or, of actions, statuses.
    """

    def has(self, source: str, value: str) -> bool:
        """Whether there is such a thing, in use."""


class Wrong(Exception):
    """What stands at `path` cannot be accepted."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        self.message = message


Read = Callable[[Any, str], Any]


def read_value(field: Field, op: str, raw: Any, path: str, known: Known | None) -> Any:
    """The value in its stored form, lists as tuples; raises Wrong."""
    one = _reader(field, op, known)
    if op == "between":
        return _read_pair(one, field, raw, path)
    if op in ("in", "not_in") or op.startswith("has_"):
        return _read_list(one, raw, path)
    return one(raw, path)


def _reader(field: Field, op: str, known: Known | None) -> Read:
    match field.type:
        case "choice" | "rank":
            return lambda raw, path: _choice(field, raw, path)
        case "id" | "tree":
            return lambda raw, path: _id(field, raw, path, known)
        case "text" | "list":
            return read_text
        case "instant":
            return _instant
        case "number":
            return _number
        case "custom":
            return _custom_reader(op)


def _custom_reader(op: str) -> Read:
    if op in ("gt", "ge", "lt", "le", "between"):
        return _number
    return read_text if op in ("contains", "not_contains", "starts_with") else _scalar


def _read_list(one: Read, raw: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(raw, list | tuple):
        raise Wrong(path, "must be a list")
    if not raw:
        raise Wrong(path, "needs at least one value")
    if len(raw) > LIST_LIMIT:
        raise Wrong(path, f"must have at most {LIST_LIMIT} values")
    values = [one(item, f"{path}[{index}]") for index, item in enumerate(raw)]
    # By type as well: true is no 1.
    return tuple({(type(value) is bool, value): value for value in values}.values())


def _read_pair(one: Read, field: Field, raw: Any, path: str) -> tuple[Any, Any]:
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise Wrong(path, "must be a list of two values, from and to")
    low, high = (one(item, f"{path}[{index}]") for index, item in enumerate(raw))
    if _rank(field, low) > _rank(field, high):
        raise Wrong(path, "must not end before it begins")
    return low, high


def _rank(field: Field, value: Any) -> Any:
    if field.type == "instant":
        return datetime.fromisoformat(value)
    return list(field.choices).index(value) if field.choices else value


def read_text(raw: Any, path: str, limit: int = TEXT_LIMIT) -> str:
    """Text that says something and that PostgreSQL can store; raises Wrong."""
    if not isinstance(raw, str):
        raise Wrong(path, "must be text")
    if not raw.strip():
        raise Wrong(path, "must not be empty")
    if len(raw) > limit:
        raise Wrong(path, f"must be at most {limit} characters")
    if any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in raw):
        raise Wrong(path, "holds characters that cannot be stored")
    return raw


def read_id(source: str | None, raw: Any, path: str, known: Known | None) -> str:
    """A UUID in its usual form, of something that there is; raises Wrong."""
    try:
        value = str(raw if isinstance(raw, UUID) else UUID(raw))
    except (ValueError, TypeError, AttributeError):
        raise Wrong(path, "must be a UUID") from None
    if known is not None and source is not None and not known.has(source, value):
        raise Wrong(path, f"is not among the {source}")
    return value


def _choice(field: Field, raw: Any, path: str) -> str:
    choices = field.choices or {}
    if field.is_open:
        return read_text(raw, path, 64)
    if not isinstance(raw, str) or raw not in choices:
        raise Wrong(path, f"must be one of {', '.join(choices)}")
    return raw


def _id(field: Field, raw: Any, path: str, known: Known | None) -> str:
    return read_id(field.source, raw, path, known)


def _number(raw: Any, path: str) -> int | float:
    if not isinstance(raw, int | float) or isinstance(raw, bool) or not isfinite(raw):
        raise Wrong(path, "must be a number")
    if abs(raw) > NUMBER_LIMIT:
        raise Wrong(path, f"must be between -{NUMBER_LIMIT} and {NUMBER_LIMIT}")
    return raw


def _scalar(raw: Any, path: str) -> str | int | float | bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return _number(raw, path)
    if not isinstance(raw, str):
        raise Wrong(path, "must be text, a number, true or false")
    return read_text(raw, path)


def _instant(raw: Any, path: str) -> str:
    """ISO 8601 with an offset, kept in UTC."""
    try:
        instant = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
        in_utc = instant.astimezone(UTC) if instant.tzinfo is not None else None
    except (ValueError, TypeError, OverflowError):
        raise Wrong(path, "must be an instant such as 2026-01-31T09:00:00+08:00") from None
    if in_utc is None:
        raise Wrong(path, "must name its time zone, such as 2026-01-31T09:00:00+08:00")
    return in_utc.isoformat().replace("+00:00", "Z")
