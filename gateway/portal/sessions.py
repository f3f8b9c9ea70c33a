"""Customers' sessions: opaque random tokens, of which the database keeps hashes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from gateway.auth.caller import Caller
from gateway.auth.limits import window_of
from gateway.auth.lookups import Lookups
from gateway.auth.rights import Rights
from gateway.auth.roles import Membership
from gateway.storage.portal import PortalAssertion, PortalSession
from libs.common.crypto.tokens import hash_token, new_token
from libs.common.ids import uuid7

PREFIX = "tdc"
LIFETIME = timedelta(hours=12)
_IDLE_LIMIT = timedelta(hours=2)
_NOTED_EVERY = timedelta(minutes=1)
_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Customer:
    """Whom a session is opened for."""

    customer_id: UUID
    contact_id: UUID | None
    name: str
    language: str


def open_portal_session(
    session: Session, customer: Customer, kind: str, address: str, now: datetime
) -> tuple[str, datetime]:
    """A new token, shown only now, and its end."""
    token, expires_at = new_token(PREFIX), now + LIFETIME
    opened = PortalSession(
        portal_session_id=uuid7(),
        token_hash=hash_token(token),
        kind=kind,
        customer_id=customer.customer_id,
        contact_id=customer.contact_id,
        name=customer.name,
        language=customer.language,
        created_at=now,
        last_used_at=now,
        expires_at=expires_at,
        address=address,
    )
    session.add(opened)
    return token, expires_at


def find_customer(lookups: Lookups, rights: Rights, token: str, now: datetime) -> Caller | None:
    """The customer of a token that is valid now."""
    found = lookups.find_portal_session(hash_token(token), window_of(now))
    caller = _caller(rights, found) if found else None
    if caller is None or caller.expires_at is None or now >= caller.expires_at:
        return None
    if now - caller.last_used_at >= _IDLE_LIMIT:
        return None
    if now - caller.last_used_at > _NOTED_EVERY:
        lookups.note_portal_use(caller.credential_id, now, now - _NOTED_EVERY)
    return caller


def _caller(rights: Rights, found: tuple[Any, ...]) -> Caller:
    session_id, kind, used_at, expires_at, customer_id, contact_id, name, language = found[:8]
    role_version, hits = found[8:]
    role = rights.role("customer", role_version)
    return Caller(
        credential_id=session_id,
        kind=kind,
        last_used_at=used_at,
        expires_at=expires_at,
        person_id=customer_id,
        login="",
        name=name,
        language=language,
        role=role,
        membership=Membership(),
        permissions=role.permissions,
        allowed_networks=role.allowed_networks,
        hits=hits,
        contact_id=contact_id,
    )


def end_portal_session(session: Session, portal_session_id: UUID, now: datetime) -> None:
    """From the next request on its token is worth nothing."""
    ended = update(PortalSession).where(PortalSession.portal_session_id == portal_session_id)
    session.execute(ended.values(revoked_at=now))


def forget_portal(session: Session, now: datetime) -> None:
    """Sessions that ended long ago, and assertions that have expired anyway."""
    for row, limit in ((PortalSession, now - _KEPT_FOR), (PortalAssertion, now)):
        session.execute(
            delete(row).where(row.expires_at < limit),
            execution_options={"synchronize_session": False},
        )
