"""Saved views of tickets."""

from marshmallow import fields, validate

from gateway.schemas.condition import Condition
from gateway.schemas.pieces import Body, Line, View, one_of
from gateway.schemas.ticket import GroupName, TicketRow
from gateway.schemas.ticket_work import SORTS

VISIBILITIES = ("private", "group", "shared")
COLUMNS = (
    *(
        "number",
        "subject",
        "status",
        "urgency",
        "kind",
        "category",
        "channel",
        "customer",
        "assignee",
    ),
    *("group", "created_at", "updated_at", "last_customer_message_at", "next_due_at", "score"),
)


class NewTicketView(Body):
    """A whole view. `group_id` belongs to the visibility `group`."""

    name = Line(required=True, longest=60)
    name_en = Line(longest=60, load_default=None, allow_none=True)
    visibility = one_of(*VISIBILITIES, load_default="private")
    group_id = fields.UUID(load_default=None, allow_none=True)
    condition = Condition(load_default=dict)
    sort = one_of(*SORTS, load_default="-updated_at")
    columns = fields.List(
        one_of(*COLUMNS), load_default=list, validate=validate.Length(max=len(COLUMNS))
    )


class TicketView(View):
    """A saved view; `problem` says why it can no longer be listed."""

    view_id = fields.UUID(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    visibility = one_of(*VISIBILITIES, required=True)
    group_id = fields.UUID(required=True, allow_none=True)
    group = fields.Nested(GroupName, required=True, allow_none=True)
    condition = fields.Dict(keys=fields.String(), required=True)
    sort = fields.String(required=True)
    columns = fields.List(fields.String(), required=True)
    may_edit = fields.Boolean(required=True)
    problem = fields.String(required=True, allow_none=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class TicketViewPage(View):
    """What the caller may use, in the caller's order."""

    items = fields.List(fields.Nested(TicketView), required=True)


class TicketViewOrder(Body):
    """The caller's views in the order wanted; what is left out comes behind."""

    view_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(max=300))


class BoundedCount(View):
    """Counted to 1,000; null where that would have taken too long."""

    value = fields.Integer(required=True, allow_none=True)
    is_exact = fields.Boolean(required=True)


class TicketViewCount(BoundedCount):
    """How many tickets a view holds."""

    view_id = fields.UUID(required=True)


class TicketViewCounts(View):
    """Of the first twenty views."""

    items = fields.List(fields.Nested(TicketViewCount), required=True)


class ConditionTrial(Body):
    """A condition to be tried out."""

    condition = Condition(load_default=dict)


class ConditionTrialResult(View):
    """Which tickets would match now: how many, and twenty of them."""

    count = fields.Nested(BoundedCount, required=True)
    items = fields.List(fields.Nested(TicketRow), required=True)
