"""Turns what RPC brings as JSON into types, naming what is wrong; what all services read alike."""

from datetime import date
from uuid import UUID

from libs.common.errors import field_error

_INTEGER = 2**31


def uuid_of(name: str, value: object) -> UUID:
    """A UUID from its text."""
    try:
        return UUID(value)  # type: ignore[arg-type]
    except (ValueError, AttributeError, TypeError):
        raise field_error(name, "must be a UUID") from None


def optional_uuid(name: str, value: object) -> UUID | None:
    """The same, or None."""
    return None if value is None else uuid_of(name, value)


def count_of(name: str, value: object) -> int:
    """A whole number that is not negative and fits the database's integers."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _INTEGER:
        raise field_error(name, "must be a whole number")
    return value


def optional_count(name: str, value: object) -> int | None:
    """The same, or None."""
    return None if value is None else count_of(name, value)


def flag_of(name: str, value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise field_error(name, "must be true or false")
    return value


def number_of(value: object) -> str:
    """A ticket number as text; what is none simply finds no ticket."""
    return value.replace("\x00", "").strip().upper() if isinstance(value, str) else ""


def day_of(name: str, value: object) -> date:
    """A day such as 2026-10-01."""
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        raise field_error(name, "must be a day such as 2026-10-01") from None
