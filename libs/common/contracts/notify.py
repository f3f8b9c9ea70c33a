"""Events of notify: what became of telling people."""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import private


class NoticeFailed(EventSchema):
    """A customer could not be told, finally; `reason` is for staff to read."""

    type = "notice.failed"
    producer = "notify"

    delivery_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    channel = fields.String(required=True)
    occasion = fields.String(required=True)
    reason = fields.String(required=True, metadata=private)
