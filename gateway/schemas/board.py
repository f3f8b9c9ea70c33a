"""Boards: who is there, what waits, what is late."""

from marshmallow import fields

from gateway.schemas.dispatch_rule import MODES
from gateway.schemas.pieces import URGENCIES, View, one_of
from gateway.schemas.presence import STATES


class Waiting(View):
    """How many tickets wait for somebody."""

    total = fields.Integer(required=True)
    critical = fields.Integer(required=True)
    urgent = fields.Integer(required=True)
    normal = fields.Integer(required=True)
    oldest_since = fields.AwareDateTime(required=True, allow_none=True)


class BoardGroup(View):
    """A group now."""

    group_id = fields.UUID(required=True)
    name = fields.String(required=True)
    members = fields.Integer(required=True)
    online = fields.Integer(required=True)
    available = fields.Integer(required=True)
    load_ = fields.Integer(required=True, data_key="load", attribute="load")
    capacity = fields.Integer(required=True)
    waiting = fields.Nested(Waiting, required=True)
    offers = fields.Integer(required=True)
    unaccepted = fields.Integer(required=True)


class DispatchBoard(View):
    """All groups by name."""

    groups = fields.List(fields.Nested(BoardGroup), required=True)


class BoardPerson(View):
    """A member of the group now."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = one_of(*STATES, required=True)
    is_available = fields.Boolean(required=True)
    reasons = fields.List(fields.String(), required=True)
    load_ = fields.Integer(required=True, data_key="load", attribute="load")
    capacity = fields.Integer(required=True)
    active = fields.Integer(required=True)
    grabbed = fields.Integer(required=True)
    last_assigned_at = fields.AwareDateTime(required=True, allow_none=True)


class WaitingTicket(View):
    """A ticket that waits in a group, to be given to somebody (push) or to be grabbed (grab)."""

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    subject = fields.String(required=True)
    urgency = one_of(*URGENCIES, required=True)
    since = fields.AwareDateTime(required=True)
    mode = one_of(*MODES, required=True)
    rule_name = fields.String(required=True, allow_none=True)
    next_due_at = fields.AwareDateTime(required=True, allow_none=True)


class WaitingLine(Waiting):
    """The same with the first of them, the most urgent in front."""

    items = fields.List(fields.Nested(WaitingTicket), required=True)


class GroupBoard(BoardGroup):
    """A group with its members, and the first of what waits."""

    waiting = fields.Nested(WaitingLine, required=True)
    people = fields.List(fields.Nested(BoardPerson), required=True)


class SlaBoardGroup(View):
    """How a group stands. `due_soon`: within an hour. Without an id: tickets in no group."""

    group_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    running = fields.Integer(required=True)
    due_soon = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    oldest_overdue_at = fields.AwareDateTime(required=True, allow_none=True)


class DueTicket(View):
    """A ticket with what of it is due first."""

    number = fields.String(required=True)
    subject = fields.String(required=True)
    urgency = one_of(*URGENCIES, required=True)
    target = fields.String(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True)
    assignee_id = fields.UUID(required=True, allow_none=True)
    assignee_name = fields.String(required=True, allow_none=True)
    group_id = fields.UUID(required=True, allow_none=True)
    group_name = fields.String(required=True, allow_none=True)


class DueTickets(View):
    """The first of each, what is due earliest in front."""

    due_soon = fields.List(fields.Nested(DueTicket), required=True)
    overdue = fields.List(fields.Nested(DueTicket), required=True)


class SlaBoard(View):
    """All groups by name, and the tickets to look at."""

    groups = fields.List(fields.Nested(SlaBoardGroup), required=True)
    tickets = fields.Nested(DueTickets, required=True)
