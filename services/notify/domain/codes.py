"""One-time codes: what they are for, how long they are tried, what they have come to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 4
FIRST_RETRY = timedelta(seconds=1)
NOT_IN_TIME = "not taken in time"

_GROWTH = 4  # 1, 4, 16 seconds: whoever waits for a code looks at the screen


class Channel(StrEnum):
    """How a code travels."""

    SMS = "sms"
    MAIL = "mail"


class Purpose(StrEnum):
    """What a code opens: a staff login, a number that staff confirm, a customer's portal."""

    LOGIN = "login"
    PHONE = "phone"
    PORTAL = "portal"


class CodeStatus(StrEnum):
    """The life of a code: waiting → sending → sent, or one of the ends without success.

    `skipped` was never to be sent; `unknown` may have been sent, and is not sent again.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CodeOrder:
    """A code for somebody; `address` is in its one spelling (`libs.common.crypto.contacts`)."""

    channel: Channel
    address: str
    code: str
    purpose: Purpose
    language: str
    valid: timedelta


def end_without_attempt(
    channel: Channel, status: CodeStatus, attempts: int, expires_at: datetime, now: datetime
) -> CodeStatus | None:
    """What a code that is due has come to; None if it is to be handed over (again).

    A lease that ran out leaves the outcome open. A mail may go twice, as its Message-ID is the
    same; an SMS would reach its reader twice.
    """
    if status is CodeStatus.SENDING and channel is Channel.SMS:
        return CodeStatus.UNKNOWN
    if now >= expires_at:
        return CodeStatus.EXPIRED
    return CodeStatus.FAILED if attempts >= MAX_ATTEMPTS else None


def next_attempt(
    attempts: int, expires_at: datetime, now: datetime, retry_after: float | None = None
) -> datetime | None:
    """When to try again after the `attempts`-th failure; None if that would be of no use.

    `retry_after` are the seconds that the provider asks us to wait at least.
    """
    pause = FIRST_RETRY * _GROWTH ** (attempts - 1)
    again = now + max(pause, timedelta(seconds=retry_after or 0))
    return again if attempts < MAX_ATTEMPTS and again < expires_at else None


def minutes_of(valid: timedelta) -> int:
    """Whole minutes to name in a text, never more than are true."""
    return valid // timedelta(minutes=1)
