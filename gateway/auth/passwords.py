"""Passwords by argon2id; a wrong login costs as much time as a wrong password."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from libs.common.errors import Unavailable

# OWASP's minimum (19 MiB, 2 passes, 1 lane) and one pass more: about 30 ms.
_hasher = PasswordHasher(time_cost=3, memory_cost=19_456, parallelism=1)
# Two at a time: a flood of logins must not take every core and gigabytes from those at work.
_places = BoundedSemaphore(2)
_PATIENCE = 5.0  # seconds
_stand_in = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id string to store."""
    return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; for nobody (None) the same work is done, in vain.

    Raises Unavailable when too many are waiting to log in.
    """
    if not _places.acquire(timeout=_PATIENCE):
        raise Unavailable("login.busy", "too many people are logging in", {"retry_after": 5})
    try:
        _hasher.verify(password_hash or _stand_in, password)
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _places.release()
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
