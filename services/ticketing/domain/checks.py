"""Refuses input that a ticket cannot hold, naming the field; makes the rest storable."""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import Any

from libs.common.errors import InvalidInput, field_error

SUBJECT_LIMIT = 200
TEXT_LIMIT = 65_536
REASON_LIMIT = 2_000
_FIELD_NAME_LIMIT = 64
_FIELD_VALUE_LIMIT = 4_000
_FIELDS_LIMIT = 200
_TAG_LIMIT = 40
TAGS_LIMIT = 30
ATTACHMENTS_LIMIT = 20


def storable(value: Any) -> Any:
    """The same without NUL characters, which PostgreSQL does not store, however deep they sit."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, Mapping):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def required_text(field: str, value: object, limit: int = TEXT_LIMIT) -> str:
    """Text that says something; raises InvalidInput naming `field`."""
    text = optional_text(field, value, limit)
    if not text:
        raise field_error(field, "is required", "field.required")
    return text


def optional_text(field: str, value: object, limit: int = REASON_LIMIT) -> str | None:
    """Text without blanks around it, or None where there is none."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise field_error(field, "must be text")
    text = str(storable(value)).strip()
    if len(text) > limit:
        raise field_error(field, f"must be at most {limit} characters", "field.too_long")
    return text or None


def one_of(field: str, value: object, choices: Collection[str]) -> str:
    """One of the known words."""
    if not isinstance(value, str) or value not in choices:
        raise field_error(field, f"must be one of {', '.join(choices)}", "field.unknown_value")
    return value


def custom_fields(field: str, value: object) -> dict[str, Any]:
    """Structured fields: names to text, numbers, truth values, lists of these, or null."""
    if not isinstance(value, Mapping):
        raise field_error(field, "must be an object")
    refuse_many(field, value)
    problems = {
        f"{field}.{name}": ["must be short text, a number, true, false or a list of these"]
        for name, item in value.items()
        if not _is_field(name, item)
    }
    if problems:
        raise InvalidInput("field.invalid", f"{field}: wrong members", {"errors": problems})
    cleaned: dict[str, Any] = storable(value)
    return cleaned


def refuse_many(field: str, members: Mapping[str, Any]) -> None:
    """More structured fields than a ticket holds."""
    if len(members) > _FIELDS_LIMIT:
        raise field_error(field, f"must have at most {_FIELDS_LIMIT} members", "field.too_long")


def _is_field(name: object, item: object) -> bool:
    if not isinstance(name, str) or not 0 < len(name) <= _FIELD_NAME_LIMIT:
        return False
    values = item if isinstance(item, list) else [item]
    return len(values) <= _FIELDS_LIMIT and all(
        value is None
        or isinstance(value, bool | int)
        or (isinstance(value, float) and isfinite(value))
        or (isinstance(value, str) and len(value) <= _FIELD_VALUE_LIMIT)
        for value in values
    )


def tag_list(field: str, value: object) -> list[str]:
    """Tags without blanks and repeats, in the given order."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise field_error(field, "must be a list")
    if len(value) > TAGS_LIMIT:
        raise field_error(field, f"must have at most {TAGS_LIMIT} members", "field.too_long")
    return list(dict.fromkeys(required_text(field, tag, _TAG_LIMIT) for tag in value))


def subject_of(subject: str, text: str) -> str:
    """A subject for a message that may have none: never refused, cut to its limit."""
    first_line = next((line for line in storable(text).splitlines() if line.strip()), "")
    chosen = " ".join(str(storable(subject)).split()) or first_line.strip() or "(无主题)"
    return chosen[:SUBJECT_LIMIT]
