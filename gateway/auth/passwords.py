"""Passwords by argon2id; a wrong login costs as much time as a wrong password."""

import hashlib
import re
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from libs.common.clock import utc_now
from libs.common.crypto.tokens import same_secret
from libs.common.errors import Unavailable

# OWASP's minimum (19 MiB, 2 passes, 1 lane) and one pass more: about 30 ms.
_hasher = PasswordHasher(time_cost=3, memory_cost=19_456, parallelism=1)
# Two at a time: a flood of logins must not take every core and gigabytes from those at work.
_places = BoundedSemaphore(2)
_PATIENCE = 5.0  # seconds
_stand_in = _hasher.hash("nobody has this password")

# 31 characters that nobody confuses, 17 of them: 84 random bits. In groups, to be read out.
_CLEAR = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS = (4, 4, 4, 5)
_INITIAL = re.compile(r"initial\$sha256\$(\d{1,12})\$([0-9a-f]{64})")
INITIAL_VALID_FOR = timedelta(days=14)


def hash_password(password: str) -> str:
    """The argon2id string to store; raises Unavailable like `is_password`."""
    with _Place():
        return _hasher.hash(_normal(password))


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; for nobody (None) the same work is done, in vain.

    Raises Unavailable when too many are waiting to log in.
    """
    stored = password_hash or ""
    with _Place():
        is_right = _verify(stored if stored.startswith("$argon2") else _stand_in, password)
    if initial := _INITIAL.fullmatch(stored):
        return same_secret(_fast_hash(password), initial[2])
    return is_right and stored.startswith("$argon2")


def needs_rehash(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than today's."""
    return password_hash.startswith("$argon2") and _hasher.check_needs_rehash(password_hash)


def new_initial_password(now: datetime | None = None) -> tuple[str, str]:
    """A random password to hand over once, and the hash to store; for 14 days from `now`.

    The hash is a fast one: nobody tries 2⁸⁴ passwords, and thousands of accounts may be imported.
    """
    parts = ("".join(secrets.choice(_CLEAR) for _ in range(size)) for size in _GROUPS)
    text = "-".join(parts)
    issued = int((now or utc_now()).timestamp())
    return text, f"initial$sha256${issued}${_fast_hash(text)}"


def is_outdated(password_hash: str, now: datetime) -> bool:
    """Whether an initial password was left unused for too long."""
    initial = _INITIAL.fullmatch(password_hash)
    if initial is None:
        return False
    return now >= datetime.fromtimestamp(int(initial[1]), UTC) + INITIAL_VALID_FOR


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _fast_hash(password: str) -> str:
    return hashlib.sha256(password.strip().upper().encode("utf-8", "surrogateescape")).hexdigest()


def _normal(password: str) -> str:
    """Keyboards and systems write the same characters differently (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


class _Place:
    """One of the few who may hash at the same time."""

    def __enter__(self) -> None:
        if not _places.acquire(timeout=_PATIENCE):
            raise Unavailable("login.busy", "too many people are logging in", {"retry_after": 5})

    def __exit__(self, *_: object) -> None:
        _places.release()
