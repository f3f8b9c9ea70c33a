"""Tokens by which the company's own site says who a customer is (JWT, HS256; RFC 7519).

Claims: `jti` (each is good for one session), `exp` at most five minutes ahead, `iat`, `email` or
`phone`, and perhaps `name` and `language`. The audience, if given, is `tidedesk-portal`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.storage.portal import PortalAssertion
from libs.common.config import ConfigError
from libs.common.errors import Unauthenticated, Unsupported

AUDIENCE = "tidedesk-portal"
_LONGEST = timedelta(minutes=5)
_LEEWAY = timedelta(seconds=30)
_LEAST_KEY = 32  # bytes


@dataclass(frozen=True)
class Introduction:
    """Whom the site introduces."""

    assertion_id: str
    expires_at: datetime
    email: str | None
    phone: str | None
    name: str | None
    language: str


def read_signing_key(environ: Mapping[str, str] | None = None) -> bytes | None:
    """PORTAL_SIGNING_KEY, shared with the company's site; None: no site signs for us."""
    env = os.environ if environ is None else environ
    key = env.get("PORTAL_SIGNING_KEY", "").encode()
    if key and len(key) < _LEAST_KEY:
        raise ConfigError(f"PORTAL_SIGNING_KEY must have at least {_LEAST_KEY} characters")
    return key or None


def read_assertion(token: str, key: bytes | None, now: datetime) -> Introduction:
    """Whom it introduces; raises Unauthenticated, the same way whatever is wrong with it."""
    if key is None:
        raise Unsupported("assertion.not_configured", "no site signs for this portal")
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=AUDIENCE,
            leeway=_LEEWAY,
            options={
                "require": ["exp", "iat", "jti"],
                "verify_aud": "aud" in _unverified(token),
                # By our own clock, below.
                "verify_exp": False,
                "verify_iat": False,
            },
        )
        return _introduction(claims, now)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        raise _refused() from None


def use_once(session: Session, introduction: Introduction) -> None:
    """Raise Unauthenticated if the token has been used before; the caller commits."""
    used = insert(PortalAssertion).values(
        assertion_id=introduction.assertion_id, expires_at=introduction.expires_at
    )
    kept = session.execute(used.on_conflict_do_nothing().returning(PortalAssertion.assertion_id))
    if kept.first() is None:
        raise _refused()


def _introduction(claims: Mapping[str, object], now: datetime) -> Introduction:
    begins, ends = _instant(claims["iat"]), _instant(claims["exp"])
    if not begins - _LEEWAY <= now < ends + _LEEWAY or ends - begins > _LONGEST:
        raise ValueError("outside its time")
    email, phone, name = (_text(claims.get(one)) for one in ("email", "phone", "name"))
    assertion_id = _text(claims["jti"])
    if not assertion_id or len(assertion_id) > 200 or not (email or phone):
        raise ValueError("incomplete")
    language = _text(claims.get("language")) or "zh"
    return Introduction(
        assertion_id, ends + _LEEWAY, email, phone, name, "en" if language == "en" else "zh"
    )


def _unverified(token: str) -> Mapping[str, object]:
    claims: Mapping[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _instant(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no instant")
    return datetime.fromtimestamp(value, UTC)


def _text(value: object) -> str | None:
    if value is not None and (not isinstance(value, str) or "\0" in value or len(value) > 300):
        raise ValueError("no text")
    return value or None


def _refused() -> Unauthenticated:
    return Unauthenticated("assertion.refused", "the token is not valid, or was used already")
