"""Slows guessing down: failures are counted in the database, which all gateway processes share.

After its free failures a counter doubles the wait with each further one; while it waits nothing is
tried and nothing counted. Whoever merely waits gets on, and nobody is locked out for good.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import case, delete, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.storage.login import LoginFailure

LONGEST_WAIT = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(hours=1)  # without a failure
_UNSYNCHRONISED = {"synchronize_session": False}


@dataclass(frozen=True)
class Counter:
    """What is guessed at or where from; `free` failures cost nothing."""

    key: str
    free: int
    # Forgotten as a whole with a success: nothing of others is counted in it.
    is_own: bool = True


@dataclass(frozen=True)
class Standing:
    """How often each counter has failed so far, and the seconds to wait (0: try)."""

    failures: Mapping[str, int]
    wait: int


def hidden(text: str) -> str:
    """Part of a key that does not show what was typed: it may be a password in the wrong place."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def delay_after(failures: int, free: int) -> timedelta:
    """How long the next attempt has to wait after this many failures."""
    if failures < free:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - free, 20)), LONGEST_WAIT)


def look(session: Session, counters: Iterable[Counter], now: datetime) -> Standing:
    """Where the counters stand; they are locked until the caller's transaction ends."""
    keys = sorted({counter.key for counter in counters})
    rows = [{"key": key, "count": 0, "window_started_at": now} for key in keys]
    # In one order always, or two transactions could wait for each other.
    locking = insert(LoginFailure).values(rows)
    locking = locking.on_conflict_do_update(
        index_elements=[LoginFailure.key], set_={"key": locking.excluded.key}
    )
    found = session.execute(
        locking.returning(
            LoginFailure.key,
            # A row of SQLAlchemy has a method of the column's name.
            LoginFailure.count.label("failures"),
            LoginFailure.failed_at,
            LoginFailure.blocked_until,
        )
    ).all()
    failures = {row.key: 0 if _is_over(row.failed_at, now) else row.failures for row in found}
    return Standing(failures, max((_seconds(row.blocked_until, now) for row in found), default=0))


def count(session: Session, counters: Iterable[Counter], standing: Standing, now: datetime) -> None:
    """Count an attempt as failed before it is tried, so that parallel ones cannot slip through."""
    for counter in sorted(counters, key=lambda counter: counter.key):
        failures = standing.failures[counter.key] + 1
        until = now + delay_after(failures, counter.free)
        values: dict[str, object] = {"count": failures, "failed_at": now, "blocked_until": until}
        if failures == 1:
            values["window_started_at"] = now
        _update(session, counter.key, values)


def forgive(session: Session, counters: Iterable[Counter], counted_at: datetime) -> None:
    """The attempt that was counted then succeeded: take it off again."""
    for counter in sorted(counters, key=lambda counter: counter.key):
        if counter.is_own:
            own = delete(LoginFailure).where(LoginFailure.key == counter.key)
            session.execute(own, execution_options=_UNSYNCHRONISED)
        else:
            _take_off(session, counter.key, counted_at)


def forget_old_failures(session: Session, now: datetime, most: int) -> int:
    """Drop counters that nobody needs; nobody waits for anybody. Returns how many."""
    last = func.coalesce(LoginFailure.failed_at, LoginFailure.window_started_at)
    is_old = LoginFailure.window_started_at < now - _FORGOTTEN_AFTER
    old = select(LoginFailure.key).where(is_old, last < now - _FORGOTTEN_AFTER)
    found = session.scalars(old.limit(most).with_for_update(skip_locked=True)).all()
    if found:
        gone = delete(LoginFailure).where(LoginFailure.key.in_(found))
        session.execute(gone, execution_options=_UNSYNCHRONISED)
    return len(found)


def _take_off(session: Session, key: str, counted_at: datetime) -> None:
    # Whoever has failed since then waits for what they did themselves.
    is_last = LoginFailure.failed_at <= counted_at
    _update(
        session,
        key,
        {
            "count": func.greatest(LoginFailure.count - 1, 0),
            "blocked_until": case((is_last, null()), else_=LoginFailure.blocked_until),
        },
    )


def _is_over(failed_at: datetime | None, now: datetime) -> bool:
    return failed_at is None or failed_at <= now - _FORGOTTEN_AFTER


def _seconds(until: datetime | None, now: datetime) -> int:
    return max(ceil((until - now).total_seconds()), 0) if until else 0


def _update(session: Session, key: str, values: Mapping[str, object]) -> None:
    changed = update(LoginFailure).where(LoginFailure.key == key).values(**values)
    session.execute(changed, execution_options=_UNSYNCHRONISED)
