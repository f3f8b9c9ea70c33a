"""Clocks: what of a ticket is due when, and how that was reckoned."""

from marshmallow import fields

from gateway.schemas.pieces import View, one_of

TARGETS = ("first_reply", "next_reply", "update", "resolution", "accept", "status")
STATES_OF_CLOCKS = ("running", "paused", "met", "breached", "cancelled")


class ClockSpan(View):
    """A stretch of time: whether it counted and why (not), its seconds, and the sum so far."""

    from_ = fields.AwareDateTime(required=True, data_key="from", attribute="from")
    to = fields.AwareDateTime(required=True, allow_none=True)
    counts = fields.Boolean(required=True)
    why = fields.String(required=True)
    seconds = fields.Float(required=True)
    running_total = fields.Float(required=True)


class ClockStep(View):
    """A reminder or an escalation. `phase`: before, due, after."""

    key = fields.String(required=True)
    at = fields.AwareDateTime(required=True, allow_none=True)
    phase = fields.String(required=True)


class ClockStepTold(ClockStep):
    """The same with when it was reached."""

    told_at = fields.AwareDateTime(required=True, allow_none=True)


class PolicyName(View):
    """The policy that a clock follows."""

    policy_id = fields.UUID(required=True)
    name = fields.String(required=True)


class ClockView(View):
    """A clock. `cycle` counts those of one target; `due_at` is null while it is paused."""

    clock_id = fields.UUID(required=True)
    target = fields.String(required=True)
    cycle = fields.Integer(required=True)
    state = one_of(*STATES_OF_CLOCKS, required=True)
    is_breached = fields.Boolean(required=True)
    started_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    met_at = fields.AwareDateTime(required=True, allow_none=True)
    target_seconds = fields.Float(required=True, allow_none=True)
    remaining_seconds = fields.Float(required=True, allow_none=True)
    policy = fields.Nested(PolicyName, required=True, allow_none=True)
    explanation = fields.List(fields.Nested(ClockSpan), required=True)
    steps = fields.List(fields.Nested(ClockStepTold), required=True)


class ClockPage(View):
    """A ticket's clocks in the order in which they began."""

    items = fields.List(fields.Nested(ClockView), required=True)
