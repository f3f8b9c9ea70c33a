"""Searching tickets: what is asked, and what is found."""

from marshmallow import fields, validate

from gateway.schemas.pieces import Text, View, one_of
from gateway.schemas.ticket import CountValue, TicketRow
from gateway.schemas.ticket_work import TicketQuery

_FIELDS = "subject, customer, message, note, solution, tags, or field.<key>"


class TicketSearchQuery(TicketQuery):
    """Words, beside the filters of the list."""

    q = Text(
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata={
            "description": 'Words that must all be there, in any language; "a phrase"; -without; '
            "subject: customer: tag: status: assignee: group: channel: urgency: kind: number: "
            "field.<key>: narrow it. Wrong syntax is taken as words."
        },
    )
    sort = one_of(
        "relevance",
        "newest",
        load_default="relevance",
        metadata={"description": "Best first, or what was changed last."},
    )


class Segment(View):
    """A piece of plain text."""

    text = fields.String(required=True)
    is_hit = fields.Boolean(required=True)


class Snippet(View):
    """Where the words stand."""

    field = fields.String(required=True, metadata={"description": f"One of {_FIELDS}."})
    segments = fields.List(fields.Nested(Segment), required=True)


class FoundTicket(TicketRow):
    """A ticket with what fits: its subject, and up to two more places."""

    snippets = fields.List(fields.Nested(Snippet), required=True)


class FoundTicketPage(View):
    """Some of what fits, in portions of 200, each the best first; `total` counts up to 1,000."""

    items = fields.List(fields.Nested(FoundTicket), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    total = fields.Nested(CountValue, required=True)
