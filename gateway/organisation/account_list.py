"""The list of all accounts: filtered, in one of three orders, by keyset."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from gateway.organisation.account_views import show_accounts
from gateway.organisation.like import contains, literal
from gateway.organisation.units import DEPARTMENTS, REGIONS, read_tree
from gateway.storage.organisation import GroupMember
from gateway.storage.people import Person, RoleRow
from libs.common.crypto import BlindIndex
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import InvalidInput

# What each order reads: an index holds it (migration 0007).
_ORDERS: Mapping[str, tuple[Any, type]] = {
    "login": (func.lower(Person.login), str),
    "name": (Person.name, str),
    "created_at": (Person.created_at, datetime),
}
SORTS = tuple(f"{sign}{name}" for name in _ORDERS for sign in ("", "-"))
_FEWEST_DIGITS = 7  # of what may be a phone number


def list_accounts(
    session: Session, index: BlindIndex, wanted: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], str | None]:
    """A page, contact data masked, and the cursor of the next."""
    sort, limit = wanted["sort"], wanted["limit"]
    order, _ = _ORDERS[sort.lstrip("-")]
    query = select(Person, order).where(*_conditions(session, index, wanted))
    if cursor := wanted.get("cursor"):
        query = query.where(_after(sort, cursor))
    ends = (order, Person.person_id)
    query = query.order_by(*(end.desc() if sort[0] == "-" else end for end in ends))
    rows = session.execute(query.limit(limit + 1)).all()
    people = [row[0] for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    following = encode_cursor([last[1], last[0].person_id]) if last else None
    return show_accounts(session, people, is_masked=True), following


def _after(sort: str, cursor: str) -> ColumnElement[bool]:
    order, kind = _ORDERS[sort.lstrip("-")]
    values = decode_cursor(cursor, 2, kind)
    place = tuple_(order, Person.person_id)
    return place < tuple_(*values) if sort[0] == "-" else place > tuple_(*values)


def _conditions(
    session: Session, index: BlindIndex, wanted: Mapping[str, Any]
) -> list[ColumnElement[bool]]:
    exact = ("role", "is_active")
    found: list[ColumnElement[bool]] = [
        getattr(Person, name) == wanted[name] for name in exact if name in wanted
    ]
    for kind in (DEPARTMENTS, REGIONS):
        if kind.key in wanted:
            units = read_tree(session, kind).with_below(wanted[kind.key])
            found.append(getattr(Person, kind.key).in_(units))
    if "group_id" in wanted:
        members = select(GroupMember.person_id).where(GroupMember.group_id == wanted["group_id"])
        found.append(Person.person_id.in_(members))
    if "kind" in wanted:
        found.append(Person.role.in_(select(RoleRow.key).where(RoleRow.kind == wanted["kind"])))
    if text := wanted.get("q", "").strip():
        found.append(_says(index, text))
    return found


def _says(index: BlindIndex, text: str) -> ColumnElement[bool]:
    """A part of login or name, the beginning of an extension, or a whole address or number."""
    if "@" in text:
        return _has_email(index, text)
    pattern = contains(text)
    extension = Person.extension.like(f"{literal(text)}%")
    said: list[ColumnElement[bool]] = [
        Person.login.ilike(pattern),
        Person.name.ilike(pattern),
        extension,
    ]
    if sum(character.isdigit() for character in text) >= _FEWEST_DIGITS:
        said.append(_has_phone(index, text))
    return or_(*said)


def _has_email(index: BlindIndex, text: str) -> ColumnElement[bool]:
    try:
        return and_(Person.email_index == index.of_email(text))
    except InvalidInput:
        return false()


def _has_phone(index: BlindIndex, text: str) -> ColumnElement[bool]:
    try:
        return and_(Person.phone_index == index.of_phone(text))
    except InvalidInput:
        return false()
