"""Calendars and their days."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from libs.common.database.rows import changes, put_rows

Row = RowMapping

_SELECT = "SELECT calendar_id, name, zone, weekly, version FROM calendars "
_EVERY = text(_SELECT)
_ALL = text(_SELECT + "WHERE NOT is_removed ORDER BY name")
_ONE = text(_SELECT + "WHERE calendar_id = :id AND NOT is_removed")
_IS_TAKEN = text(
    "SELECT 1 FROM calendars WHERE name = :name AND calendar_id <> :id AND NOT is_removed"
)
_INSERT = text(
    "INSERT INTO calendars (calendar_id, name, zone, weekly) "
    "VALUES (:calendar_id, :name, :zone, CAST(:weekly AS jsonb))"
)
_UPDATE = text(
    "UPDATE calendars SET name = :name, zone = :zone, weekly = CAST(:weekly AS jsonb), "
    "version = version + 1 WHERE calendar_id = :calendar_id"
)
_REMOVE = text("UPDATE calendars SET is_removed = true WHERE calendar_id = :id")
_USERS = text("SELECT name FROM policies WHERE calendar_id = :id ORDER BY position")
_DAYS = text(
    "SELECT calendar_id, date, kind, periods, name, source FROM calendar_days "
    "WHERE calendar_id = :id AND date >= :first AND date <= :last ORDER BY date"
)
_ALL_DAYS = text("SELECT calendar_id, date, periods FROM calendar_days")
_DAY = ("calendar_id", "date", "kind", "periods", "name", "source")
_FORGET_DAY = text("DELETE FROM calendar_days WHERE calendar_id = :id AND date = :date")


def every_calendar(session: Session) -> Sequence[Row]:
    """Removed ones as well."""
    return session.execute(_EVERY).mappings().all()


def all_calendars(session: Session) -> Sequence[Row]:
    """By name."""
    return session.execute(_ALL).mappings().all()


def find_calendar(session: Session, calendar_id: UUID) -> Row | None:
    return session.execute(_ONE, {"id": calendar_id}).mappings().one_or_none()


def is_name_taken(session: Session, name: str, but: UUID) -> bool:
    """Whether another calendar than `but` has this name."""
    return session.execute(_IS_TAKEN, {"name": name, "id": but}).scalar() is not None


def insert_calendar(session: Session, calendar: Mapping[str, Any]) -> None:
    session.execute(_INSERT, _packed(calendar))


def update_calendar(session: Session, calendar: Mapping[str, Any]) -> None:
    session.execute(_UPDATE, _packed(calendar))


def hide_calendar(session: Session, calendar_id: UUID) -> None:
    """Nobody can choose it any more; clocks that have ended may count by it."""
    session.execute(_REMOVE, {"id": calendar_id})


def policies_with(session: Session, calendar_id: UUID) -> list[str]:
    """The names of the policies that count by this calendar."""
    return list(session.execute(_USERS, {"id": calendar_id}).scalars())


def days_between(session: Session, calendar_id: UUID, first: date, last: date) -> Sequence[Row]:
    """The days that differ from the week, in order."""
    found = session.execute(_DAYS, {"id": calendar_id, "first": first, "last": last})
    return found.mappings().all()


def all_days(session: Session) -> Sequence[Row]:
    """Of all calendars."""
    return session.execute(_ALL_DAYS).mappings().all()


def put_days(session: Session, days: Sequence[Mapping[str, Any]], *, replace: bool) -> int:
    """Keep days; what stands there already is replaced or stays. Returns how many were written."""
    if not days:
        return 0
    update = f"DO UPDATE SET {changes(_DAY[2:])}" if replace else "DO NOTHING"
    ending = f"ON CONFLICT (calendar_id, date) {update} RETURNING date"
    return len(put_rows(session, "calendar_days", _DAY, days, ending).all())


def delete_day(session: Session, calendar_id: UUID, day: date) -> bool:
    """Whether there was one."""
    done = session.execute(_FORGET_DAY, {"id": calendar_id, "date": day})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _packed(calendar: Mapping[str, Any]) -> dict[str, Any]:
    return {**calendar, "weekly": orjson.dumps(calendar["weekly"]).decode()}
