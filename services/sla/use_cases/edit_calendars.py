"""Changes calendars and their days; unfinished tickets are computed anew by a job."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.calendars import parse_periods, parse_weekly, parse_zone, periods_as_json
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, InvalidInput, NotFound, field_error
from libs.common.ids import uuid7
from services.sla.clients.holidays import WORKDAY, holidays_of
from services.sla.storage import calendar_rows as rows
from services.sla.storage.book import open_book, turn_page
from services.sla.use_cases.versions import check_version

MOST = 100
# Days are listed by the year; gateway.schemas.sla_calendar has the same bounds.
FIRST_YEAR, LAST_YEAR = 2000, 2100
KINDS = ("holiday", "workday", "special")
_NAME_LIMIT = 60  # characters
_FIELDS = ("name", "zone", "weekly")

Row = rows.Row


def create_calendar(uow: UnitOfWork, values: Mapping[str, Any]) -> Row:
    """A calendar without days of its own. Raises InvalidInput naming what cannot be."""
    open_book(uow.session)
    if len(rows.all_calendars(uow.session)) >= MOST:
        raise Conflict("calendar.too_many", f"there are at most {MOST} calendars")
    calendar_id = uuid7()
    rows.insert_calendar(uow.session, _checked(uow.session, calendar_id, values))
    return find(uow.session, calendar_id)


def replace_calendar(
    uow: UnitOfWork, calendar_id: UUID, version: int | None, values: Mapping[str, Any]
) -> tuple[Row, Row]:
    """Other hours or another name; returns it before and after."""
    before = _opened(uow.session, calendar_id, version)
    rows.update_calendar(uow.session, _checked(uow.session, calendar_id, values))
    turn_page(uow.session)
    return before, find(uow.session, calendar_id)


def remove_calendar(uow: UnitOfWork, calendar_id: UUID, version: int | None) -> Row:
    """Refused, naming them, while policies count by it; returns what it was."""
    before = _opened(uow.session, calendar_id, version)
    if names := rows.policies_with(uow.session, calendar_id):
        message = f"policies count by it: {', '.join(names)}"
        raise Conflict("calendar.in_use", message, {"policies": names})
    rows.hide_calendar(uow.session, calendar_id)
    return before


def set_day(
    uow: UnitOfWork, calendar_id: UUID, day: date, kind: object, periods: object, name: object
) -> Row:
    """Other hours on one day; none means closed."""
    _open(uow.session, calendar_id)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise field_error("date", f"must be from {FIRST_YEAR} to {LAST_YEAR}")
    if kind not in KINDS:
        raise field_error("kind", f"must be one of {', '.join(KINDS)}", "field.unknown_value")
    hours = periods_as_json(parse_periods([] if periods is None else periods))
    if kind == "holiday" and hours:
        raise field_error("periods", "must be empty on a holiday")
    if kind != "holiday" and not hours:
        raise field_error("periods", "is required unless it is a holiday", "field.required")
    row = _day(calendar_id, day, str(kind), hours, _name(name, ""), "manual")
    rows.put_days(uow.session, [row], replace=True)
    turn_page(uow.session)
    return rows.days_between(uow.session, calendar_id, day, day)[0]


def remove_day(uow: UnitOfWork, calendar_id: UUID, day: date) -> None:
    """The week's hours hold again. Raises NotFound."""
    _open(uow.session, calendar_id)
    if not rows.delete_day(uow.session, calendar_id, day):
        raise NotFound("calendar_day.unknown", "the week's hours hold on that day already")
    turn_page(uow.session)


def add_holidays(uow: UnitOfWork, calendar_id: UUID, country: str, year: int) -> dict[str, Any]:
    """A country's holidays and make-up days of a year; days that stand already stay as they are.

    On a make-up day the hours are those of the week's first open day.
    """
    calendar = _open(uow.session, calendar_id)
    found = holidays_of(country, year)
    weekly = parse_weekly(calendar["weekly"])
    usual = next(periods_as_json(day) for day in weekly.days if day)
    days = [
        _day(calendar_id, day.date, day.kind, usual if day.kind == WORKDAY else [], day.name)
        for day in found.days
    ]
    added = rows.put_days(uow.session, days, replace=False)
    if added:
        turn_page(uow.session)
    return {"added": added, "is_official": found.is_official}


def find(session: Session, calendar_id: UUID) -> Row:
    """Raises NotFound."""
    row = rows.find_calendar(session, calendar_id)
    if row is None:
        raise NotFound("calendar.unknown", "there is no such calendar")
    return row


def _open(session: Session, calendar_id: UUID) -> Row:
    open_book(session)
    return find(session, calendar_id)


def _opened(session: Session, calendar_id: UUID, version: int | None) -> Row:
    row = _open(session, calendar_id)
    check_version(row["version"], version)
    return row


def _checked(session: Session, calendar_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = {name: ["is not a part of a calendar"] for name in values if name not in _FIELDS}
    if unknown:
        raise InvalidInput("field.unknown", "unknown fields", {"errors": unknown})
    name = _name(values.get("name"))
    if rows.is_name_taken(session, name, calendar_id):
        raise field_error("name", "is another calendar's already", "field.taken")
    return {
        "calendar_id": calendar_id,
        "name": name,
        "zone": parse_zone(values.get("zone", "Asia/Shanghai")).key,
        "weekly": parse_weekly(values.get("weekly")).as_json(),
    }


def _name(value: object, default: str | None = None) -> str:
    if value is None and default is not None:
        return default
    name = " ".join(value.replace("\x00", "").split()) if isinstance(value, str) else ""
    if not name and default is None:
        raise field_error("name", "is required", "field.required")
    if len(name) > _NAME_LIMIT:
        raise field_error("name", f"must be at most {_NAME_LIMIT} characters", "field.too_long")
    return name


def _day(
    calendar_id: UUID,
    day: date,
    kind: str,
    periods: list[list[str]],
    name: str,
    source: str = "library",
) -> dict[str, Any]:
    return {
        "calendar_id": calendar_id,
        "date": day,
        "kind": kind,
        "periods": periods,
        "name": name,
        "source": source,
    }
