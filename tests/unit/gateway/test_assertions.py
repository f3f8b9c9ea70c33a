"""Tokens of the company's own site."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from gateway.portal.assertions import AUDIENCE, read_assertion, read_signing_key
from libs.common.config import ConfigError
from libs.common.errors import Unauthenticated, Unsupported

KEY = b"a key that the site shares with us, and nobody else in the world"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def signed(key: bytes = KEY, algorithm: str = "HS256", **changed: Any) -> str:
    claims = {
        "jti": "7f3a",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=2)).timestamp()),
        "email": "zhang@example.com",
        "name": "张三",
        **changed,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm)


def test_a_token_of_the_site_introduces_a_customer() -> None:
    found = read_assertion(signed(phone="13800138000"), KEY, NOW)
    assert (found.assertion_id, found.email, found.phone) == (
        "7f3a",
        "zhang@example.com",
        "13800138000",
    )
    assert (found.name, found.language) == ("张三", "zh")


def test_our_audience_is_accepted_and_another_s_is_not() -> None:
    assert read_assertion(signed(aud=AUDIENCE), KEY, NOW)
    with pytest.raises(Unauthenticated):
        read_assertion(signed(aud="somebody-else"), KEY, NOW)


@pytest.mark.parametrize(
    "token",
    [
        signed(key=b"another key, of somebody who guesses, and guesses as long as ours"),
        signed(algorithm="none", key=None),  # type: ignore[arg-type]
        signed(algorithm="HS512"),
        signed(jti=None),
        signed(exp=None),
        signed(iat=None),
        signed(email=None),
        signed(email=7),
        signed(jti="x" * 300),
        signed(exp=int((NOW + timedelta(hours=1)).timestamp())),
        signed(exp=int((NOW - timedelta(minutes=1)).timestamp())),
        signed(iat=int((NOW + timedelta(minutes=1)).timestamp())),
        signed(exp=1e300),
        signed(exp="soon"),
        "",
        "a.b.c",
        "no token at all",
    ],
)
def test_any_other_token_is_refused_in_the_same_words(token: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        read_assertion(token, KEY, NOW)
    assert refused.value.code == "assertion.refused"


def test_without_a_shared_key_no_site_speaks_for_anybody() -> None:
    with pytest.raises(Unsupported):
        read_assertion(signed(), None, NOW)
    assert read_signing_key({}) is None


def test_a_short_key_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigError, match="PORTAL_SIGNING_KEY"):
        read_signing_key({"PORTAL_SIGNING_KEY": "short"})
