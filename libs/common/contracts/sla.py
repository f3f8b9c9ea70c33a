"""Events of sla: what is due, what was missed, and what shall be done about it.

`revision` counts a ticket's changes in sla: of two events of a ticket the higher one's
`next_due_at` and `is_overdue` hold. Instants in UTC.
"""

from typing import Any

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import Piece


class ClockFact(Piece):
    """A clock as it now is.

    `target`: first_reply, next_reply, update, resolution, accept, status. `cycle` counts the clocks
    of one target of a ticket from 1. `state`: running, paused, met, breached, cancelled; a clock
    that is met after its due time is met, and `is_breached`. `due_at` is null while paused.
    """

    clock_id = fields.UUID(required=True)
    target = fields.String(required=True)
    cycle = fields.Integer(required=True)
    state = fields.String(required=True)
    is_breached = fields.Boolean(load_default=False)
    started_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(allow_none=True)
    policy_id = fields.UUID(allow_none=True)
    # Of a clock that is met, or cancelled after it ran: when, and how much of its time had passed.
    # Seconds of the policy's calendar, without pauses.
    stopped_at = fields.AwareDateTime(allow_none=True, load_default=None)
    elapsed_seconds = fields.Integer(allow_none=True, load_default=None)


class DueEvent(EventSchema):
    """What lists of tickets copy from every event of sla."""

    producer = "sla"

    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    revision = fields.Integer(required=True)
    next_due_at = fields.AwareDateTime(allow_none=True)
    is_overdue = fields.Boolean(required=True)
    occurred_at = fields.AwareDateTime(required=True)


class ClockChanged(DueEvent):
    """Clocks of a ticket began, stopped, paused, resumed, or got another due time."""

    type = "clock.changed"

    clocks = fields.List(fields.Nested(ClockFact), required=True)


class OneClockEvent(DueEvent):
    """Something about one clock. `assignment_epoch` says of which assignment an accept clock is."""

    clock_id = fields.UUID(required=True)
    target = fields.String(required=True)
    cycle = fields.Integer(required=True)
    due_at = fields.AwareDateTime(required=True)
    policy_id = fields.UUID(allow_none=True)
    policy_name = fields.String(allow_none=True)
    assignee_id = fields.UUID(allow_none=True)
    group_id = fields.UUID(allow_none=True)
    assignment_epoch = fields.Integer(load_default=0)
    urgency = fields.String(allow_none=True)


class ClockWarned(OneClockEvent):
    """The first reminder before a clock's due time has come."""

    type = "clock.warned"


class ClockBreached(OneClockEvent):
    """A clock has passed its due time and was not met."""

    type = "clock.breached"


def _objects() -> Any:
    return fields.List(fields.Dict(keys=fields.String()), load_default=list)


class StepReached(OneClockEvent):
    """A step of a policy: tell `recipients`, carry out `actions`; once per (clock_id, step).

    `step` is the step's key, of a recurring one with `#n`. `phase`: before, due, after. Recipients
    are {"to": "assignee" | "group_leads" | "group" | "title" | "role" | "person", …}, actions those
    of libs.common.actions.
    """

    type = "step.reached"

    step = fields.String(required=True)
    phase = fields.String(required=True)
    recipients = _objects()
    actions = _objects()


class AbnormalityFound(EventSchema):
    """Something about a ticket that its owner should look at. `kind`: repeated_complaint.

    `facts` say what was found, e.g. how many complaints in how many days.
    """

    type = "abnormality.found"
    producer = "sla"

    abnormality_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    customer_id = fields.UUID(required=True)
    assignee_id = fields.UUID(allow_none=True)
    group_id = fields.UUID(allow_none=True)
    found_at = fields.AwareDateTime(required=True)
    facts = fields.Dict(keys=fields.String(), load_default=dict)
    recipients = _objects()
    actions = _objects()
