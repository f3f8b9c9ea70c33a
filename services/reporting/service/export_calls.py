"""What may be asked of exports and saved reports; everybody has their own."""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from libs.common.errors import Forbidden, field_error
from services.reporting.queries import exports as listed
from services.reporting.queries import saved_reports as saved
from services.reporting.service import arguments as args
from services.reporting.service.export_arguments import day_of, export_of, saved_of
from services.reporting.use_cases import exports, saved_reports

Json = dict[str, Any]
_TOLD = ("kind", "what", "name", "language")


class ExportCalls:
    """Of the RPC service: exports are made by its jobs."""

    if TYPE_CHECKING:
        config: Config

    @command("report.export")
    def create_export(self, call: Call, *, values: Json) -> Json:
        """Order a file; it is written with the data scope that the actor has now."""
        wanted = export_of(values, self._day(call))
        owner = _person(call.actor)
        row = exports.create_export(call.uow, call.now, call.actor, owner, wanted)
        told = {name: row[name] for name in _TOLD} | {"export_id": str(row["export_id"])}
        return listed.show_export(row) | {"audit": {"before": {}, "after": told}}

    @query("report.export")
    def list_exports(self, call: Call, *, cursor: str | None = None, limit: int = 25) -> Json:
        """One's own, the newest first."""
        place, most = args.cursor_of(cursor), args.limit_of(limit)
        return listed.list_exports(call.uow.session, _person(call.actor), place, most)

    @query("report.export")
    def get_export(self, call: Call, *, export_id: str) -> Json:
        """One of one's own."""
        return listed.get_export(call.uow.session, _person(call.actor), _id("export_id", export_id))

    @query("report.export")
    def get_export_file(self, call: Call, *, export_id: str) -> Json:
        """Where its file is."""
        place = _id("export_id", export_id)
        return listed.get_export_file(call.uow.session, _person(call.actor), place)

    @command("report.export")
    def remove_export(self, call: Call, *, export_id: str) -> Json:
        """Cancel it, or remove what came of it."""
        place = _id("export_id", export_id)
        row = exports.remove_export(call.uow, call.now, _person(call.actor), place)
        told = {name: row[name] for name in (*_TOLD, "status")}
        return {"audit": {"before": told, "after": {}}}

    @query("report.read")
    def list_saved_reports(self, call: Call, *, language: str | None = None) -> Json:
        """One's own, shared ones, and those that are shipped."""
        asker, words = _person(call.actor), args.language_of(language)
        return saved.list_saved_reports(call.uow.session, asker, words)

    @query("report.read")
    def get_saved_report(self, call: Call, *, report_id: str, language: str | None = None) -> Json:
        """One of them."""
        asker, words = _person(call.actor), args.language_of(language)
        return saved.get_saved_report(call.uow.session, asker, _id("report_id", report_id), words)

    @command("report.read")
    def save_report(self, call: Call, *, values: Json) -> Json:
        """Keep a report under a name."""
        wanted, owner = saved_of(values, self._day(call)), _person(call.actor)
        row = saved_reports.save_report(call.uow, call.now, owner, wanted)
        shown = saved.present_saved(call.uow.session, row, owner, "zh")
        return shown | {"audit": {"before": {}, "after": _facts(row)}}

    @command("report.read")
    def replace_saved_report(
        self, call: Call, *, report_id: str, version: int, values: Json
    ) -> Json:
        """The whole report anew."""
        wanted, place = saved_of(values, self._day(call)), _id("report_id", report_id)
        before, row = saved_reports.replace_report(
            call.uow, call.now, call.actor, place, version, wanted
        )
        shown = saved.present_saved(call.uow.session, row, _person(call.actor), "zh")
        return shown | {"audit": {"before": _facts(before), "after": _facts(row)}}

    @command("report.read")
    def remove_saved_report(self, call: Call, *, report_id: str, version: int) -> Json:
        """For good."""
        place = _id("report_id", report_id)
        before = saved_reports.remove_report(call.uow, call.actor, place, version)
        return {"audit": {"before": _facts(before), "after": {}}}

    def _day(self, call: Call) -> date:
        return day_of(call.now, self.config.business_zone)


def _facts(row: Any) -> Json:
    return {name: row[name] for name in ("name", "is_shared", "definition")}


def _person(actor: Actor) -> UUID:
    if actor.subject is None:
        raise Forbidden("export.no_owner", "only people have exports and reports of their own")
    return actor.subject


def _id(where: str, value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise field_error(where, "must be a UUID") from None
