"""Sessions: opaque random tokens. The database keeps their hashes, so that revoking is instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from gateway.auth.caller import Caller
from gateway.auth.limits import window_of
from gateway.auth.lookups import Lookups
from gateway.auth.rights import Rights
from gateway.login.settings import LoginSettings, PasswordRules, SessionRules
from gateway.storage.people import Person
from gateway.storage.sessions import LoginSession
from libs.common.crypto.tokens import hash_token, new_token
from libs.common.ids import uuid7

MOST_SESSIONS = 20
NOTED_EVERY = timedelta(minutes=1)
_KEPT_FOR = timedelta(days=30)
_UNSYNCHRONISED = {"synchronize_session": False}


@dataclass(frozen=True)
class OpenedSession:
    """A session that has just begun; its token is shown only now."""

    session_id: UUID
    token: str


def is_valid(caller: Caller, now: datetime, rules: SessionRules) -> bool:
    """Neither ended nor, in a browser, left unused for too long (an app's token ends soon)."""
    has_ended = caller.expires_at is not None and now >= caller.expires_at
    return not has_ended and (caller.kind != "cookie" or now - caller.last_used_at < rules.idle)


def find_caller(
    lookups: Lookups, rights: Rights, token: str, now: datetime, settings: LoginSettings
) -> Caller | None:
    """The caller of a session's token that is valid now."""
    found = lookups.find_session(hash_token(token), window_of(now))
    caller = _caller(rights, found, now, settings.passwords) if found else None
    if caller is None or not is_valid(caller, now, settings.sessions):
        return None
    if now - caller.last_used_at > NOTED_EVERY:
        lookups.note_use(caller.credential_id, now, now - NOTED_EVERY)
    return caller


def _caller(
    rights: Rights, found: tuple[Any, ...], now: datetime, passwords: PasswordRules
) -> Caller:
    session_id, kind, used_at, expires_at, person_id, login, name, language, must_change = found[:9]
    method, has_second_factor, password_set_at = found[9:12]
    role_key, role_version, directory_version, hits = found[12:]
    role = rights.role(role_key, role_version)
    is_old = passwords.max_age is not None and now - password_set_at >= passwords.max_age
    return Caller(
        credential_id=session_id,
        kind=kind,
        last_used_at=used_at,
        expires_at=expires_at,
        person_id=person_id,
        login=login,
        name=name,
        language=language,
        role=role,
        membership=rights.membership(person_id, directory_version),
        permissions=role.permissions,
        # Who comes by the company's sign-on needs no password here.
        must_change_password=(must_change or is_old) and method != "sso",
        must_enrol=role.needs_totp and not has_second_factor,
        allowed_networks=role.allowed_networks,
        hits=hits,
    )


def open_session(
    session: Session,
    person_id: UUID,
    kind: str,
    now: datetime,
    rules: SessionRules = SessionRules(),  # noqa: B008 — frozen
    **facts: Any,
) -> OpenedSession:
    """A new session; the person's oldest ends where there are too many.

    `facts`: name, address, user_agent, method, has_second_factor.
    """
    # The person's row keeps two logins at the same time from counting the same sessions.
    own = select(Person.person_id).where(Person.person_id == person_id)
    session.execute(own.with_for_update(key_share=True))
    _forget_ended(session, person_id, now)
    _end_oldest(session, person_id, now)
    token = new_token("td")
    lifetime = rules.lifetime if kind == "cookie" else rules.access
    opened = LoginSession(
        session_id=uuid7(),
        token_hash=hash_token(token),
        person_id=person_id,
        kind=kind,
        created_at=now,
        last_used_at=now,
        expires_at=now + lifetime,
        ends_at=None if kind == "cookie" else now + rules.refresh,
        **{"method": "password", "has_second_factor": False, **facts},
    )
    session.add(opened)
    session.flush()
    return OpenedSession(opened.session_id, token)


def revoke_session(session: Session, session_id: UUID, now: datetime) -> bool:
    """From the next request on, its token is worth nothing; False if it had ended already."""
    return bool(_revoke(session, LoginSession.session_id == session_id, now))


def revoke_all(session: Session, person_id: UUID, now: datetime) -> int:
    """End every session of a person, e.g. with a new password; returns how many."""
    return _revoke(session, LoginSession.person_id == person_id, now)


def revoke_others(session: Session, person_id: UUID, kept: UUID, now: datetime) -> int:
    """End every session of a person but one; returns how many."""
    others = (LoginSession.person_id == person_id) & (LoginSession.session_id != kept)
    return _revoke(session, others, now)


def _revoke(session: Session, whose: ColumnElement[bool], now: datetime) -> int:
    open_ones = update(LoginSession).where(whose, LoginSession.revoked_at.is_(None))
    ended = session.execute(
        open_ones.values(revoked_at=now).returning(LoginSession.session_id),
        execution_options=_UNSYNCHRONISED,
    )
    return len(ended.all())


def _end_oldest(session: Session, person_id: UUID, now: datetime) -> None:
    """Make room for one more."""
    ends_at = func.coalesce(LoginSession.ends_at, LoginSession.expires_at)
    is_open = (LoginSession.revoked_at.is_(None), ends_at > now)
    newest = (
        select(LoginSession.session_id)
        .where(LoginSession.person_id == person_id, *is_open)
        .order_by(LoginSession.session_id.desc())
        .offset(MOST_SESSIONS - 1)
    )
    _revoke(session, LoginSession.session_id.in_(newest), now)


def _forget_ended(session: Session, person_id: UUID, now: datetime) -> None:
    """Logging in is when a person's old sessions are swept."""
    long_ago = now - _KEPT_FOR
    ends_at = func.coalesce(LoginSession.ends_at, LoginSession.expires_at)
    ended = or_(ends_at < long_ago, LoginSession.revoked_at < long_ago)
    session.execute(
        delete(LoginSession).where(LoginSession.person_id == person_id, ended),
        execution_options=_UNSYNCHRONISED,
    )
