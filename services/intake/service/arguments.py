"""Turns what arrives as JSON into the types that use cases take, naming what is wrong."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from libs.common.arguments import (
    optional_count,
    uuid_of,
)
from libs.common.errors import field_error
from libs.common.instants import read_instant

__all__ = [
    "object_of",
    "optional_count",
    "optional_instant",
    "optional_text",
    "text_of",
    "texts_of",
    "uuid_of",
]


def optional_text(name: str, value: object) -> str | None:
    """A text, or None for nothing."""
    if value is not None and not isinstance(value, str):
        raise field_error(name, "must be a text")
    return value or None


def text_of(name: str, value: object) -> str:
    """A text, empty for nothing."""
    return optional_text(name, value) or ""


def texts_of(name: str, value: object) -> Sequence[str]:
    """A list of texts; None counts as empty."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise field_error(name, "must be a list of texts")
    return value


def optional_instant(name: str, value: object) -> datetime | None:
    """An instant from ISO 8601 with an offset, or None."""
    return None if value is None else read_instant(name, value)


def object_of(name: str, value: object) -> dict[str, Any]:
    """A JSON object; None counts as empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise field_error(name, "must be an object")
    return value
