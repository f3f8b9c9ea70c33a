"""Policies, calendars and settings as they stand."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.sla.storage.calendar_rows import all_calendars, days_between, find_calendar
from services.sla.storage.policy_rows import all_policies, find_policy
from services.sla.storage.settings_row import read_settings

Json = dict[str, Any]

_POLICY = ("position", "name", "is_active", "condition", "pause_statuses", "targets", "steps")
_YEARS = (2000, 2100)


def list_policies(uow: UnitOfWork) -> Json:
    """All in the order in which they are tried."""
    return {"items": [show_policy(row) for row in all_policies(uow.session)]}


def get_policy(uow: UnitOfWork, policy_id: UUID) -> Json:
    """One; raises NotFound."""
    row = find_policy(uow.session, policy_id)
    if row is None:
        raise NotFound("policy.unknown", "there is no such policy")
    return show_policy(row)


def show_policy(row: RowMapping) -> Json:
    return {
        "policy_id": str(row["policy_id"]),
        **{name: row[name] for name in _POLICY},
        "calendar_id": str(row["calendar_id"]) if row["calendar_id"] else None,
        "version": row["version"],
        "revision": row["revision"],
    }


def list_calendars(uow: UnitOfWork) -> Json:
    """All by name."""
    return {"items": [show_calendar(row) for row in all_calendars(uow.session)]}


def get_calendar(uow: UnitOfWork, calendar_id: UUID) -> Json:
    """One; raises NotFound."""
    row = find_calendar(uow.session, calendar_id)
    if row is None:
        raise NotFound("calendar.unknown", "there is no such calendar")
    return show_calendar(row)


def show_calendar(row: RowMapping) -> Json:
    shown = {name: row[name] for name in ("name", "zone", "weekly", "version")}
    return {"calendar_id": str(row["calendar_id"]), **shown}


def list_days(uow: UnitOfWork, calendar_id: UUID, year: int) -> Json:
    """The days of a year on which other hours hold than the week's."""
    if isinstance(year, bool) or not isinstance(year, int) or not _YEARS[0] <= year <= _YEARS[1]:
        raise field_error("year", f"must be {_YEARS[0]} to {_YEARS[1]}")
    get_calendar(uow, calendar_id)
    rows = days_between(uow.session, calendar_id, date(year, 1, 1), date(year, 12, 31))
    return {"items": [show_day(row) for row in rows]}


def show_day(row: RowMapping) -> Json:
    shown = {name: row[name] for name in ("kind", "periods", "name", "source")}
    return {"date": row["date"].isoformat(), **shown}


def get_settings(uow: UnitOfWork) -> Json:
    """What is looked out for."""
    return show_settings(read_settings(uow.session))


def show_settings(row: RowMapping) -> Json:
    return {"repeated_complaint": row["repeated_complaint"], "version": row["version"]}
