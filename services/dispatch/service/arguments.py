"""Turns what arrives as JSON into the types that use cases take, naming what is wrong."""

from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.arguments import (
    flag_of,
    number_of,
    optional_count,
    optional_uuid,
    uuid_of,
)
from libs.common.errors import field_error
from libs.common.instants import read_instant

__all__ = [
    "flag_of",
    "instant_of",
    "limit_of",
    "number_of",
    "object_of",
    "objects_of",
    "optional_count",
    "optional_text",
    "optional_uuid",
    "text_of",
    "uuid_of",
    "uuids_of",
]


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


def limit_of(value: object, most: int) -> int:
    """How many items a page may have."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise field_error("limit", f"must be 1 to {most}", "filter.invalid")
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
