"""Turns what arrives as JSON into the types that use cases take, naming what is wrong."""

from datetime import datetime
from uuid import UUID

from libs.common.arguments import (
    count_of,
    flag_of,
    number_of,
    optional_count,
    optional_uuid,
    uuid_of,
)
from libs.common.errors import field_error
from libs.common.instants import read_instant

__all__ = [
    "count_of",
    "flag_of",
    "instant_of",
    "number_of",
    "numbers_of",
    "object_of",
    "optional_count",
    "optional_instant",
    "optional_text",
    "optional_uuid",
    "uuid_of",
    "uuids_of",
    "words_of",
]


def uuids_of(name: str, value: object) -> list[UUID]:
    """A list of UUIDs; None counts as empty."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise field_error(name, "must be a list of UUIDs")
    return [uuid_of(name, item) for item in value]


def numbers_of(name: str, value: object) -> list[str]:
    """A list of ticket numbers, each once; None counts as empty."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise field_error(name, "must be a list of ticket numbers")
    return list(dict.fromkeys(number_of(item) for item in value))


def words_of(name: str, value: object) -> list[str]:
    """A list of words."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise field_error(name, "must be a list of words")
    return value


def optional_text(name: str, value: object) -> str | None:
    """A text that the database can hold; raises InvalidInput."""
    if value is not None and not isinstance(value, str):
        raise field_error(name, "must be text")
    return None if value is None else value.replace("\x00", "")


def object_of(name: str, value: object) -> dict[str, object]:
    """A JSON object; None counts as empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise field_error(name, "must be an object")
    return value


def instant_of(name: str, value: object) -> datetime:
    """An instant from ISO 8601 with an offset."""
    return read_instant(name, value)


def optional_instant(name: str, value: object) -> datetime | None:
    """The same where there may be none."""
    return None if value is None else instant_of(name, value)
