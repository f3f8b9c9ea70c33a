"""Tickets that may be grabbed (抢单)."""

from marshmallow import fields

from gateway.schemas.pieces import KINDS, URGENCIES, Body, Text, View, limit, one_of
from gateway.schemas.ticket import GroupName


class PoolQuery(Body):
    """A page of the pool."""

    limit = limit(25)
    cursor = Text()


class Offer(View):
    """A ticket that the members of its group may grab until `ends_at`, if that is set."""

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    subject = fields.String(required=True)
    kind = one_of(*KINDS, required=True, allow_none=True)
    channel = fields.String(required=True)
    urgency = one_of(*URGENCIES, required=True)
    created_at = fields.AwareDateTime(required=True)
    since = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True, allow_none=True)
    group = fields.Nested(GroupName, required=True)
    next_due_at = fields.AwareDateTime(required=True, allow_none=True)


class OfferPage(View):
    """What the caller may grab, the most urgent first; of their `quota` so many are `left`."""

    items = fields.List(fields.Nested(Offer), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    quota = fields.Integer(required=True)
    left = fields.Integer(required=True)


class Grab(View):
    """The caller was first. The ticket is theirs as soon as it says so itself."""

    state = one_of("pending", required=True)
    assignment_id = fields.UUID(required=True)
