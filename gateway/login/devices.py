"""Browsers that have logged a person in before: a signed cookie says so, and opens nothing.

It keeps those who guess a person's password elsewhere from keeping the person out.
"""

import re
import secrets
from datetime import timedelta

from libs.common.crypto import BlindIndex
from libs.common.crypto.tokens import same_secret

LASTS = timedelta(days=180)
_FORM = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})")


def mark_device(index: BlindIndex, login: str) -> str:
    """The cookie for a browser that has just logged this person in."""
    device = secrets.token_hex(16)
    return f"{device}.{_signature(index, device, login)}"


def known_device(index: BlindIndex, cookie: str | None, login: str) -> str | None:
    """The device's id, if the cookie is ours and was made for this login."""
    found = _FORM.fullmatch(cookie or "")
    if found is None or not same_secret(found[2], _signature(index, found[1], login)):
        return None
    return found[1]


def _signature(index: BlindIndex, device: str, login: str) -> str:
    return index.of("device", f"{device}:{login.strip().lower()}").hex()
