"""Figures of the tickets that the caller may see, and what stands behind them."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.report import (
    CountedTicketPage,
    Dashboard,
    DashboardQuery,
    MetricsQuery,
    Rebuild,
    Report,
    ReportMetrics,
    ReportQuery,
    ReportTicketQuery,
)

blueprint = ApiBlueprint("reports", __name__, description="Figures, and the tickets behind them")


@blueprint.operation("GET", "/report-metrics")
@requires("report.read")
@blueprint.arguments(MetricsQuery, location="query")
@blueprint.response(200, ReportMetrics)
def list_report_metrics(wanted: dict[str, Any]) -> Response:
    """What can be asked for: metrics, dimensions, units of time, filters."""
    return answer(query("reporting", "list_metrics", wanted))


@blueprint.operation("POST", "/reports/query")
@requires("report.read")
@blueprint.arguments(ReportQuery)
@blueprint.response(200, Report)
def query_report(wanted: dict[str, Any]) -> Response:
    """Metrics of a period by a dimension or a unit of time, compared, and through time."""
    return answer(query("reporting", "get_report", wanted))


@blueprint.operation("POST", "/reports/tickets")
@requires("report.read")
@blueprint.arguments(ReportTicketQuery)
@blueprint.response(200, CountedTicketPage)
def list_report_tickets(wanted: dict[str, Any]) -> Response:
    """Exactly the tickets that a figure counts."""
    return answer(query("reporting", "list_tickets_of", wanted))


@blueprint.operation("GET", "/reports/dashboard")
@requires("report.read")
@blueprint.arguments(DashboardQuery, location="query")
@blueprint.response(200, Dashboard)
def get_report_dashboard(wanted: dict[str, Any]) -> Response:
    """Tiles beside the period before, series and shares, by default of the present month."""
    return answer(query("reporting", "get_dashboard", wanted))


@blueprint.operation("POST", "/reports/rebuild", is_command=True)
@requires("report.manage")
@blueprint.response(202, Rebuild)
def rebuild_figures() -> Response:
    """Begin to build all figures anew from the events that were kept; they stay readable."""
    return answer(command("reporting", "rebuild_figures"), 202)


@blueprint.operation("GET", "/reports/rebuild")
@requires("report.manage")
@blueprint.response(200, Rebuild)
def get_rebuild() -> Response:
    """How far that is."""
    return answer(query("reporting", "get_rebuild"))
