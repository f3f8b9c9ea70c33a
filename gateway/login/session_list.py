"""Open sessions: a person's own, and everybody's for those who look after them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from gateway.login.agents import device_of
from gateway.login.places import place_of
from gateway.login.settings import SessionRules
from gateway.organisation.like import contains
from gateway.storage.people import Person
from gateway.storage.sessions import LoginSession
from libs.common.cursor import decode_cursor, encode_cursor

_MOST_OWN = 50


def own_sessions(
    session: Session, person_id: UUID, current: UUID, now: datetime, rules: SessionRules
) -> list[dict[str, Any]]:
    """The most recently used first."""
    query = (
        select(LoginSession)
        .where(LoginSession.person_id == person_id, *_are_open(now, rules))
        .order_by(LoginSession.last_used_at.desc(), LoginSession.session_id.desc())
        .limit(_MOST_OWN)
    )
    rows = session.scalars(query)
    return [{**_show(row), "is_current": row.session_id == current} for row in rows]


def all_sessions(
    session: Session,
    now: datetime,
    rules: SessionRules,
    *,
    person_id: UUID | None,
    text: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[dict[str, Any]], str | None]:
    """The newest first, and the cursor of the next page."""
    conditions = [*_are_open(now, rules), *_are_wanted(person_id, text)]
    if cursor:
        (last,) = decode_cursor(cursor, 1, UUID)
        conditions.append(LoginSession.session_id < last)
    query = (
        select(LoginSession, Person.login, Person.name)
        .join(Person, Person.person_id == LoginSession.person_id)
        .where(*conditions)
        .order_by(LoginSession.session_id.desc())
        .limit(limit + 1)
    )
    rows = session.execute(query).all()
    items = [
        {**_show(row), "person": {"person_id": row.person_id, "login": login, "name": name}}
        for row, login, name in rows[:limit]
    ]
    is_more = len(rows) > limit
    return items, encode_cursor([items[-1]["session_id"]]) if is_more else None


def find_open(session: Session, session_id: UUID, now: datetime) -> LoginSession | None:
    """An open session by its id."""
    ends_at = func.coalesce(LoginSession.ends_at, LoginSession.expires_at)
    return session.scalar(
        select(LoginSession).where(
            LoginSession.session_id == session_id,
            LoginSession.revoked_at.is_(None),
            ends_at > now,
        )
    )


def _are_open(now: datetime, rules: SessionRules) -> tuple[ColumnElement[bool], ...]:
    is_browser = LoginSession.kind == "cookie"
    is_awake = or_(
        and_(is_browser, LoginSession.last_used_at > now - rules.idle),
        and_(~is_browser, LoginSession.last_used_at > now - rules.refresh_idle),
    )
    ends_at = func.coalesce(LoginSession.ends_at, LoginSession.expires_at)
    return LoginSession.revoked_at.is_(None), ends_at > now, is_awake


def _are_wanted(person_id: UUID | None, text: str | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if person_id:
        wanted.append(LoginSession.person_id == person_id)
    if text and text.strip():
        pattern = contains(text.strip())
        said = (Person.login.ilike(pattern), Person.name.ilike(pattern))
        wanted.append(or_(*said, LoginSession.address == text.strip()))
    return wanted


def _show(row: LoginSession) -> dict[str, Any]:
    return {
        "session_id": row.session_id,
        "kind": row.kind,
        "method": row.method,
        "has_second_factor": row.has_second_factor,
        "name": row.name,
        "device": device_of(row.user_agent),
        "user_agent": row.user_agent,
        "address": row.address,
        "place": place_of(row.address),
        "created_at": row.created_at,
        "last_used_at": row.last_used_at,
        "expires_at": row.ends_at or row.expires_at,
    }
