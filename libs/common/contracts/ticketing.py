"""Events of ticketing: all that happens to a ticket.

`seq` is contiguous per ticket, one per event: copies keep what has the highest.
"""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import (
    ActorFact,
    Attachment,
    TicketScope,
    nested,
    private,
    private_list,
)


class TicketEvent(EventSchema):
    """The ticket's header after the event, enough for a copy that never asks back."""

    producer = "ticketing"

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    seq = fields.Integer(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    status_category = fields.String(required=True)
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


class TicketCreated(TicketEvent):
    """A ticket exists and has its number. `message_id`: the message that opened it, if one did."""

    type = "ticket.created"

    message_id = fields.UUID(allow_none=True)
    text = fields.String(required=True, metadata=private)
    possibly_related_ticket_id = fields.UUID(allow_none=True)
    follows_up_ticket_id = fields.UUID(allow_none=True)
    is_auto_reply = fields.Boolean(load_default=False)


class TicketMessageReceived(TicketEvent):
    """The customer wrote again into the ticket."""

    type = "ticket.message_received"

    entry_id = fields.UUID(required=True)
    message_id = fields.UUID(required=True)
    text = fields.String(required=True, metadata=private)
    is_auto_reply = fields.Boolean(load_default=False)


class TicketReplied(TicketEvent):
    """Staff answered the customer in public."""

    type = "ticket.replied"

    entry_id = fields.UUID(required=True)
    text = fields.String(required=True, metadata=private)
    html = fields.String(allow_none=True, metadata=private)
    attachments = private_list(fields.Nested(Attachment))


class TicketNoteAdded(TicketEvent):
    """Staff wrote an internal note; its text never leaves ticketing."""

    type = "ticket.note_added"

    entry_id = fields.UUID(required=True)
    # Whom the note is meant for by name (@).
    mentions = fields.List(fields.UUID(), load_default=list)


class TicketAssigned(TicketEvent):
    """The ticket has a (new) assignee. `epoch` counts assignments of this ticket.

    `mode`: manual (by hand, or taken), automatic, grab, hand_over, escalation.
    """

    type = "ticket.assigned"

    assignment_id = fields.UUID(required=True)
    epoch = fields.Integer(required=True)
    previous_assignee_id = fields.UUID(allow_none=True)
    note = fields.String(allow_none=True, metadata=private)
    mode = fields.String(load_default="manual")


class TicketTransferred(TicketEvent):
    """The ticket was passed to a group (转交) and waits there; `epoch` outdates older proposals."""

    type = "ticket.transferred"

    from_group_id = fields.UUID(allow_none=True)
    to_group_id = fields.UUID(required=True)
    previous_assignee_id = fields.UUID(allow_none=True)
    epoch = fields.Integer(required=True)
    note = fields.String(allow_none=True, metadata=private)


class TicketReturned(TicketEvent):
    """The assignee no longer has the ticket (退回); it waits in its group. `epoch` as above.

    `cause`: returned (by the assignee or a supervisor), accept_timeout, hand_over.
    """

    type = "ticket.returned"

    previous_assignee_id = fields.UUID(allow_none=True)
    epoch = fields.Integer(required=True)
    cause = fields.String(required=True)
    reason = fields.String(allow_none=True, metadata=private)


class TicketAccepted(TicketEvent):
    """The assignee confirmed (确认接收): the ticket is in progress."""

    type = "ticket.accepted"


class TicketStatusChanged(TicketEvent):
    """The status moved for a reason that no more specific event tells."""

    type = "ticket.status_changed"

    from_status = fields.String(required=True)
    to_status = fields.String(required=True)
    reason = fields.String(allow_none=True, metadata=private)


class TicketEdited(TicketEvent):
    """Staff-editable fields changed; `changed` names them."""

    type = "ticket.edited"

    changed = fields.List(fields.String(), required=True)


class TicketSolved(TicketEvent):
    """A solution stands on the ticket."""

    type = "ticket.solved"

    entry_id = fields.UUID(required=True)
    text = fields.String(required=True, metadata=private)
    notify_customer = fields.Boolean(load_default=True)


class TicketReopened(TicketEvent):
    """A solved ticket is being worked on again; `cause` is customer, staff or low_score."""

    type = "ticket.reopened"

    cause = fields.String(required=True)
    reason = fields.String(allow_none=True, metadata=private)


class TicketRated(TicketEvent):
    """The customer's judgement stands on the ticket. `source`: survey, or staff for what they told.

    `survey_id` is null then, and so may be `score` (1–5) where only satisfied or not was said.
    """

    type = "ticket.rated"

    entry_id = fields.UUID(required=True)
    source = fields.String(required=True)
    survey_id = fields.UUID(allow_none=True)
    is_satisfied = fields.Boolean(allow_none=True)
    nps = fields.Integer(allow_none=True)
    reasons = fields.List(fields.String(), load_default=list)
    rated_score = fields.Integer(allow_none=True)
    comment = fields.String(allow_none=True, metadata=private)


class TicketFollowedUp(TicketEvent):
    """A message came for a ticket that stays closed: a new ticket carries it on."""

    type = "ticket.followed_up"

    old_ticket_id = fields.UUID(required=True)
    new_ticket_id = fields.UUID(required=True)
    message_id = fields.UUID(required=True)


class AssignmentAnswered(EventSchema):
    """What became of a proposal of dispatch's."""

    producer = "ticketing"

    assignment_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    epoch = fields.Integer(required=True)


class AssignmentConfirmed(AssignmentAnswered):
    """A proposal that came again had been carried out already; the ticket is still theirs.

    The first time `ticket.assigned` is the answer.
    """

    type = "assignment.confirmed"


class AssignmentRefused(AssignmentAnswered):
    """The ticket does not go to whom dispatch proposed; `epoch` is the ticket's present one.

    `reason`: outdated (it has changed hands), finished (solved or closed), unknown (no such
    ticket), assignee_inactive.
    """

    type = "assignment.refused"

    reason = fields.String(required=True)
