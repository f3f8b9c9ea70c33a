"""What became of dispatch's proposals."""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema


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
