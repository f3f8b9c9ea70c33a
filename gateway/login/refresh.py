"""Refresh tokens of apps: each good once; whoever brings a used one ends the session (RFC 9700,
section 4.14).

An app whose answer got lost repeats the same request: within ten seconds, and only while nothing
of the lost answer has been used, it gets new tokens, and those of the lost answer are worth nothing
from then on. So at no time is there more than one pair that opens anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.audit.alerts import raise_alert
from gateway.audit.recording import record_fact
from gateway.auth.sessions import NOTED_EVERY, revoke_session
from gateway.login.accounts import find_by_id
from gateway.login.desk import LoginDesk
from gateway.login.settings import SessionRules
from gateway.storage.people import Person
from gateway.storage.sessions import LoginSession, RefreshToken
from libs.common.crypto.tokens import hash_token, new_token
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Unauthenticated

GRACE = timedelta(seconds=10)
_PREFIX = "tdr"
_UNSYNCHRONISED = {"synchronize_session": False}


@dataclass(frozen=True)
class RefreshGrant:
    """A refresh token, shown only now, and until when it is good if used in time."""

    token: str
    ends_at: datetime


@dataclass(frozen=True)
class Renewed:
    """A session's new tokens."""

    token: str
    refresh: RefreshGrant


def grant_refresh(
    session: Session, session_id: UUID, ends_at: datetime, now: datetime
) -> RefreshGrant:
    """A first or next refresh token of a session."""
    token = new_token(_PREFIX)
    session.add(RefreshToken(token_hash=hash_token(token), session_id=session_id, issued_at=now))
    session.flush()
    return RefreshGrant(token, ends_at)


def refresh(desk: LoginDesk, token: str) -> Renewed:
    """New tokens for a refresh token; raises Unauthenticated."""
    with desk.database.begin(request_id=desk.request_id) as uow:
        renewed = _exchange(uow, desk, hash_token(token))
        uow.commit()
    if renewed is None:
        raise Unauthenticated("session.ended", "the session has ended or never was")
    return renewed


def renew(session: Session, row: LoginSession, now: datetime, rules: SessionRules) -> Renewed:
    """Put new tokens in place of all earlier ones of an app's session."""
    ends_at = row.ends_at or row.expires_at
    fresh = new_token("td")
    row.token_hash = hash_token(fresh)
    row.expires_at = min(now + rules.access, ends_at)
    row.refreshed_at = now
    # So that the new token's first use is noted at once: see `_is_repeat`.
    row.last_used_at = now - NOTED_EVERY
    _close(session, row.session_id, now)
    granted = grant_refresh(session, row.session_id, ends_at, now)
    return Renewed(fresh, granted)


def _exchange(uow: UnitOfWork, desk: LoginDesk, token_hash: bytes) -> Renewed | None:
    session, now = uow.session, desk.now
    session_id = session.scalar(
        select(RefreshToken.session_id).where(RefreshToken.token_hash == token_hash)
    )
    if session_id is None:
        return None
    # The session's row makes those wait who refresh the same session at the same time.
    row = session.execute(
        select(LoginSession)
        .join(Person, Person.person_id == LoginSession.person_id)
        .where(LoginSession.session_id == session_id, Person.is_active)
        .with_for_update(of=LoginSession)
    ).scalar_one_or_none()
    if row is None or row.revoked_at is not None or now >= (row.ends_at or row.expires_at):
        return None
    brought = session.get_one(RefreshToken, token_hash)
    rules = desk.settings.sessions
    if brought.used_at is None:
        if now - brought.issued_at >= rules.refresh_idle:
            return None
    elif not _is_repeat(session, row, brought, now):
        _end_stolen(uow, desk, row)
        return None
    first_used_at = brought.used_at or now
    renewed = renew(session, row, now, rules)
    brought.used_at, brought.successor_hash = first_used_at, hash_token(renewed.refresh.token)
    return renewed


def _is_repeat(session: Session, row: LoginSession, brought: RefreshToken, now: datetime) -> bool:
    """Whether the app asks again because it never had the answer."""
    assert brought.used_at is not None
    successor = (
        session.get(RefreshToken, brought.successor_hash) if brought.successor_hash else None
    )
    is_unused = successor is not None and successor.used_at is None
    was_seen = row.refreshed_at is None or row.last_used_at >= row.refreshed_at
    return now - brought.used_at <= GRACE and is_unused and not was_seen


def _close(session: Session, session_id: UUID, now: datetime) -> None:
    """What was given out before is used up, and stays to be recognised if it comes."""
    own = (RefreshToken.session_id == session_id, RefreshToken.used_at.is_(None))
    session.execute(
        update(RefreshToken).where(*own).values(used_at=now), execution_options=_UNSYNCHRONISED
    )


def _end_stolen(uow: UnitOfWork, desk: LoginDesk, row: LoginSession) -> None:
    revoke_session(uow.session, row.session_id, desk.now)
    owner = find_by_id(uow.session, row.person_id)
    record_fact(
        "session.ended",
        person=owner.who(row.session_id) if owner else None,
        object_kind="session",
        object_id=row.session_id,
        detail={"cause": "refresh_reused"},
        uow=uow,
    )
    raise_alert(
        uow,
        "token_reused",
        person_id=row.person_id,
        address=desk.origin.address,
        facts={"session_id": str(row.session_id)},
        now=desk.now,
    )
