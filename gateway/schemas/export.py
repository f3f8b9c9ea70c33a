"""Exports of reports and tickets, and reports that are kept."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import Body, Line, Text, View, limit, one_of
from gateway.schemas.report import LANGUAGES, AskedReport, AskedTickets

KINDS = ("xlsx", "csv")
WHATS = ("report", "tickets")
STATUSES = ("waiting", "running", "done", "failed", "cancelled", "expired")
CHARTS = ("bar", "line", "pie", "radar")
_MOST_CHARTS = 10


class ReportChart(Body):
    """A picture of some of the report's metrics; none named: all of the first one's unit.

    A line is drawn through time where the report has a series, all others of its rows.
    """

    kind = one_of(*CHARTS, required=True)
    metrics = fields.List(
        Text(validate=validate.Length(min=1, max=64)), validate=validate.Length(max=40)
    )


def _charts() -> fields.List:
    return fields.List(fields.Nested(ReportChart), validate=validate.Length(max=_MOST_CHARTS))


class NewExport(Body):
    """A report (`report`, with `charts` in xlsx), or all tickets behind a figure (`tickets`)."""

    kind = one_of(*KINDS, required=True)
    what = one_of(*WHATS, required=True)
    name = Line(longest=100)
    language = one_of(*LANGUAGES)
    report = fields.Nested(AskedReport)
    tickets = fields.Nested(AskedTickets)
    charts = _charts()

    @validates_schema
    def _check_content(self, wanted: dict[str, Any], **_: Any) -> None:
        what = wanted.get("what")
        if what in WHATS and what not in wanted:
            raise ValidationError("Missing data for required field.", what)


class Export(View):
    """A file on its way: waiting, running (`progress` percent), done, failed, cancelled, expired.

    `rows` are its lines, `size` its bytes. The file is kept until `expires_at`.
    """

    export_id = fields.UUID(required=True)
    kind = one_of(*KINDS, required=True)
    what = one_of(*WHATS, required=True)
    name = fields.String(required=True)
    language = one_of(*LANGUAGES, required=True)
    status = one_of(*STATUSES, required=True)
    progress = fields.Integer(required=True)
    rows = fields.Integer(required=True, allow_none=True)
    size = fields.Integer(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    arguments = fields.Dict(keys=fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)


class ExportQuery(Body):
    """A page of them."""

    limit = limit(25, most=100)
    cursor = Text()


class ExportPage(View):
    """The newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(Export), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ReportDefinition(AskedReport):
    """What a report asks for, with its charts."""

    charts = _charts()


class NewSavedReport(Body):
    """A report under a name; a shared one is everybody's to read, with their own figures."""

    name = Line(required=True, longest=100)
    is_shared = fields.Boolean(load_default=False)
    definition = fields.Nested(ReportDefinition, required=True)


class SavedReportOwner(View):
    """Whose it is."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)


class SavedReport(View):
    """A report that is kept; shipped ones have no owner, and report.manage changes them."""

    report_id = fields.UUID(required=True)
    name = fields.String(required=True)
    owner = fields.Nested(SavedReportOwner, required=True, allow_none=True)
    is_own = fields.Boolean(required=True)
    is_shared = fields.Boolean(required=True)
    is_shipped = fields.Boolean(required=True)
    definition = fields.Nested(ReportDefinition, required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class SavedReportPage(View):
    """The shipped ones first, then by age."""

    items = fields.List(fields.Nested(SavedReport), required=True)


class SavedReportQuery(Body):
    """In which language shipped ones are called."""

    language = one_of(*LANGUAGES)
