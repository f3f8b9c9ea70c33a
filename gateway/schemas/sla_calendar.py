"""Business calendars: a week's hours, and days on which others hold."""

from marshmallow import fields, validate

from gateway.schemas.hours import periods, weekly
from gateway.schemas.pieces import Body, Line, View, one_of

KINDS_OF_DAYS = ("holiday", "workday", "special")


def _year() -> fields.Integer:
    return fields.Integer(required=True, validate=validate.Range(min=2000, max=2100))


class NewSlaCalendar(Body):
    """A whole calendar, but for its days."""

    name = Line(required=True, longest=60)
    zone = Line(longest=64, load_default="Asia/Shanghai")
    weekly = weekly(required=True)


class SlaCalendar(View):
    """A week's business hours in a time zone."""

    calendar_id = fields.UUID(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True)
    weekly = weekly(required=True)
    version = fields.Integer(required=True)


class SlaCalendarPage(View):
    """All calendars by name."""

    items = fields.List(fields.Nested(SlaCalendar), required=True)


class DayQuery(Body):
    """A year."""

    year = _year()


class NewCalendarDay(Body):
    """What holds on a day instead of the week's hours. No periods: closed."""

    kind = one_of(*KINDS_OF_DAYS, required=True)
    periods = periods(load_default=list)
    name = Line(longest=60, load_default=None, allow_none=True)


class CalendarDay(View):
    """A day with hours of its own, and who says so: a person, or a country's holidays."""

    date = fields.Date(required=True)
    kind = one_of(*KINDS_OF_DAYS, required=True)
    periods = periods(required=True)
    name = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)


class CalendarDayPage(View):
    """Those of a year by date."""

    items = fields.List(fields.Nested(CalendarDay), required=True)


class HolidayYear(Body):
    """A country (ISO 3166, e.g. CN) and a year."""

    country = Line(longest=10, load_default="CN")
    year = _year()


class HolidaysAdded(View):
    """How many days; `is_official` is false where the year's are not announced yet."""

    added = fields.Integer(required=True)
    is_official = fields.Boolean(required=True)
