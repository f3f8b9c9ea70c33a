"""Events of dispatch: whom it proposes for a ticket, and what it offers to be grabbed."""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import private


class AssignmentProposed(EventSchema):
    """Somebody has been chosen for a ticket; ticketing makes it so, or refuses.

    `epoch` is the ticket's as dispatch knows it: if the ticket has changed hands since, the
    proposal is out of date. `mode`: automatic, grab, hand_over. Sent again with the same
    `assignment_id` while unanswered.
    """

    type = "assignment.proposed"
    producer = "dispatch"

    assignment_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    assignee_id = fields.UUID(required=True)
    assignee_name = fields.String(required=True)
    group_id = fields.UUID(allow_none=True)
    epoch = fields.Integer(required=True)
    mode = fields.String(required=True)
    decision_id = fields.UUID(allow_none=True)
    note = fields.String(allow_none=True, metadata=private)


class AssignmentWithdrawn(EventSchema):
    """An assignee is to lose a ticket, which goes back to its group's queue.

    `cause`: accept_timeout, hand_over. `epoch` is the one of the assignment that ends.
    """

    type = "assignment.withdrawn"
    producer = "dispatch"

    assignment_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    assignee_id = fields.UUID(required=True)
    epoch = fields.Integer(required=True)
    cause = fields.String(required=True)
    note = fields.String(allow_none=True, metadata=private)


class OfferOpened(EventSchema):
    """A ticket may be grabbed (抢单) by the members of a group until `ends_at`, if that is set."""

    type = "offer.opened"
    producer = "dispatch"

    offer_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    group_id = fields.UUID(required=True)
    urgency = fields.String(required=True)
    ends_at = fields.AwareDateTime(allow_none=True)
    recipients = fields.List(fields.UUID(), load_default=list)


class OfferClosed(EventSchema):
    """The ticket can no longer be grabbed. `cause`: grabbed, taken, expired, ended."""

    type = "offer.closed"
    producer = "dispatch"

    offer_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    group_id = fields.UUID(required=True)
    cause = fields.String(required=True)
    taken_by = fields.UUID(allow_none=True)
    taken_by_name = fields.String(allow_none=True)
    recipients = fields.List(fields.UUID(), load_default=list)
