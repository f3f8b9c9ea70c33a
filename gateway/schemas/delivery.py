"""What became of messages: never an address, never a text."""

from marshmallow import fields

from gateway.schemas.notification_rule import DELIVERED
from gateway.schemas.pieces import Body, Line, View, limit, one_of

STATUSES = ("waiting", "sending", "sent", "failed", "skipped", "unknown")


class Delivery(View):
    """One message to one recipient. `unknown`: it may have come; it is not sent again by itself.

    `recipient_name` is that of a colleague or a robot; customers are not named here.
    """

    delivery_id = fields.UUID(required=True)
    occasion = fields.String(required=True)
    channel = fields.String(required=True)
    other_channels = fields.List(fields.String(), required=True)
    recipient_kind = one_of("customer", "person", "endpoint", required=True)
    recipient_id = fields.UUID(required=True)
    recipient_name = fields.String(required=True, allow_none=True)
    ticket_id = fields.UUID(required=True, allow_none=True)
    ticket_number = fields.String(required=True, allow_none=True)
    rule_id = fields.UUID(required=True, allow_none=True)
    status = one_of(*STATUSES, required=True)
    is_urgent = fields.Boolean(required=True)
    attempts = fields.Integer(required=True)
    error = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)


class DeliveryPage(View):
    """The newest first."""

    items = fields.List(fields.Nested(Delivery), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DeliveryQuery(Body):
    """Which ones."""

    status = one_of(*STATUSES)
    channel = one_of(*DELIVERED)
    occasion = Line(longest=40)
    number = Line(longest=32)
    limit = limit(50)
    cursor = Line(longest=500)


class DeliveryResent(View):
    """It is on its way again."""

    status = one_of(*STATUSES, required=True)
