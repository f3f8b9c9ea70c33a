"""What other systems know of a customer: orders, parcels, devices, contracts, in one form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from libs.common.errors import InvalidInput, field_error
from services.intake.domain.texts import clean_line, required_line

KINDS = ("order", "parcel", "device", "contract", "invoice", "account", "other")
MAX_SOURCE = 40
MAX_KEY = 100
MAX_TITLE = 200
MAX_STATE = 40
MAX_FACTS = 30
_MAX_LABEL, _MAX_VALUE, _MAX_URL = 60, 500, 1_000


@dataclass(frozen=True)
class ExternalRecord:
    """One thing that `source` (shop, ERP …) keeps under `key`.

    `facts` are pairs of label and value, as they are to be shown. `url` leads there.
    """

    source: str
    kind: str
    key: str
    title: str
    happened_at: datetime
    state: str | None = None
    url: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


def read_record(
    source: object, kind: object, key: object, content: Mapping[str, Any], happened_at: datetime
) -> ExternalRecord:
    """What somebody has sent, storable; raises InvalidInput naming the field."""
    if kind not in KINDS:
        raise field_error("kind", f"must be one of {', '.join(KINDS)}", "field.unknown_value")
    if unknown := sorted(content.keys() - {"title", "state", "url", "facts"}):
        raise field_error(unknown[0], "unknown field", "field.unknown")
    return ExternalRecord(
        source=_short("source", source, MAX_SOURCE),
        kind=str(kind),
        key=_short("key", key, MAX_KEY),
        title=required_line("title", content.get("title"), MAX_TITLE),
        happened_at=happened_at,
        state=_optional("state", content.get("state"), MAX_STATE),
        url=_address(content.get("url")),
        facts=_facts(content.get("facts") or []),
    )


def _short(field: str, value: object, limit: int) -> str:
    """A line by which something is found again: never cut."""
    line = required_line(field, value, limit + 1)
    if len(line) > limit:
        raise field_error(field, f"must be at most {limit} characters", "field.too_long")
    return line


def _optional(field: str, value: object, limit: int) -> str | None:
    if value is not None and not isinstance(value, str):
        raise field_error(field, "must be a text")
    return clean_line(value or "", limit) or None


def _address(value: object) -> str | None:
    if value is None or value == "":
        return None
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise field_error("url", "must be an address that begins with https:// or http://")
    if len(str(value)) > _MAX_URL:
        raise field_error("url", f"must be at most {_MAX_URL} characters", "field.too_long")
    return clean_line(str(value), _MAX_URL)


def _facts(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise field_error("facts", "must be a list")
    if len(value) > MAX_FACTS:
        raise field_error("facts", f"must have at most {MAX_FACTS} members", "field.too_long")
    errors = {
        f"facts[{place}]": ["must be an object with the texts label and value"]
        for place, one in enumerate(value)
        if not _is_fact(one)
    }
    if errors:
        raise InvalidInput("field.invalid", "facts: wrong members", {"errors": errors})
    return tuple(
        (clean_line(one["label"], _MAX_LABEL), clean_line(one["value"], _MAX_VALUE))
        for one in value
    )


def _is_fact(one: object) -> bool:
    return (
        isinstance(one, Mapping)
        and one.keys() == {"label", "value"}
        and all(isinstance(text, str) for text in one.values())
        and bool(clean_line(one["label"], _MAX_LABEL))
    )
