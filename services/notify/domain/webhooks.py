"""Webhooks: what they want to hear, how it is signed, how long it is tried, when it ends.

The signature is that of Standard Webhooks
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from libs.common.errors import field_error

SECRET_BYTES = 24
MAX_TYPES = 50
MAX_WEBHOOKS = 100
LANES_OF_ONE = 2
AN_OUTAGE = 10  # failures in a row after which a success means that the receiver is back
LEASE = timedelta(seconds=40)
TIMEOUT = 10.0  # seconds for a whole request
OVERLAP = timedelta(hours=24)
GIVE_UP_AFTER = timedelta(days=3)
PING = "webhook.ping"

_SECRET = "whsec_"
_EVERYTHING = "*"
_PATTERN = re.compile(r"\*|[a-z_]+\.(\*|[a-z_]+(\.v\d+)?)")
_RETRIES = (5, 30, 120, 600, 1_800, 3_600, 7_200)  # seconds; the last one from then on
_LONGEST_WISH = 3_600.0  # seconds of Retry-After that are obeyed
_FAILURES = 100
_FAILING_FOR = timedelta(days=1)
_FREE_FAILURES = 3
_LONGEST_PAUSE = 60  # seconds


class DeliveryStatus(StrEnum):
    """The life of one event on its way to one webhook.

    `dropped`: the webhook was switched off before it was its turn.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class DisabledReason(StrEnum):
    """Why a webhook is off: its receiver said 410, or nothing good for a day; or somebody did."""

    GONE = "gone"
    FAILING = "failing"
    BY_HAND = "by_hand"


def parse_types(patterns: Sequence[object], known: Collection[str]) -> list[str]:
    """`ticket.created`, `ticket.*` or `*`, each once; raises InvalidInput naming `types`."""
    if not 1 <= len(patterns) <= MAX_TYPES:
        raise field_error("types", f"must be 1 to {MAX_TYPES} types")
    for pattern in patterns:
        if not isinstance(pattern, str) or not _PATTERN.fullmatch(pattern):
            raise field_error("types", f"not a type or pattern: {pattern!r:.100}")
        if not any(wants([pattern], one) for one in known):
            raise field_error("types", f"there is no type {pattern!r:.100}")
    return list(dict.fromkeys(str(one) for one in patterns))


def wants(patterns: Sequence[str], event_type: str) -> bool:
    """Whether a webhook with these patterns hears of such an event."""
    aggregate = event_type.partition(".")[0]
    return any(one in (_EVERYTHING, event_type, f"{aggregate}.*") for one in patterns)


def stream_of(event_type: str, subject: str) -> str:
    """What keeps its order: the events of one thing."""
    return f"{event_type.partition('.')[0]}:{subject}"


def write_secret(random: bytes) -> str:
    """As receivers are given it."""
    return _SECRET + base64.b64encode(random).decode()


def sign(webhook_id: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> str:
    """The signature header's value: one signature under each secret that is good now."""
    signed = b"%s.%d.%s" % (webhook_id.encode(), timestamp, body)
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(_key(one), signed, hashlib.sha256)).decode()
        for one in secrets
    )


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_SECRET), validate=True)
    except binascii.Error:
        raise ValueError("not a secret of a webhook") from None


def next_attempt(
    attempts: int, queued_at: datetime, now: datetime, retry_after: float | None = None
) -> datetime | None:
    """When to try again after the `attempts`-th failure; None once three days are over.

    The very last attempt is made when they are.
    """
    end = queued_at + GIVE_UP_AFTER
    if now >= end:
        return None
    pause = float(_RETRIES[min(attempts, len(_RETRIES)) - 1])
    if retry_after is not None:
        pause = max(pause, min(retry_after, _LONGEST_WISH))
    return min(now + timedelta(seconds=pause), end)


def pause_after(failures: int) -> timedelta:
    """How long a webhook as a whole is left alone after so many failures in a row."""
    if failures < _FREE_FAILURES:
        return timedelta()
    return timedelta(seconds=min(2 ** min(failures - _FREE_FAILURES, 10), _LONGEST_PAUSE))


def is_hopeless(failures: int, failing_since: datetime | None, now: datetime) -> bool:
    """Whether it has failed so often and so long that it is switched off."""
    return (
        failures >= _FAILURES and failing_since is not None and now - failing_since >= _FAILING_FOR
    )
