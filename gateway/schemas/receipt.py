"""Messages as the door took them in."""

from marshmallow import fields

from gateway.schemas.pieces import Body, Text, View, limit, one_of

STATES = ("accepted", "filed", "ignored", "failed")


class Receipt(View):
    """What was promised to a sender, and what became of it: `error` says why it was not filed."""

    receipt_id = fields.UUID(required=True)
    account = fields.String(required=True, allow_none=True)
    external_id = fields.String(required=True)
    state = one_of(*STATES, required=True)
    number = fields.String(required=True, allow_none=True)
    size = fields.Integer(required=True)
    received_at = fields.AwareDateTime(required=True)
    attempts = fields.Integer(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class ReceiptPage(View):
    """The newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(Receipt), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ReceiptQuery(Body):
    """Those of one state."""

    state = one_of(*STATES, load_default="failed")
    limit = limit(100, most=200)
    cursor = Text()
