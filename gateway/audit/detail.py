"""What an entry says beyond its columns: which fields changed, from what to what.

Canonical JSON, bounded, and without contents: contact data, texts and secrets count as changed
(`true`), whatever they were.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from libs.common.logs import redact

MAX_DETAIL = 4_000  # bytes
# A step of a policy in a list, its actions, their parts; conditions of rules, five levels deep.
_MAX_DEPTH = 14
_MAX_ITEMS = 100
_BIGGEST = 2**53  # what every reader of JSON takes for a whole number
_MAX_TEXT = 300  # characters

# Names of fields whose values never enter the log, also as parts of longer names.
WITHHELD = (
    *("password", "token", "secret", "captcha", "otp", "totp", "recovery", "cookie"),
    *("email", "phone", "mobile", "contact", "address_line"),
    *("text", "html", "body", "description", "subject", "note", "reason", "comment", "content"),
)
# … but these say nothing about anybody.
_HARMLESS = frozenset({"needs_totp", "must_change_password", "is_verified"})


def dump_detail(detail: Mapping[str, Any]) -> str | None:
    """The detail as it is kept; None for nothing. What is too long is told by its size alone."""
    if not detail:
        return None
    body = _dump(_withhold(detail, 0))
    if len(body) > MAX_DETAIL:
        body = _dump({"truncated": True, "bytes": len(body), "fields": sorted(detail)[:20]})
    return body.decode()


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS)


def _withhold(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping | list | tuple | set | frozenset) and depth > _MAX_DEPTH:
        return True
    if isinstance(value, Mapping):
        named = {str(_clean(str(name))): inner for name, inner in value.items()}
        return {name: _plain(name, inner, depth) for name, inner in named.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_withhold(inner, depth + 1) for inner in list(value)[:_MAX_ITEMS]]
    return _clean(value)


def _plain(name: str, value: Any, depth: int) -> Any:
    is_known = value is None or isinstance(value, bool)
    if not is_known and name not in _HARMLESS and any(word in name.lower() for word in WITHHELD):
        return True
    return _withhold(value, depth + 1)


def _clean(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > _BIGGEST:
        return str(value)
    if not isinstance(value, str):
        return value
    # Cut first: masking a long text takes its time.
    short = value if len(value) <= _MAX_TEXT else f"{value[:_MAX_TEXT]}…"
    return redact(short.replace("\0", "").encode("utf-8", "replace").decode())
