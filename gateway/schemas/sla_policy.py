"""SLA policies: which tickets have which targets, and what happens before and after them."""

from typing import Any

from marshmallow import fields, validate

from gateway.schemas.clock import ClockSpan, ClockStep, PolicyName
from gateway.schemas.condition import Condition, Finding, Trial, actions, order, recipients
from gateway.schemas.pieces import Body, Line, View, one_of

TARGETS = ("first_reply", "next_reply", "update", "resolution", "accept", "status")
_YEAR = 366 * 86_400


def _seconds(**options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=1, max=_YEAR), **options)


class TargetSeconds(Body):
    """Seconds by urgency; for one that is missing there is no clock."""

    normal = _seconds()
    urgent = _seconds()
    critical = _seconds()


class Targets(Body):
    """What the policy promises."""

    first_reply = fields.Nested(TargetSeconds)
    next_reply = fields.Nested(TargetSeconds)
    update = fields.Nested(TargetSeconds)
    resolution = fields.Nested(TargetSeconds)
    accept = fields.Nested(TargetSeconds)
    status = fields.Dict(
        keys=Line(longest=64),
        values=_seconds(),
        validate=validate.Length(max=30),
        metadata={"description": "Seconds in a status, by its key."},
    )


class PolicyStep(Body):
    """What happens at a time before (negative), at (0) or after a target's due time.

    `calendar`: whether the offset is of business or of all hours; null: as the policy's targets.
    With `repeat_seconds` it happens `repeat_limit` times in all.
    """

    key = Line(required=True, longest=40)
    target = one_of(*TARGETS, required=True)
    offset_seconds = fields.Integer(
        strict=True, required=True, validate=validate.Range(min=-_YEAR, max=_YEAR)
    )
    calendar = one_of("business", "elapsed", load_default=None, allow_none=True)
    repeat_seconds = fields.Integer(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(min=60, max=_YEAR)
    )
    repeat_limit = fields.Integer(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(min=1, max=50)
    )
    recipients = recipients(load_default=list)
    actions = actions(load_default=list)


class NewSlaPolicy(Body):
    """A whole policy; it is put behind the others, or replaces what it was."""

    name = Line(required=True, longest=100)
    is_active = fields.Boolean(load_default=True)
    condition = Condition(load_default=dict)
    calendar_id = fields.UUID(load_default=None, allow_none=True)
    pause_statuses = fields.List(
        Line(longest=64), load_default=list, validate=validate.Length(max=30)
    )
    targets = fields.Nested(Targets, required=True)
    steps = fields.List(
        fields.Nested(PolicyStep), load_default=list, validate=validate.Length(max=20)
    )


class PolicyStepView(View):
    """A step as it stands."""

    key = fields.String(required=True)
    target = one_of(*TARGETS, required=True)
    offset_seconds = fields.Integer(required=True)
    calendar = one_of("business", "elapsed", required=True, allow_none=True)
    repeat_seconds = fields.Integer(required=True, allow_none=True)
    repeat_limit = fields.Integer(required=True, allow_none=True)
    recipients = recipients(required=True)
    actions = actions(required=True)


class SlaPolicy(View):
    """A policy: the first whose condition holds. Without a calendar its time never stops."""

    policy_id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    condition = fields.Dict(keys=fields.String(), required=True)
    calendar_id = fields.UUID(required=True, allow_none=True)
    pause_statuses = fields.List(fields.String(), required=True)
    targets = fields.Nested(Targets, required=True)
    steps = fields.List(fields.Nested(PolicyStepView), required=True)
    version = fields.Integer(required=True)
    revision = fields.Integer(required=True)


class SlaPolicyPage(View):
    """All policies in the order in which they are tried."""

    items = fields.List(fields.Nested(SlaPolicy), required=True)


class SlaPolicyOrder(Body):
    """All policies by their ids, in the order wanted."""

    policy_ids = order()


class PolicyTrial(Trial):
    """From when clocks would run; without it from now, or from the ticket's creation."""

    at = fields.AwareDateTime()


class PolicyTried(View):
    """A policy, whether it held, and why."""

    policy_id = fields.UUID(required=True)
    name = fields.String(required=True)
    holds = fields.Boolean(required=True)
    why = fields.List(fields.Nested(Finding), required=True)


class ClockOfTrial(View):
    """A clock that would run."""

    target = fields.String(required=True)
    seconds = fields.Float(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    steps = fields.List(fields.Nested(ClockStep), required=True)
    explanation = fields.List(fields.Nested(ClockSpan), required=True)


class PolicyTrialResult(View):
    """Which policy would hold, and what would be due when. Nothing is changed."""

    policy = fields.Nested(PolicyName, required=True, allow_none=True)
    tried = fields.List(fields.Nested(PolicyTried), required=True)
    clocks = fields.List(fields.Nested(ClockOfTrial), required=True)
