"""Sessions: opaque random tokens. The database keeps their hashes, so that revoking is instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, update
from sqlalchemy.orm import Session

from gateway.auth.lookups import Lookups
from gateway.auth.roles import Role, role_named
from gateway.storage import LoginSession
from libs.common.actor import Actor
from libs.common.crypto.tokens import hash_token, new_token
from libs.common.ids import uuid7

LIFETIMES = {"cookie": timedelta(hours=12), "bearer": timedelta(days=30)}
IDLE_LIMITS = {"cookie": timedelta(hours=2), "bearer": timedelta(days=30)}
_NOTED_EVERY = timedelta(minutes=1)
_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a session."""

    session_id: UUID
    kind: str
    last_used_at: datetime
    expires_at: datetime
    person_id: UUID
    login: str
    name: str
    role_name: str
    language: str

    @property
    def role(self) -> Role:
        """What the person may do."""
        return role_named(self.role_name)

    @property
    def actor(self) -> Actor:
        """The person as services see them."""
        return Actor(
            subject=self.person_id,
            name=self.name,
            roles=(self.role_name,),
            scopes=dict(self.role.scopes),
        )

    def is_valid(self, now: datetime) -> bool:
        """Neither ended nor left unused for too long."""
        return now < self.expires_at and now - self.last_used_at < IDLE_LIMITS[self.kind]


def find_caller(lookups: Lookups, token: str, now: datetime) -> Caller | None:
    """The caller of a token that is valid now."""
    found = lookups.find_session(hash_token(token))
    caller = Caller(*found) if found else None
    if caller is None or not caller.is_valid(now):
        return None
    if now - caller.last_used_at > _NOTED_EVERY:
        lookups.note_use(caller.session_id, now, now - _NOTED_EVERY)
    return caller


def open_session(
    session: Session, person_id: UUID, kind: str, now: datetime, **facts: str | None
) -> str:
    """A new session's token, which is shown only now.

    `facts`: name, address, user_agent.
    """
    _forget_ended(session, person_id, now)
    token = new_token("td")
    opened = LoginSession(
        session_id=uuid7(),
        token_hash=hash_token(token),
        person_id=person_id,
        kind=kind,
        created_at=now,
        last_used_at=now,
        expires_at=now + LIFETIMES[kind],
        **facts,
    )
    session.add(opened)
    return token


def revoke_session(session: Session, session_id: UUID, now: datetime) -> None:
    """From the next request on, its token is worth nothing."""
    _revoke(session, LoginSession.session_id == session_id, now)


def revoke_all(session: Session, person_id: UUID, now: datetime) -> None:
    """End every session of a person, e.g. with a new password."""
    _revoke(session, LoginSession.person_id == person_id, now)


def _revoke(session: Session, whose: ColumnElement[bool], now: datetime) -> None:
    open_ones = update(LoginSession).where(whose, LoginSession.revoked_at.is_(None))
    session.execute(
        open_ones.values(revoked_at=now), execution_options={"synchronize_session": False}
    )


def _forget_ended(session: Session, person_id: UUID, now: datetime) -> None:
    """Logging in is when a person's old sessions are swept."""
    long_ago = now - _KEPT_FOR
    ended = or_(LoginSession.expires_at < long_ago, LoginSession.revoked_at < long_ago)
    session.execute(
        delete(LoginSession).where(LoginSession.person_id == person_id, ended),
        execution_options={"synchronize_session": False},
    )
