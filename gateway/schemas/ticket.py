"""Tickets as they are answered."""

from marshmallow import fields

from gateway.schemas.entry import TimelinePage
from gateway.schemas.pieces import CATEGORIES, KINDS, URGENCIES, View, one_of

_ACTIONS = (
    *("take", "assign", "transfer", "return", "accept", "reply", "note", "solve", "reopen"),
    *("edit", "judge"),
)


class Assignee(View):
    """Who works on it."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)


class GroupName(View):
    """The group that the ticket is in."""

    group_id = fields.UUID(required=True)
    name = fields.String(required=True)


class Requester(View):
    """The customer, as far as the ticket knows."""

    customer_id = fields.UUID(required=True)
    name = fields.String(required=True)


class TicketLink(View):
    """Another ticket."""

    number = fields.String(required=True)


class Allowed(View):
    """What the caller may do with the ticket now."""

    moves = fields.List(fields.String(), required=True)
    actions = fields.List(one_of(*_ACTIONS), required=True)


class TicketRow(View):
    """A ticket in a list."""

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    subject = fields.String(required=True)
    kind = one_of(*KINDS, required=True, allow_none=True)
    channel = fields.String(required=True)
    status = fields.String(required=True)
    status_category = one_of(*CATEGORIES, required=True)
    urgency = one_of(*URGENCIES, required=True)
    assignee = fields.Nested(Assignee, required=True, allow_none=True)
    group = fields.Nested(GroupName, required=True, allow_none=True)
    department_id = fields.UUID(required=True, allow_none=True)
    region_id = fields.UUID(required=True, allow_none=True)
    customer = fields.Nested(Requester, required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    last_customer_message_at = fields.AwareDateTime(required=True, allow_none=True)
    next_due_at = fields.AwareDateTime(required=True, allow_none=True)
    is_overdue = fields.Boolean(required=True)
    score = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The customer's newest, 1 to 5 (very satisfied)."},
    )
    is_dissatisfied = fields.Boolean(
        required=True,
        metadata={"description": "待跟进: is not closed until they are satisfied."},
    )
    version = fields.Integer(required=True)


class TicketPage(View):
    """Some tickets; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(TicketRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Ticket(TicketRow):
    """A whole ticket. `timeline` (its newest page) comes with GET only."""

    fields_ = fields.Dict(
        keys=fields.String(), required=True, data_key="fields", attribute="fields"
    )
    tags = fields.List(fields.String(), required=True)
    group_id = fields.UUID(required=True, allow_none=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    first_replied_at = fields.AwareDateTime(required=True, allow_none=True)
    solved_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    dissatisfied_at = fields.AwareDateTime(required=True, allow_none=True)
    solution = fields.String(required=True, allow_none=True)
    possibly_related_to = fields.Nested(TicketLink, required=True, allow_none=True)
    follows_up = fields.Nested(TicketLink, required=True, allow_none=True)
    allowed = fields.Nested(Allowed, required=True)
    timeline = fields.Nested(TimelinePage)


class CountValue(View):
    """Counted to 1,000; beyond that `is_exact` is false."""

    value = fields.Integer(required=True)
    is_exact = fields.Boolean(required=True)


class TicketCounts(View):
    """How many tickets each view holds."""

    mine = fields.Nested(CountValue, required=True)
    unassigned = fields.Nested(CountValue, required=True)
    open = fields.Nested(CountValue, required=True)
    overdue = fields.Nested(CountValue, required=True)
    follow_up = fields.Nested(CountValue, required=True)
    solved = fields.Nested(CountValue, required=True)
    all = fields.Nested(CountValue, required=True)


class Wording(View):
    """The same in the languages of the product."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class Status(View):
    """A status, the category it belongs to, and what staff and customers call it."""

    key = fields.String(required=True)
    category = one_of(*CATEGORIES, required=True)
    label = fields.Nested(Wording, required=True)
    customer_text = fields.Nested(Wording, required=True)
    position = fields.Integer(required=True)


class StatusPage(View):
    """All of them, in order."""

    items = fields.List(fields.Nested(Status), required=True)
