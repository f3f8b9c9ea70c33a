"""Random tokens that are shown once and stored as hashes only."""

import hashlib
import hmac
import secrets


def new_token(prefix: str) -> str:
    """A token of 256 random bits; the prefix tells people and secret scanners what it opens."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> bytes:
    """SHA-256 (32 bytes), to be stored and looked up.

    Fast on purpose: a random token cannot be guessed, unlike a password (argon2 in the gateway).
    """
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def same_secret(left: str | bytes, right: str | bytes) -> bool:
    """Equality that takes the same time wherever two values of one length differ."""
    return hmac.compare_digest(_bytes(left), _bytes(right))


def _bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
