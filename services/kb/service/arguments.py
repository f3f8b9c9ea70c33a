"""Turns what arrives as JSON into the types that use cases take, naming what is wrong."""

from datetime import date
from typing import Any
from uuid import UUID

from libs.common.errors import field_error

_INTEGER = 2**31
_REMARK = 2_000  # characters


def uuid_of(name: str, value: object) -> UUID:
    """A UUID from its text."""
    try:
        return UUID(value)  # type: ignore[arg-type]
    except (ValueError, AttributeError, TypeError):
        raise field_error(name, "must be a UUID") from None


def optional_uuid(name: str, value: object) -> UUID | None:
    """The same, or None."""
    return None if value is None else uuid_of(name, value)


def uuids_of(name: str, value: object) -> list[UUID]:
    """A list of UUIDs."""
    if not isinstance(value, list):
        raise field_error(name, "must be a list of UUIDs")
    return [uuid_of(name, item) for item in value]


def count_of(name: str, value: object) -> int:
    """A whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _INTEGER:
        raise field_error(name, "must be a whole number")
    return value


def optional_count(name: str, value: object) -> int | None:
    """The same, or None."""
    return None if value is None else count_of(name, value)


def object_of(name: str, value: object) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise field_error(name, "must be an object")
    return value


def flag_of(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise field_error(name, "must be true or false")
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


def day_of(name: str, value: object) -> date:
    """A day such as 2026-10-01."""
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        raise field_error(name, "must be a day such as 2026-10-01") from None
