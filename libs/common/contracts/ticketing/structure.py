"""How tickets come to belong together, and apart again."""

from marshmallow import fields

from libs.common.contracts.pieces import private
from libs.common.contracts.ticketing.header import TicketEvent


class TicketLinked(TicketEvent):
    """The ticket is linked with another, which tells the same from its side.

    `relation`: relates_to, duplicates, duplicated_by, causes, caused_by, blocks, blocked_by.
    """

    type = "ticket.linked"

    relation = fields.String(required=True)
    other_ticket_id = fields.UUID(required=True)


class TicketUnlinked(TicketEvent):
    """That link is no more; the other ticket tells the same."""

    type = "ticket.unlinked"

    relation = fields.String(required=True)
    other_ticket_id = fields.UUID(required=True)


class TicketAttached(TicketEvent):
    """A ticket became the child of another; both tell it. A parent ends after its children."""

    type = "ticket.attached"

    parent_ticket_id = fields.UUID(required=True)
    child_ticket_id = fields.UUID(required=True)


class TicketDetached(TicketEvent):
    """It is its child no longer; both tell it."""

    type = "ticket.detached"

    parent_ticket_id = fields.UUID(required=True)
    child_ticket_id = fields.UUID(required=True)


class TicketChildrenFinished(TicketEvent):
    """The last unfinished child of the ticket was solved or closed: `child_ticket_id`."""

    type = "ticket.children_finished"

    child_ticket_id = fields.UUID(required=True)


class TicketMerged(TicketEvent):
    """Tickets became part of another: each of them, now closed, tells it, and so does the other."""

    type = "ticket.merged"

    target_ticket_id = fields.UUID(required=True)
    source_ticket_ids = fields.List(fields.UUID(), required=True)
    reason = fields.String(allow_none=True, metadata=private)


class TicketUnmerged(TicketEvent):
    """A merged ticket is one of its own again, as it was before; both tell it."""

    type = "ticket.unmerged"

    target_ticket_id = fields.UUID(required=True)
    source_ticket_id = fields.UUID(required=True)
    reason = fields.String(allow_none=True, metadata=private)


class TicketSplit(TicketEvent):
    """Some of what was said in the ticket became a ticket of its own."""

    type = "ticket.split"

    new_ticket_id = fields.UUID(required=True)
    entry_ids = fields.List(fields.UUID(), required=True)


class TicketProblemLinked(TicketEvent):
    """A problem record is known to be behind the ticket."""

    type = "ticket.problem_linked"

    problem_id = fields.UUID(required=True)
    problem_number = fields.String(required=True)


class TicketProblemUnlinked(TicketEvent):
    """It is not, after all."""

    type = "ticket.problem_unlinked"

    problem_id = fields.UUID(required=True)
    problem_number = fields.String(required=True)
