"""Work on many tickets at once, and what became of each."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.kept import LANGUAGES, Step, steps
from gateway.schemas.pieces import Body, Line, Remark, Text, View, limit, one_of
from gateway.schemas.ticket_work import TicketQuery

MOST = 500
STATUSES = ("waiting", "running", "done", "cancelled")
STATES = ("waiting", "done", "refused", "skipped")


class BulkFilters(TicketQuery):
    """The filters of a list of tickets; its page means nothing here."""

    class Meta(TicketQuery.Meta):
        """The first 500 of the list, the newest first."""

        exclude = ("sort", "limit", "cursor")


class NewTicketBulk(Body):
    """Which tickets (`numbers`, or the first 500 that `filters` find), and what is done with each.

    `actions`, a macro, or a link with a problem record. A ticket whose version is not that of
    `versions` is refused.
    """

    numbers = fields.List(Line(longest=40), validate=validate.Length(min=1, max=MOST))
    filters = fields.Nested(BulkFilters)
    actions = steps()
    macro_id = fields.UUID()
    problem = Line(
        longest=40, metadata={"description": "Number of the problem record that is behind them."}
    )
    reason = Remark(metadata={"description": "Stands in each ticket's timeline."})
    language = one_of(*LANGUAGES, load_default="zh")
    versions = fields.Dict(
        keys=Line(longest=40),
        values=fields.Integer(strict=True, validate=validate.Range(min=0)),
        validate=validate.Length(max=MOST),
    )

    @validates_schema
    def refuse_both(self, wanted: dict[str, Any], **_: object) -> None:
        """Exactly one of each."""
        if ("numbers" in wanted) == ("filters" in wanted):
            raise ValidationError({"numbers": ["Give numbers or filters."]})
        if len(wanted.keys() & {"actions", "macro_id", "problem"}) != 1:
            raise ValidationError({"actions": ["Give actions, a macro or a problem."]})


class TicketBulk(View):
    """How far it is: of `total` tickets so many wait, are done, were refused or passed over."""

    bulk_id = fields.UUID(required=True)
    title = fields.String(required=True)
    status = one_of(*STATUSES, required=True)
    total = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    done = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    actions = fields.List(fields.Nested(Step), required=True)
    macro_id = fields.UUID(required=True, allow_none=True)
    problem = fields.String(allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class TicketBulkPage(View):
    """The newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(TicketBulk), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TicketBulkQuery(Body):
    """A page of them."""

    limit = limit(25)
    cursor = Text()


class BulkItem(View):
    """What became of one ticket; `code` and `message` say why it was not done."""

    position = fields.Integer(required=True)
    number = fields.String(required=True)
    state = one_of(*STATES, required=True)
    code = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)
    settled_at = fields.AwareDateTime(required=True, allow_none=True)


class BulkItemPage(View):
    """In the order in which they were named; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(BulkItem), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class BulkItemQuery(Body):
    """Those of one state, or all."""

    state = one_of(*STATES)
    limit = limit(100)
    cursor = Text()
