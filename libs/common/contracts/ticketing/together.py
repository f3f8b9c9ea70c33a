"""How people work together on a ticket: collaborations, material from customers, effort.

What they write to one another never leaves ticketing.
"""

from marshmallow import fields

from libs.common.contracts.pieces import Piece
from libs.common.contracts.ticketing.header import TicketEvent


class CollaborationPart(Piece):
    """Who is asked: a department, a group or a person; `due_at` is the time limit, if any."""

    collaboration_id = fields.UUID(required=True)
    target_kind = fields.String(required=True)
    target_id = fields.UUID(required=True)
    due_at = fields.AwareDateTime(allow_none=True)
    round = fields.Integer(load_default=1)


class _OfPart:
    """Fields of what happens to one part. `recipients`: staff whom it concerns now."""

    collaboration_id = fields.UUID(required=True)
    target_kind = fields.String(required=True)
    target_id = fields.UUID(required=True)
    requester_id = fields.UUID(required=True)
    due_at = fields.AwareDateTime(allow_none=True)
    round = fields.Integer(load_default=1)
    recipients = fields.List(fields.UUID(), load_default=list)


class TicketCollaborationStarted(TicketEvent):
    """Others were asked for help (协作). `recipients`: those who are asked, as far as is useful."""

    type = "ticket.collaboration_started"

    requester_id = fields.UUID(required=True)
    parts = fields.List(fields.Nested(CollaborationPart), required=True)
    recipients = fields.List(fields.UUID(), load_default=list)


class TicketCollaborationTaken(_OfPart, TicketEvent):
    """Somebody of those asked (the actor) sees to it."""

    type = "ticket.collaboration_taken"


class TicketCollaborationAnswered(_OfPart, TicketEvent):
    """Those asked have done it, or said what they know."""

    type = "ticket.collaboration_answered"


class TicketCollaborationDeclined(_OfPart, TicketEvent):
    """Those asked cannot do it."""

    type = "ticket.collaboration_declined"


class TicketCollaborationAccepted(_OfPart, TicketEvent):
    """What was answered is what was asked for."""

    type = "ticket.collaboration_accepted"


class TicketCollaborationAskedAgain(_OfPart, TicketEvent):
    """It is not: another `round`."""

    type = "ticket.collaboration_asked_again"


class TicketCollaborationCancelled(_OfPart, TicketEvent):
    """It is no longer needed."""

    type = "ticket.collaboration_cancelled"


class TicketCollaborationRated(_OfPart, TicketEvent):
    """How good the help was: `given_score`, 1 to 5."""

    type = "ticket.collaboration_rated"

    given_score = fields.Integer(required=True)


class TicketCollaborationOverdue(_OfPart, TicketEvent):
    """The time limit of a part is over, and it still waits for those asked."""

    type = "ticket.collaboration_overdue"


class TicketMaterialRequested(TicketEvent):
    """The customer was asked for documents by a link; `entry_id` is the message that has it.

    `kinds`: image, pdf, document, spreadsheet, video.
    """

    type = "ticket.material_requested"

    request_id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    kinds = fields.List(fields.String(), required=True)
    max_files = fields.Integer(required=True)
    expires_at = fields.AwareDateTime(required=True)


class TicketMaterialReceived(TicketEvent):
    """Documents came by the link: as many `files`, in the message of that `entry_id`."""

    type = "ticket.material_received"

    request_id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    files = fields.Integer(required=True)


class TicketMaterialRevoked(TicketEvent):
    """Staff have closed the link."""

    type = "ticket.material_revoked"

    request_id = fields.UUID(required=True)


class TicketEffortLogged(TicketEvent):
    """A person has spent `minutes` on the ticket on a day (YYYY-MM-DD); corrected, it is told anew.

    `previous_minutes` were told before (0 at first); `minutes` 0 takes it back. `total_minutes`
    is the ticket's sum.
    """

    type = "ticket.effort_logged"

    effort_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    worked_on = fields.String(required=True)
    minutes = fields.Integer(required=True)
    previous_minutes = fields.Integer(required=True)
    total_minutes = fields.Integer(required=True)
