"""Headers that keep browsers from doing with our answers what we did not mean."""

import os
from collections.abc import Mapping
from functools import partial

from flask import Flask, Response, request

from libs.common.config import ConfigError

_YEAR = 31_536_000  # seconds
_FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # Of what pages may ask a browser for, we need none.
    (
        "Permissions-Policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), "
        "midi=(), display-capture=(), accelerometer=(), gyroscope=(), magnetometer=()",
    ),
)


def protect_answers(app: Flask, policy: str, environ: Mapping[str, str] | None = None) -> None:
    """On every answer, with `policy` (CSP) and no caching unless a view has set its own.

    Raises ConfigError for a wrong HSTS_SUBDOMAINS.
    """
    app.after_request(partial(_protect, policy, _transport_security(environ)))


def _transport_security(environ: Mapping[str, str] | None) -> str:
    """RFC 6797, for a year; also for hosts below ours, unless HSTS_SUBDOMAINS is `no`."""
    env = os.environ if environ is None else environ
    chosen = env.get("HSTS_SUBDOMAINS") or "yes"
    if chosen not in ("yes", "no"):
        raise ConfigError(f"HSTS_SUBDOMAINS must be yes or no (found {chosen!r})")
    return f"max-age={_YEAR}" + ("; includeSubDomains" if chosen == "yes" else "")


def _protect(policy: str, transport_security: str, response: Response) -> Response:
    headers = response.headers
    headers.extend(_FIXED)
    headers.setdefault("Content-Security-Policy", policy)
    # Tickets belong in no cache, neither a proxy's nor that of a shared computer.
    headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        headers["Strict-Transport-Security"] = transport_security
    return response
