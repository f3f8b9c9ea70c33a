"""Turns what arrives as JSON into the types that use cases take, naming what is wrong."""

from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.arguments import (
    day_of,
    number_of,
    optional_count,
    uuid_of,
)
from libs.common.conditions import URGENCIES
from libs.common.errors import field_error
from libs.common.instants import read_instant

__all__ = [
    "day_of",
    "number_of",
    "object_of",
    "optional_count",
    "optional_instant",
    "sample_of",
    "uuid_of",
    "uuids_of",
]


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


def optional_instant(name: str, value: object) -> datetime | None:
    """An instant from ISO 8601 with an offset, or None."""
    return None if value is None else read_instant(name, value)


_TEXTS = ("kind", "urgency", "channel", "status", "subject", "tier", "language")
_IDS = ("customer_id", "group_id", "region_id", "assignee_id")


def sample_of(value: object) -> dict[str, Any]:
    """A ticket that might come, with whatever of it conditions should see."""
    sample = object_of("sample", value)
    tags, fields = sample.get("tags"), sample.get("fields")
    if tags is not None and not (isinstance(tags, list) and all(isinstance(t, str) for t in tags)):
        raise field_error("sample.tags", "must be a list of texts")
    if fields is not None:
        object_of("sample.fields", fields)
    for name in _TEXTS:
        if sample.get(name) is not None and not isinstance(sample[name], str):
            raise field_error(f"sample.{name}", "must be a text")
    for name in _IDS:
        if sample.get(name) is not None:
            uuid_of(f"sample.{name}", sample[name])
    if sample.get("urgency") not in (None, *URGENCIES):
        raise field_error("sample.urgency", f"must be one of {', '.join(URGENCIES)}")
    began = optional_instant("sample.created_at", sample.get("created_at"))
    return {**sample, "created_at": began}
