"""Statuses: the shipped ones, and those that a company has put on them."""

from marshmallow import fields, validate

from gateway.schemas.changes import Changes
from gateway.schemas.pieces import CATEGORIES, Body, Line, View, one_of
from gateway.schemas.ticket import CountValue, Wording
from gateway.schemas.use import unanswered, uses

_BASES = (
    *("unassigned", "assigned", "in_progress", "awaiting_approval", "awaiting_customer"),
    *("follow_up", "solved", "closed"),
)
_COLORS = ("violet", "blue", "teal", "green", "amber", "orange", "red", "pink", "plum", "grey")
_KEY = validate.Regexp(r"own_[a-z0-9_]{1,36}\Z")


class Status(View):
    """A status, the category it belongs to, and what staff and customers call it.

    An own one stands on a shipped one, its `base`: to every rule it is that one.
    """

    key = fields.String(required=True)
    category = one_of(*CATEGORIES, required=True)
    base = fields.String(required=True)
    is_own = fields.Boolean(required=True)
    label = fields.Nested(Wording, required=True)
    customer_text = fields.Nested(Wording, required=True)
    color = one_of(*_COLORS, required=True, allow_none=True)
    is_archived = fields.Boolean(required=True)
    position = fields.Integer(required=True)
    version = fields.Integer(required=True)


class StatusPage(View):
    """All of them, in order."""

    items = fields.List(fields.Nested(Status), required=True)


class TemplateUsing(View):
    """A template whose moves speak of it."""

    key = fields.String(required=True)
    name = fields.Nested(Wording, required=True)


class StatusUsage(View):
    """Where a status is in use."""

    tickets = fields.Nested(CountValue, required=True)
    templates = fields.List(fields.Nested(TemplateUsing), required=True)
    uses = uses(required=True)
    unanswered = unanswered()


class StatusWithUsage(Status):
    """One status, with where it is in use."""

    usage = fields.Nested(StatusUsage, required=True)


class NewWording(Body):
    """The same in both languages; where English is missing, Chinese stands for it."""

    zh = Line(required=True, longest=200)
    en = Line(longest=200)


class NewStatus(Body):
    """An own status. Customers read what they read of its base, unless something is given."""

    key = fields.String(
        validate=_KEY, metadata={"description": "For other systems; made up where none is given."}
    )
    base = one_of(*_BASES, required=True)
    label = fields.Nested(NewWording, required=True)
    customer_text = fields.Nested(NewWording)
    color = one_of(*_COLORS, allow_none=True)


class StatusChanges(Changes):
    """Some of it. What is archived is chosen no more; tickets keep it until they are moved."""

    label = fields.Nested(NewWording)
    customer_text = fields.Nested(NewWording)
    color = one_of(*_COLORS, allow_none=True)
    is_archived = fields.Boolean()


class StatusOrder(Body):
    """Every key once."""

    keys = fields.List(Line(longest=40), required=True, validate=validate.Length(min=1, max=100))
