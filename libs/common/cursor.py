"""Cursors of lists: where the last page ended, as text that clients hand back unread.

A cursor is not a secret and not signed: it only says where to go on, never what may be seen.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from libs.common.errors import InvalidInput, field_error

_BIGINT = 2**63


def encode_cursor(values: Sequence[Any]) -> str:
    """Strings, whole numbers, aware datetimes, UUIDs and None, as URL-safe text."""
    body = orjson.dumps([_pack(value) for value in values])
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def decode_cursor(text: str, count: int, *kinds: type) -> list[Any]:
    """The values that were encoded, with their types.

    Raises InvalidInput naming `cursor` unless there are `count`, and of `kinds` where given.
    """
    try:
        packed = orjson.loads(base64.b64decode(_padded(text), altchars=b"-_", validate=True))
        values = [_unpack(value) for value in packed]
    except (binascii.Error, ValueError, TypeError, AttributeError, UnicodeError, OverflowError):
        raise _refusal() from None
    fits = all(isinstance(value, kind) for value, kind in zip(values, kinds, strict=False))
    if not isinstance(packed, list) or len(values) != count or not fits:
        raise _refusal()
    return values


def _padded(text: str) -> bytes:
    return (text + "=" * (-len(text) % 4)).encode("ascii")


def _pack(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, UUID):
        return {"u": str(value)}
    return value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        [(kind, content)] = value.items()
        return _instant(content) if kind == "t" else _uuid(kind, content)
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("NUL")
    if isinstance(value, bool | float | list) or (
        isinstance(value, int) and not -_BIGINT <= value < _BIGINT
    ):
        raise ValueError("not a cursor's value")
    return value


def _instant(content: str) -> datetime:
    """In UTC: PostgreSQL does not take every offset that ISO 8601 allows."""
    instant = datetime.fromisoformat(content)
    if instant.tzinfo is None:
        raise ValueError("naive")
    return instant.astimezone(UTC)


def _uuid(kind: str, content: str) -> UUID:
    if kind != "u":
        raise ValueError("unknown kind")
    return UUID(content)


def _refusal() -> InvalidInput:
    return field_error("cursor", "is not one that this list has given", "cursor.invalid")
