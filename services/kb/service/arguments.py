"""Turns what arrives as JSON into the types that use cases take, naming what is wrong."""

from typing import Any
from uuid import UUID

from libs.common.arguments import (
    count_of,
    day_of,
    flag_of,
    optional_count,
    optional_uuid,
    uuid_of,
)
from libs.common.errors import field_error

__all__ = [
    "count_of",
    "day_of",
    "flag_of",
    "object_of",
    "optional_count",
    "optional_uuid",
    "reason_of",
    "remark_of",
    "text_of",
    "uuid_of",
    "uuids_of",
]

_REMARK = 2_000  # characters


def uuids_of(name: str, value: object) -> list[UUID]:
    """A list of UUIDs."""
    if not isinstance(value, list):
        raise field_error(name, "must be a list of UUIDs")
    return [uuid_of(name, item) for item in value]


def object_of(name: str, value: object) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise field_error(name, "must be an object")
    return value


def text_of(name: str, value: object) -> str:
    """A text; empty for none."""
    if value is not None and not isinstance(value, str):
        raise field_error(name, "must be a text")
    return (value or "").replace("\0", "")


def remark_of(name: str, value: object) -> str | None:
    """A few lines, or None for nothing."""
    remark = text_of(name, value).strip()
    if len(remark) > _REMARK:
        raise field_error(name, f"must be at most {_REMARK} characters")
    return remark or None


def reason_of(name: str, value: object) -> str:
    """A few lines that must be there."""
    remark = remark_of(name, value)
    if remark is None:
        raise field_error(name, "is required", "field.required")
    return remark
