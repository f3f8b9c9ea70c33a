"""Limits failed logins, counted in the database so that all gateway processes share them."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.storage import LoginFailure

WINDOW = timedelta(minutes=15)
# Guessing one account from one place; one account from everywhere; all accounts from one place.
LIMIT_PAIR = 10
LIMIT_LOGIN = 100
LIMIT_ADDRESS = 100


def _limits(login: str, address: str) -> dict[str, int]:
    """Counters and their limits, in the order in which every transaction locks them."""
    login = login.lower()
    return {
        f"address:{address}": LIMIT_ADDRESS,
        f"login:{login}": LIMIT_LOGIN,
        f"pair:{address}:{login}": LIMIT_PAIR,
    }


def count_attempt(session: Session, login: str, address: str, now: datetime) -> int:
    """Count an attempt as failed before it is tried, so that parallel ones cannot slip through.

    Returns the seconds to wait where a limit is passed, else 0; the caller commits either way.
    """
    wait = 0
    for key, limit in _limits(login, address).items():
        count, started_at = _count(session, key, now)
        if count > limit:
            wait = max(wait, 1, ceil((started_at + WINDOW - now).total_seconds()))
    return wait


def forgive(session: Session, login: str, address: str) -> None:
    """The attempt succeeded: take it off again, and forget the pair's failures altogether."""
    *others, pair = _limits(login, address)
    for key in others:
        counter = (LoginFailure.key == key, LoginFailure.count > 0)
        fewer = update(LoginFailure).where(*counter).values(count=LoginFailure.count - 1)
        session.execute(fewer, execution_options={"synchronize_session": False})
    session.execute(delete(LoginFailure).where(LoginFailure.key == pair))


def forget_old_failures(session: Session, now: datetime) -> None:
    """Drop counters whose window is long over, a few at a time; nobody waits for anybody."""
    is_old = LoginFailure.window_started_at < now - 4 * WINDOW
    old = select(LoginFailure.key).where(is_old).limit(100).with_for_update(skip_locked=True)
    session.execute(
        delete(LoginFailure).where(LoginFailure.key.in_(old)),
        execution_options={"synchronize_session": False},
    )


def _count(session: Session, key: str, now: datetime) -> tuple[int, datetime]:
    """One more; a window that is over begins anew."""
    is_over = LoginFailure.window_started_at <= now - WINDOW
    first = insert(LoginFailure).values(key=key, count=1, window_started_at=now)
    statement = first.on_conflict_do_update(
        index_elements=[LoginFailure.key],
        set_={
            "count": case((is_over, 1), else_=LoginFailure.count + 1),
            "window_started_at": case((is_over, now), else_=LoginFailure.window_started_at),
        },
    ).returning(LoginFailure.count, LoginFailure.window_started_at)
    count, started_at = session.execute(statement).one()
    return count, started_at
