"""The links to surveys: whoever holds one may answer, and nobody guesses one.

A token says which survey it is of and proves that we made it, so that wrong ones cost no look-up.
A code is for texts that should be short: 72 bits, looked up.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from uuid import UUID

_MAC_SIZE = 16
_CODE_SIZE = 9
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_-]{12}", re.ASCII)
_PATH = "/s/"


def make_token(survey_id: UUID, key: bytes) -> str:
    """43 characters that stand in URLs as they are."""
    return _text(survey_id.bytes + _mac(survey_id, key))


def read_token(text: str, keys: Sequence[bytes]) -> UUID | None:
    """The survey of a token that one of the keys has made (rotation), or None."""
    if not _TOKEN.fullmatch(text):
        return None
    raw = base64.urlsafe_b64decode(f"{text}=")
    survey_id, mac = UUID(bytes=raw[:16]), raw[16:]
    # Base64 has spare bits at the end: of several spellings one is ours.
    is_ours = any(hmac.compare_digest(mac, _mac(survey_id, key)) for key in keys)
    return survey_id if is_ours and _text(raw) == text else None


def make_code(survey_id: UUID, key: bytes) -> str:
    """12 characters; without the key nobody knows which."""
    return _text(hmac.digest(key, f"survey code:{survey_id}".encode(), hashlib.sha256)[:_CODE_SIZE])


def is_code(text: str) -> bool:
    """Whether it may be one, so that looking it up is worth while."""
    return bool(_CODE.fullmatch(text))


def path_of(token_or_code: str) -> str:
    """Where the console's public page of a survey is."""
    return f"{_PATH}{token_or_code}"


def _mac(survey_id: UUID, key: bytes) -> bytes:
    return hmac.digest(key, f"survey:{survey_id}".encode(), hashlib.sha256)[:_MAC_SIZE]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
