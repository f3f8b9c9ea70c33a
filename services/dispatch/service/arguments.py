"""Turns what arrives as JSON into the types that use cases take, naming what is wrong."""

from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.errors import field_error
from libs.common.instants import read_instant

_INTEGER = 2**31


def uuid_of(name: str, value: object) -> UUID:
    """A UUID from its text."""
    try:
        return UUID(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, AttributeError):
        raise field_error(name, "must be a UUID") from None


def optional_uuid(name: str, value: object) -> UUID | None:
    """The same, or None."""
    return None if value is None else uuid_of(name, value)


def uuids_of(name: str, value: object) -> list[UUID]:
    """A list of UUIDs."""
    if not isinstance(value, list):
        raise field_error(name, "must be a list of UUIDs")
    return [uuid_of(name, item) for item in value]


def text_of(name: str, value: object) -> str:
    """A text, without spaces around it; empty for nothing."""
    return optional_text(name, value) or ""


def optional_text(name: str, value: object) -> str | None:
    """A text without spaces around it, or None for nothing."""
    if value is None:
        return None
    if not isinstance(value, str) or "\x00" in value:
        raise field_error(name, "must be a text")
    return value.strip() or None


def optional_count(name: str, value: object) -> int | None:
    """A whole number that is not negative, or None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _INTEGER:
        raise field_error(name, "must be a whole number")
    return value


def limit_of(value: object, most: int) -> int:
    """How many items a page may have."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise field_error("limit", f"must be 1 to {most}", "filter.invalid")
    return value


def number_of(value: object) -> str:
    """A ticket number as text; what is none simply finds no ticket."""
    return value.replace("\x00", "").strip().upper() if isinstance(value, str) else ""


def flag_of(name: str, value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise field_error(name, "must be true or false")
    return value


def instant_of(name: str, value: object) -> datetime:
    """An instant from ISO 8601 with an offset."""
    return read_instant(name, value)


def object_of(name: str, value: object) -> dict[str, Any]:
    """A JSON object; None counts as empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise field_error(name, "must be an object")
    return value


def objects_of(name: str, value: object) -> list[dict[str, Any]]:
    """A list of JSON objects."""
    if not isinstance(value, list):
        raise field_error(name, "must be a list of objects")
    return [object_of(f"{name}[{place}]", item) for place, item in enumerate(value)]
