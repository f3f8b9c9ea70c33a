"""How tickets move beside their work: followed, urged, supervised, thrown away."""

from marshmallow import fields

from libs.common.contracts.pieces import Piece, private
from libs.common.contracts.ticketing.header import TicketEvent


class Copy(Piece):
    """Somebody who follows a ticket. `kind`: person, group, department."""

    kind = fields.String(required=True)
    id = fields.UUID(required=True)


class TicketCcChanged(TicketEvent):
    """Others follow the ticket from now on (抄送), or do no longer; the scope has all of them.

    `recipients`: the people who are to be told, those of added units included.
    """

    type = "ticket.cc_changed"

    added = fields.List(fields.Nested(Copy), load_default=list)
    removed = fields.List(fields.UUID(), load_default=list)
    recipients = fields.List(fields.UUID(), load_default=list)
    note = fields.String(allow_none=True, metadata=private)


class TicketUrged(TicketEvent):
    """The customer asked how it goes (催单); the header counts how often.

    `source`: portal, staff (who was told so), message (which reads so).
    """

    type = "ticket.urged"

    source = fields.String(required=True)
    note = fields.String(allow_none=True, metadata=private)


class TicketSupervised(TicketEvent):
    """A leader watches over the ticket (督办), with reminders every so many hours."""

    type = "ticket.supervised"

    leader_id = fields.UUID(required=True)
    due_at = fields.AwareDateTime(required=True)
    every_hours = fields.Integer(required=True)
    note = fields.String(allow_none=True, metadata=private)


class TicketSupervisionUrged(TicketEvent):
    """Those who work on a supervised ticket are reminded; `reminders` counts them."""

    type = "ticket.supervision_urged"

    leader_id = fields.UUID(required=True)
    due_at = fields.AwareDateTime(required=True)
    reminders = fields.Integer(required=True)
    is_late = fields.Boolean(required=True)


class TicketSupervisionEnded(TicketEvent):
    """Nobody supervises the ticket any more.

    `outcome`: signed_off (by the leader), cancelled, withdrawn (the customer withdrew the request).
    """

    type = "ticket.supervision_ended"

    leader_id = fields.UUID(allow_none=True)
    outcome = fields.String(required=True)
    reason = fields.String(allow_none=True, metadata=private)


class TicketDeleted(TicketEvent):
    """The ticket is in the bin: it counts no longer and nobody works on it."""

    type = "ticket.deleted"

    reason = fields.String(allow_none=True, metadata=private)


class TicketRestored(TicketEvent):
    """The ticket is out of the bin again."""

    type = "ticket.restored"


class TicketPurged(TicketEvent):
    """What was in the bin is gone for good; its number is never given again."""

    type = "ticket.purged"
