"""How tickets begin, are worked on, and end."""

from marshmallow import fields

from libs.common.contracts.pieces import Attachment, private, private_list
from libs.common.contracts.ticketing.header import TicketEvent


class TicketCreated(TicketEvent):
    """A ticket exists and has its number. `message_id`: the message that opened it, if one did."""

    type = "ticket.created"

    message_id = fields.UUID(allow_none=True)
    text = fields.String(required=True, metadata=private)
    possibly_related_ticket_id = fields.UUID(allow_none=True)
    follows_up_ticket_id = fields.UUID(allow_none=True)
    parent_ticket_id = fields.UUID(allow_none=True, load_default=None)
    split_from_ticket_id = fields.UUID(allow_none=True, load_default=None)
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
    """The ticket was passed on (转交) and waits there; `epoch` outdates older proposals.

    To a group, or to a department as a whole: then `to_group_id` is null.
    """

    type = "ticket.transferred"

    from_group_id = fields.UUID(allow_none=True)
    to_group_id = fields.UUID(required=True, allow_none=True)
    to_department_id = fields.UUID(allow_none=True, load_default=None)
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
    """The status moved for a reason that no more specific event tells.

    Between own statuses of one base `from_status` and `to_status` are the same.
    """

    type = "ticket.status_changed"

    from_status = fields.String(required=True)
    to_status = fields.String(required=True)
    from_own_status = fields.String(allow_none=True, load_default=None)
    to_own_status = fields.String(allow_none=True, load_default=None)
    # What customers read of an own status, or of a shipped one whose words the company has changed:
    # {zh, en}. Of all others they know the words.
    customer_text = fields.Dict(
        keys=fields.String(), values=fields.String(), allow_none=True, load_default=None
    )
    reason = fields.String(allow_none=True, metadata=private)
    # Of a ticket that is closed as a duplicate: the one that has the same request.
    duplicate_of_ticket_id = fields.UUID(allow_none=True, load_default=None)


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
    """What was solved or closed goes on; `cause` is customer, staff, low_score or child."""

    type = "ticket.reopened"

    cause = fields.String(required=True)
    reason = fields.String(allow_none=True, metadata=private)


class TicketRated(TicketEvent):
    """The customer's judgement stands on the ticket.

    `source`: survey, staff (whom they told), portal. `survey_id` is null but of a survey, and so
    may be `score` (1–5) where only satisfied or not was said.
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
