"""Reads a ticket that somebody has made up to try rules on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libs.common.errors import field_error
from libs.common.instants import read_instant
from services.dispatch.domain.settings import URGENCY_RANKS
from services.dispatch.queries.asking import Asked
from services.dispatch.use_cases.configuration.fields import (
    Field,
    choice,
    identity,
    language,
    line,
    many,
    optional,
    read_fields,
    words,
)

_CATEGORIES = ("new", "open", "pending", "on_hold", "solved", "closed")
_ID = optional(identity)


def _custom(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or len(value) > 100:
        raise field_error(where, "must be an object of at most 100 fields")
    return dict(value)


_FIELDS: dict[str, Field] = {
    "subject": words(500),
    "kind": line(64),
    "urgency": choice(*URGENCY_RANKS),
    "channel": line(64),
    "status": line(64),
    "status_category": choice(*_CATEGORIES),
    "tags": many(line(200), 100),
    "fields": _custom,
    "tier": optional(line(64)),
    "language": optional(language),
    "group_id": _ID,
    "region_id": _ID,
    "customer_id": _ID,
    "assignee_id": _ID,
    "created_at": read_instant,
}


def read_sample(raw: Mapping[str, Any], now: datetime) -> Asked:
    """A new ticket unless the sample says otherwise. Raises InvalidInput naming the fields."""
    usual = {
        "subject": "",
        "kind": "inquiry",
        "urgency": "normal",
        "channel": "manual",
        "status": "unassigned",
        "status_category": "new",
        "tags": [],
        "fields": {},
        "created_at": now.isoformat(),
    }
    read = read_fields({**usual, **raw}, _FIELDS, where="sample")
    header = {"customer_id": None, "group_id": None, **read}
    header["custom_fields"] = header.pop("fields")
    return Asked(header, header.pop("tier", None), header.pop("language", None))
