"""What the gateway may ask of reporting. Answers have the shapes of REST."""

from datetime import date
from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls, command, query
from libs.common.errors import field_error
from services.reporting.domain.covering import Marked
from services.reporting.domain.vocabulary import UNITS
from services.reporting.queries.asking import Asked
from services.reporting.queries.dashboard import get_dashboard
from services.reporting.queries.drill_down import Drill, list_tickets_of
from services.reporting.queries.reports import ReportAsked, get_report
from services.reporting.queries.words import list_metrics
from services.reporting.service import arguments as args
from services.reporting.service.export_calls import ExportCalls
from services.reporting.storage.rebuilds import load_rebuild, show_rebuild
from services.reporting.storage.sums import load_marks
from services.reporting.use_cases.rebuild import start_rebuild

Json = dict[str, Any]


class Service(ExportCalls, OperatorCalls):
    """Figures of what the actor may see; periods are of days in the business zone."""

    name = "reporting"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

    @query("report.read")
    def list_metrics(self, call: Call, *, language: str | None = None) -> Json:
        """What can be asked for: metrics, dimensions, units of time, filters."""
        return list_metrics(args.language_of(language))

    @query("report.read")
    def get_report(
        self,
        call: Call,
        *,
        metrics: list[str],
        period: Json,
        by: str | None = None,
        series: str | None = None,
        filters: Json | None = None,
        compare: str | None = None,
        language: str | None = None,
    ) -> Json:
        """Metrics of a period by a dimension, compared, and through time."""
        today = self._today(call)
        report = ReportAsked(
            metrics=args.metrics_of(metrics),
            period=args.period_of(period, today),
            by=args.by_of(by),
            series=args.series_of(series),
            compare=args.compare_of(compare),
            language=args.language_of(language),
        )
        return get_report(call.uow.session, self._asked(call, filters), report, today)

    @query("report.read")
    def list_tickets_of(
        self,
        call: Call,
        *,
        metric: str,
        period: Json,
        by: str | None = None,
        key: str | None = None,
        filters: Json | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Json:
        """The tickets behind a figure, of a report's row by its dimension and key."""
        today, dimension = self._today(call), args.by_of(by)
        if dimension in UNITS:
            raise field_error("by", "must be a dimension: of a unit of time ask for its period")
        drill = Drill(
            metric=args.metric_of("metric", metric),
            period=args.period_of(period, today),
            by=dimension,
            key=args.key_of(dimension, key) if dimension else None,
        )
        asked = self._asked(call, filters)
        place, most = args.cursor_of(cursor), args.limit_of(limit)
        return list_tickets_of(call.uow.session, asked, drill, today, place, most)

    @query("report.read")
    def get_dashboard(
        self,
        call: Call,
        *,
        period: Json | None = None,
        filters: Json | None = None,
        language: str | None = None,
    ) -> Json:
        """Tiles, series and shares in one answer, by default of the present month."""
        today = self._today(call)
        wanted = args.period_of(period or {"unit": "month"}, today)
        asked = self._asked(call, filters)
        return get_dashboard(call.uow.session, asked, wanted, args.language_of(language), today)

    @command("report.manage")
    def rebuild_figures(self, call: Call) -> Json:
        """Begin to build all figures anew from the archive."""
        begun = start_rebuild(call.uow, call.now)
        return begun | {"audit": {"before": {}, "after": {"phase": begun["phase"]}}}

    @query("report.manage")
    def get_rebuild(self, call: Call) -> Json:
        """How far it is."""
        return show_rebuild(load_rebuild(call.uow.session))

    def _asked(self, call: Call, filters: Json | None) -> Asked:
        marked = Marked(load_marks(call.uow.session))
        return Asked(call.actor, args.filters_of(filters), marked)

    def _today(self, call: Call) -> date:
        return call.now.astimezone(self.config.business_zone).date()
