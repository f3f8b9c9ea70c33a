"""What every event of a ticket carries."""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import ActorFact, TicketScope, nested, private


class TicketEvent(EventSchema):
    """The ticket's header after the event, enough for a copy that never asks back."""

    producer = "ticketing"

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    seq = fields.Integer(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    status_category = fields.String(required=True)
    # The company's own status that stands on `status`, its base, and shares its category.
    own_status = fields.String(allow_none=True, load_default=None)
    urgency = fields.String(required=True)
    kind = fields.String(required=True)
    channel = fields.String(required=True)
    customer_id = fields.UUID(required=True)
    contact_id = fields.UUID(allow_none=True)
    assignee_id = fields.UUID(allow_none=True)
    group_id = fields.UUID(allow_none=True)
    subject = fields.String(required=True, metadata=private)
    customer_name = fields.String(required=True, metadata=private)
    created_at = fields.AwareDateTime(required=True)
    occurred_at = fields.AwareDateTime(required=True)
    actor = nested(ActorFact)
    scope = nested(TicketScope)
    # Counts how often the ticket has changed hands; outdates older proposals.
    assignment_epoch = fields.Integer(load_default=0)
    accepted_at = fields.AwareDateTime(allow_none=True, load_default=None)
    tags = fields.List(fields.String(), load_default=list)
    custom_fields = fields.Dict(keys=fields.String(), load_default=dict, metadata=private)
    # The newest score, 1–5, and whether the customer is known to be dissatisfied (待跟进).
    score = fields.Integer(allow_none=True, load_default=None)
    is_dissatisfied = fields.Boolean(load_default=False)
    # normal, duplicate, invalid, withdrawn: as what it was closed, once it is.
    close_kind = fields.String(allow_none=True, load_default=None)
    # How often the customer has asked how it goes (催单), and when last.
    urge_count = fields.Integer(load_default=0)
    last_urged_at = fields.AwareDateTime(allow_none=True, load_default=None)
    # 督办: it is closed only after a leader's sign-off.
    is_supervised = fields.Boolean(load_default=False)
    # Its category, and the ids from the top of the tree down to it, as the tree was then.
    category_id = fields.UUID(allow_none=True, load_default=None)
    category_path = fields.List(fields.UUID(), load_default=list)
    # The word of the scale by which people chose the urgency (P1), and why it was last changed.
    urgency_word = fields.String(allow_none=True, load_default=None)
    urgency_reason = fields.String(allow_none=True, load_default=None, metadata=private)
