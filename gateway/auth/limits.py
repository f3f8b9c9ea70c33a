"""Rate limits: requests per minute of a person, an API key, and an address that nobody knows.

Counted in the database, so that all gateway processes share them.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from flask import Flask, Response, g, request

from gateway.auth.caller import Caller
from gateway.parts import parts
from libs.common.config import ConfigError
from libs.common.database.trouble import is_database_trouble
from libs.common.errors import TooMany

_WINDOW = 60  # seconds


@dataclass(frozen=True)
class Limits:
    """Requests per minute."""

    person: int = 1_200
    api_key: int = 600
    address: int = 1_200

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Limits":
        """Raises ConfigError naming the first wrong variable."""
        env = os.environ if environ is None else environ
        return cls(
            person=_count(env, "RATE_PER_PERSON", cls.person),
            api_key=_count(env, "RATE_PER_KEY", cls.api_key),
            address=_count(env, "RATE_PER_ADDRESS", cls.address),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What is allowed in a minute, what is left of it, and the seconds until it begins anew."""

    limit: int
    remaining: int
    reset: int


def window_of(now: datetime) -> datetime:
    """The minute in which an instant lies."""
    return now.replace(second=0, microsecond=0)


def install_limits(app: Flask) -> None:
    """Tell every client where it stands."""
    app.after_request(_tell)


def limit_caller(who: Caller) -> None:
    """Raise TooMany beyond the caller's limit; the look-up has counted the request already."""
    limits = parts().limits
    own = who.rate_per_minute or (limits.api_key if who.kind == "api_key" else limits.person)
    _check(who.hits, own)


def limit_address() -> None:
    """For requests whose sender nobody vouches for: count them, and raise TooMany beyond."""
    key = f"address:{source_of(request.remote_addr or '')}"
    try:
        hits = parts().lookups.count(key, window_of(parts().clock()))
    except Exception as error:
        # Whoever is let in without a database is let in to little: the refusal comes all the same.
        if not is_database_trouble(error):
            raise
        return
    _check(hits, parts().limits.address)


def source_of(address: str) -> str:
    """What counts as one sender: of IPv6 the /64, from which anybody may pick addresses at will."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def _check(hits: int, limit: int) -> None:
    reset = _WINDOW - parts().clock().second
    g.standing = Standing(limit, max(limit - hits, 0), reset)
    if hits > limit:
        raise TooMany(
            "rate.limited",
            f"more than {limit} requests in a minute",
            {"retry_after": reset},
        )


def _tell(response: Response) -> Response:
    """The three fields of draft-ietf-httpapi-ratelimit-headers (up to -06), widely understood."""
    if standing := g.get("standing"):
        response.headers["RateLimit-Limit"] = str(standing.limit)
        response.headers["RateLimit-Remaining"] = str(standing.remaining)
        response.headers["RateLimit-Reset"] = str(standing.reset)
    return response


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not (value.isascii() and value.isdecimal() and 0 < int(value) < 10**9):
        raise ConfigError(f"{name} must be a positive number (found {value!r})")
    return int(value)
