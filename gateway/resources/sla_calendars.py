"""Business calendars: weekly hours, days of their own, a country's holidays."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.sla_calendar import (
    CalendarDay,
    CalendarDayPage,
    DayQuery,
    HolidaysAdded,
    HolidayYear,
    NewCalendarDay,
    NewSlaCalendar,
    SlaCalendar,
    SlaCalendarPage,
)

blueprint = ApiBlueprint(
    "sla calendars",
    __name__,
    url_prefix="/sla/calendars",
    description="Business hours, holidays and days of work",
)

_ONE = "/<uuid:calendar_id>"
_DAY = f"{_ONE}/days/<day:date>"


@blueprint.operation("GET", "")
@requires("sla.read")
@blueprint.response(200, SlaCalendarPage)
def list_sla_calendars() -> Response:
    """All calendars by name."""
    return answer(query("sla", "list_calendars"))


@blueprint.operation("POST", "", is_command=True)
@requires("sla.manage")
@blueprint.arguments(NewSlaCalendar)
@blueprint.response(201, SlaCalendar, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_sla_calendar(values: dict[str, Any]) -> Response:
    """Add a calendar."""
    calendar = command("sla", "create_calendar", {"values": values})
    return present(calendar, 201, f"/sla/calendars/{calendar['calendar_id']}")


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("sla.read")
@blueprint.response(200, SlaCalendar, headers=ETAG_HEADER)
def get_sla_calendar(calendar_id: UUID) -> Response:
    """One calendar; its days are asked for by the year."""
    return present(query("sla", "get_calendar", {"calendar_id": str(calendar_id)}))


@blueprint.operation("PUT", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("sla.manage")
@blueprint.arguments(NewSlaCalendar)
@blueprint.response(200, SlaCalendar, headers=ETAG_HEADER)
def replace_sla_calendar(values: dict[str, Any], calendar_id: UUID) -> Response:
    """Another name or other hours; open tickets are reckoned anew soon after."""
    version = expected_version(is_required=True)
    args = {"calendar_id": str(calendar_id), "version": version, "values": values}
    return present(command("sla", "replace_calendar", args))


@blueprint.operation("DELETE", _ONE, errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH)
@requires("sla.manage")
@blueprint.response(204)
def remove_sla_calendar(calendar_id: UUID) -> Response:
    """Remove a calendar; refused while a policy reckons by it."""
    version = expected_version(is_required=True)
    command("sla", "remove_calendar", {"calendar_id": str(calendar_id), "version": version})
    return nothing()


@blueprint.operation("GET", f"{_ONE}/days", errors=(404,))
@requires("sla.read")
@blueprint.arguments(DayQuery, location="query")
@blueprint.response(200, CalendarDayPage)
def list_calendar_days(wanted: dict[str, Any], calendar_id: UUID) -> Response:
    """The days of a year on which other hours hold."""
    return answer(query("sla", "list_days", {"calendar_id": str(calendar_id), **wanted}))


@blueprint.operation("PUT", _DAY, errors=(404,), is_command=True)
@requires("sla.manage")
@blueprint.arguments(NewCalendarDay)
@blueprint.response(200, CalendarDay)
def set_calendar_day(day: dict[str, Any], calendar_id: UUID, date: date) -> Response:
    """Other hours for a day, or none."""
    args = {"calendar_id": str(calendar_id), "date": date.isoformat(), **day}
    return answer(command("sla", "set_day", args))


@blueprint.operation("DELETE", _DAY, errors=(404,), is_command=True)
@requires("sla.manage")
@blueprint.response(204)
def remove_calendar_day(calendar_id: UUID, date: date) -> Response:
    """The week's hours hold again."""
    command("sla", "remove_day", {"calendar_id": str(calendar_id), "date": date.isoformat()})
    return nothing()


@blueprint.operation("POST", f"{_ONE}/holidays", errors=(404,), is_command=True)
@requires("sla.manage")
@blueprint.arguments(HolidayYear)
@blueprint.response(200, HolidaysAdded)
def add_calendar_holidays(wanted: dict[str, Any], calendar_id: UUID) -> Response:
    """A country's holidays and make-up workdays (调休) of a year; days set by hand stay."""
    args = {"calendar_id": str(calendar_id), **wanted}
    return answer(command("sla", "add_holidays", args))
