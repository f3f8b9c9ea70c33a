"""Calendars and their days."""

from typing import Any

from libs.common.audit_answers import changed, made, removed
from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.sla.queries import policies as shown
from services.sla.service import arguments as args
from services.sla.use_cases import edit_calendars as edits

Json = dict[str, Any]


class CalendarCalls:
    """Whoever changes hours changes due times: unfinished tickets are computed anew soon after."""

    @query("sla.read")
    def list_calendars(self, call: Call) -> Json:
        """All by name."""
        return shown.list_calendars(call.uow)

    @query("sla.read")
    def get_calendar(self, call: Call, *, calendar_id: str) -> Json:
        """One."""
        return shown.get_calendar(call.uow, args.uuid_of("calendar_id", calendar_id))

    @query("sla.read")
    def list_days(self, call: Call, *, calendar_id: str, year: int) -> Json:
        """The days of a year on which other hours hold."""
        return shown.list_days(call.uow, args.uuid_of("calendar_id", calendar_id), year)

    @command("sla.manage")
    def create_calendar(self, call: Call, *, values: Json) -> Json:
        """A calendar without days of its own."""
        row = edits.create_calendar(call.uow, args.object_of("values", values))
        return made("calendar_id", shown.show_calendar(row))

    @command("sla.manage")
    def replace_calendar(
        self, call: Call, *, calendar_id: str, values: Json, version: int | None = None
    ) -> Json:
        """Other hours or another name."""
        before, after = edits.replace_calendar(
            call.uow,
            args.uuid_of("calendar_id", calendar_id),
            args.optional_count("version", version),
            args.object_of("values", values),
        )
        return changed("calendar_id", shown.show_calendar(before), shown.show_calendar(after))

    @command("sla.manage")
    def remove_calendar(self, call: Call, *, calendar_id: str, version: int | None = None) -> Json:
        """Refused while policies count by it."""
        before = edits.remove_calendar(
            call.uow,
            args.uuid_of("calendar_id", calendar_id),
            args.optional_count("version", version),
        )
        return removed("calendar_id", shown.show_calendar(before))

    @command("sla.manage")
    def set_day(
        self,
        call: Call,
        *,
        calendar_id: str,
        date: str,
        kind: str,
        periods: list[list[str]] | None = None,
        name: str | None = None,
    ) -> Json:
        """Other hours on a day, or none."""
        row = edits.set_day(
            call.uow,
            args.uuid_of("calendar_id", calendar_id),
            args.day_of("date", date),
            kind,
            periods,
            name,
        )
        day = shown.show_day(row)
        return day | {"audit": {"before": {}, "after": day}}

    @command("sla.manage")
    def remove_day(self, call: Call, *, calendar_id: str, date: str) -> Json:
        """The week's hours hold again."""
        day = args.day_of("date", date)
        edits.remove_day(call.uow, args.uuid_of("calendar_id", calendar_id), day)
        audit = {"before": {"date": day.isoformat()}, "after": {}}
        return {"audit": audit}

    @command("sla.manage")
    def add_holidays(self, call: Call, *, calendar_id: str, country: str, year: int) -> Json:
        """A country's holidays and make-up days; days that stand already stay."""
        key = args.uuid_of("calendar_id", calendar_id)
        added = edits.add_holidays(call.uow, key, country, year)
        after = {"country": country, "year": year, **added}
        return added | {"audit": {"object": calendar_id, "before": {}, "after": after}}
