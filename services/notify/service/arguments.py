"""What callers of notify's RPC must have meant; each refusal names its argument."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from libs.common.errors import field_error
from libs.common.instants import read_instant

Choice = TypeVar("Choice", bound=StrEnum)

_LANGUAGES = ("zh", "en")
_CODE = re.compile(r"[0-9A-Za-z]{4,16}")
_SHORTEST, _LONGEST = 60, 86_400  # seconds that a code is valid


def id_of(field: str, text: object) -> UUID:
    try:
        return UUID(text)  # type: ignore[arg-type]
    except (ValueError, AttributeError, TypeError):
        raise field_error(field, "not an id") from None


def flag_of(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise field_error(field, "must be true or false")
    return value


def limit_of(value: object, most: int) -> int:
    if not _is_number(value, 1, most):
        raise field_error("limit", f"must be 1 to {most}")
    return value  # type: ignore[return-value]


def choice_of(field: str, kind: type[Choice], value: object) -> Choice:
    try:
        return kind(str(value))
    except ValueError:
        raise field_error(field, f"must be one of {', '.join(kind)}") from None


def language_of(value: object) -> str:
    if value not in _LANGUAGES:
        raise field_error("language", f"must be one of {', '.join(_LANGUAGES)}")
    return str(value)


def text_of(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise field_error(field, "must be text")
    return value


def code_of(value: object) -> str:
    """Never repeated in a refusal."""
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise field_error("code", "must be 4 to 16 letters or digits")
    return value


def valid_seconds_of(value: object) -> int:
    if not _is_number(value, _SHORTEST, _LONGEST):
        raise field_error("valid_seconds", f"must be {_SHORTEST} to {_LONGEST}")
    return value  # type: ignore[return-value]


def values_of(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise field_error("values", "must be an object")
    return value


def version_of(value: object) -> int | None:
    if value is not None and not _is_number(value, 1, 2**31):
        raise field_error("version", "must be a number")
    return value  # type: ignore[return-value]


def instant_of(field: str, value: object) -> datetime:
    """An instant from ISO 8601 with an offset."""
    return read_instant(field, value)


def _is_number(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
