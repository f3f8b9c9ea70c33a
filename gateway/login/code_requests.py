"""How often codes may be asked for: each costs money and disturbs somebody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import text
from sqlalchemy.orm import Session

Limits = tuple[tuple[timedelta, int], ...]

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# To one phone, and in one name.
FOR_ONE: Limits = ((_MINUTE, 1), (_HOUR, 5), (_DAY, 10))
# A whole office may stand behind one address.
FOR_ADDRESS: Limits = ((_HOUR, 30), (_DAY, 100))
# From then on in an hour, an address reads pictures.
CAPTCHA_AFTER = 3

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('code_requests:' || :key, 0))")
_TIMES = text(
    "SELECT requested_at FROM code_requests WHERE key = :key AND requested_at > :since "
    "ORDER BY requested_at DESC LIMIT 200"
)
_NOTE = text("INSERT INTO code_requests (key, requested_at) VALUES (:key, :now)")
_FORGET = text(
    "DELETE FROM code_requests WHERE ctid = ANY (ARRAY("
    "SELECT ctid FROM code_requests WHERE requested_at < :before LIMIT :most))"
)


def lock_requests(session: Session, keys: Sequence[str]) -> None:
    """Two at the same time must not both be the last that is allowed."""
    for key in sorted(keys):
        session.execute(_LOCK, {"key": key})


def requests_of(session: Session, key: str, now: datetime) -> list[datetime]:
    """Those of the last day, newest first."""
    return list(session.scalars(_TIMES, {"key": key, "since": now - _DAY}))


def note_request(session: Session, key: str, now: datetime) -> None:
    """One more."""
    session.execute(_NOTE, {"key": key, "now": now})


def wait_for(times: Sequence[datetime], limits: Limits, now: datetime) -> int:
    """Seconds until the next request is within all limits; `times` newest first."""
    waits = [
        (times[most - 1] + window - now).total_seconds()
        for window, most in limits
        if len(times) >= most
    ]
    return max((ceil(wait) for wait in waits if wait > 0), default=0)


def count_within(times: Sequence[datetime], window: timedelta, now: datetime) -> int:
    """How many of them are that young."""
    return sum(time > now - window for time in times)


def needs_captcha(times: Sequence[datetime], now: datetime) -> bool:
    """Whether an address with these requests has asked often enough to read a picture."""
    return count_within(times, _HOUR, now) >= CAPTCHA_AFTER


def forget_old_requests(session: Session, now: datetime, most: int) -> int:
    """Drop those that count for nothing any more; returns how many."""
    gone = session.execute(_FORGET, {"before": now - _DAY, "most": most})
    return int(gone.rowcount)  # type: ignore[attr-defined]
