"""Imports of tickets from spreadsheets."""

from marshmallow import fields

from gateway.schemas.pieces import Body, Text, View, limit, one_of
from gateway.schemas.ticket import Assignee
from gateway.ticket_import.keeping import ROW_STATES, STATES


class TicketImportCounts(View):
    """How many rows are in which state."""

    ready = fields.Integer(required=True)
    invalid = fields.Integer(required=True)
    done = fields.Integer(required=True)
    failed = fields.Integer(required=True)


class TicketImport(View):
    """A file of tickets: a draft until somebody starts it, then running until it is done."""

    import_id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = one_of(*STATES, required=True)
    total = fields.Integer(required=True)
    counts = fields.Nested(TicketImportCounts, required=True)
    ignored_columns = fields.List(
        fields.String(), required=True, metadata={"description": "Heads that nobody knows."}
    )
    created_by = fields.Nested(Assignee, required=True)
    created_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class TicketImportPage(View):
    """Some imports, the newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(TicketImport), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TicketImportRow(View):
    """A row: wrong (`invalid`, `failed`) with why, or done with the ticket's number."""

    row_number = fields.Integer(required=True)
    state = one_of(*ROW_STATES, required=True)
    subject = fields.String(required=True, allow_none=True)
    customer_name = fields.String(required=True, allow_none=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    number = fields.String(required=True, allow_none=True)


class TicketImportRowPage(View):
    """Some rows in the order of the file; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(TicketImportRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TicketImportQuery(Body):
    """Which page."""

    limit = limit(25)
    cursor = Text()


class TicketImportRowQuery(TicketImportQuery):
    """Which rows."""

    state = one_of(*ROW_STATES)


class TicketImportStart(Body):
    """With `skip_errors` the good rows are imported and the wrong ones left out."""

    skip_errors = fields.Boolean(load_default=False)


class TicketTemplateQuery(Body):
    """In which language the heads are."""

    language = one_of("zh", "en", load_default="zh")
