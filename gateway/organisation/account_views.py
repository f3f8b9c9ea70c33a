"""Accounts in the shape of REST: with names beside ids, and contact data masked unless asked."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.organisation.contacts import mask_email, mask_phone, open_email, open_phone
from gateway.storage.organisation import DepartmentRow, GroupMember, GroupRow, RegionRow
from gateway.storage.people import Person, RoleRow
from gateway.storage.sessions import LoginSession

_SAME = (
    *("person_id", "login", "name", "role", "is_active", "title", "extension", "language"),
    *("zone", "must_change_password", "password_changed_at", "created_at", "version"),
)


def show_account(session: Session, person: Person, *, is_masked: bool) -> dict[str, Any]:
    """One account."""
    return show_accounts(session, [person], is_masked=is_masked)[0]


def show_accounts(
    session: Session, people: Sequence[Person], *, is_masked: bool
) -> list[dict[str, Any]]:
    """In the order given; a few statements for all of them."""
    ids = [person.person_id for person in people]
    roles = _roles(session, {person.role for person in people})
    places = {person.department_id for person in people}, {person.region_id for person in people}
    departments = _names(session, DepartmentRow.department_id, DepartmentRow.name, places[0])
    regions = _names(session, RegionRow.region_id, RegionRow.name, places[1])
    groups, seen = _groups(session, ids), _last_seen(session, ids)
    return [
        {
            **{name: getattr(person, name) for name in _SAME},
            **roles[person.role],
            "department": departments.get(person.department_id),
            "region": regions.get(person.region_id),
            "groups": groups[person.person_id],
            "last_seen_at": seen.get(person.person_id),
            **_contacts(session, person, is_masked),
        }
        for person in people
    ]


def _contacts(session: Session, person: Person, is_masked: bool) -> dict[str, Any]:
    email, phone = open_email(session, person), open_phone(session, person)
    if is_masked:
        email, phone = email and mask_email(email), phone and mask_phone(phone)
    return {"email": email, "phone": phone, "is_masked": is_masked}


def _roles(session: Session, keys: Collection[str]) -> dict[str, dict[str, Any]]:
    columns = (RoleRow.key, RoleRow.kind, RoleRow.name_zh, RoleRow.name_en)
    rows = session.execute(select(*columns).where(RoleRow.key.in_(keys)))
    return {
        row.key: {"kind": row.kind, "role_name": {"zh": row.name_zh, "en": row.name_en}}
        for row in rows
    }


def _names(session: Session, key: Any, name: Any, ids: set[UUID | None]) -> dict[Any, Any]:
    """Id and name by id."""
    found = session.execute(select(key, name).where(key.in_(ids - {None})))
    return {unit_id: {key.key: unit_id, "name": called} for unit_id, called in found}


def _groups(session: Session, person_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    columns = (GroupMember.person_id, GroupMember.group_id, GroupRow.name, GroupMember.is_lead)
    rows = session.execute(
        select(*columns)
        .join(GroupRow, GroupRow.group_id == GroupMember.group_id)
        .where(GroupMember.person_id.in_(person_ids), GroupRow.is_active)
        .order_by(GroupRow.name, GroupRow.group_id)
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for person_id, group_id, name, is_lead in rows:
        found[person_id].append({"group_id": group_id, "name": name, "is_lead": is_lead})
    return found


def _last_seen(session: Session, person_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Since sessions are kept, which is some weeks."""
    rows = session.execute(
        select(LoginSession.person_id, func.max(LoginSession.last_used_at))
        .where(LoginSession.person_id.in_(person_ids))
        .group_by(LoginSession.person_id)
    )
    return {row[0]: row[1] for row in rows}
