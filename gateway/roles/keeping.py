"""Reads and writes roles."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.roles.rules import KEEPERS
from gateway.storage.people import Person, RoleRow
from libs.common.errors import Conflict, NotFound, Stale
from libs.common.ids import uuid7

SHOWN = (
    "key",
    "kind",
    "name_zh",
    "name_en",
    "ticket_scope",
    "sees_pools",
    "permissions",
    "allowed_networks",
    "needs_totp",
    "is_shipped",
    "version",
)
# Held for a change of roles or of who holds them, so that two cannot each take the last keeper.
_GUARD = text("SELECT pg_advisory_xact_lock(hashtext('gateway.keepers'))")


def list_roles(session: Session) -> list[dict[str, Any]]:
    """All, the shipped ones first, each with how many active people hold it."""
    holders = (
        select(Person.role, func.count().label("holders"))
        .where(Person.is_active)
        .group_by(Person.role)
        .subquery()
    )
    rows = session.execute(
        select(RoleRow, func.coalesce(holders.c.holders, 0))
        .outerjoin(holders, holders.c.role == RoleRow.key)
        .order_by(RoleRow.is_shipped.desc(), RoleRow.role_id)
    )
    return [show_role(row, count) for row, count in rows]


def get_role(session: Session, key: str) -> dict[str, Any]:
    """One of them; raises NotFound."""
    return show_role(_find(session, key), _count_holders(session, key))


def show_role(row: RoleRow, holders: int) -> dict[str, Any]:
    """The shape of REST."""
    return {name: getattr(row, name) for name in SHOWN} | {
        "permissions": sorted(row.permissions),
        "allowed_networks": [str(network) for network in row.allowed_networks],
        "holders": holders,
    }


def add_role(session: Session, now: datetime, values: Mapping[str, Any]) -> dict[str, Any]:
    """A new role; Conflict if the key is taken."""
    row = RoleRow(role_id=uuid7(), is_shipped=False, version=1, updated_at=now, **values)
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("role.exists", f"there is a role {values['key']} already") from None
    return show_role(row, 0)


def change_role(
    session: Session, now: datetime, key: str, version: int | None, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The role before and after; raises NotFound, Stale, or Conflict for the last keeper."""
    session.execute(_GUARD)
    row = _find(session, key, lock=True)
    if version is not None and version != row.version:
        raise Stale("version.stale", "somebody changed the role", {"version": row.version})
    holders = _count_holders(session, key)
    before = show_role(row, holders)
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = now
    session.flush()
    refuse_without_keeper(session)
    return before, show_role(row, holders)


def drop_role(session: Session, key: str) -> dict[str, Any]:
    """The role that is no more; Conflict for shipped ones and for those that people hold."""
    session.execute(_GUARD)
    row = _find(session, key, lock=True)
    held = session.scalar(select(func.count()).select_from(Person).where(Person.role == key)) or 0
    if row.is_shipped:
        raise Conflict("role.shipped", "shipped roles stay; take their permissions away instead")
    if held:
        raise Conflict("role.held", f"{held} people hold this role", {"holders": held})
    shown = show_role(row, 0)
    session.delete(row)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("role.held", "API keys hold this role") from None
    return shown


def refuse_without_keeper(session: Session) -> None:
    """Raise Conflict unless some active person may still manage roles and people.

    For every change of roles, of who holds them, and of who is active; it waits for others that
    are under way.
    """
    session.execute(_GUARD)
    keeper = (
        select(Person.person_id)
        .join(RoleRow, RoleRow.key == Person.role)
        .where(Person.is_active, RoleRow.permissions.contains(sorted(KEEPERS)))
        .limit(1)
    )
    if session.scalar(keeper) is None:
        raise Conflict("role.last_keeper", "nobody would be left to manage people and roles")


def _find(session: Session, key: str, *, lock: bool = False) -> RoleRow:
    statement = select(RoleRow).where(RoleRow.key == key)
    row = session.scalar(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound("role.unknown", "there is no such role")
    return row


def _count_holders(session: Session, key: str) -> int:
    holders = select(func.count()).select_from(Person)
    return session.scalar(holders.where(Person.role == key, Person.is_active)) or 0
