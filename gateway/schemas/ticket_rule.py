"""Triggers and automations."""

from marshmallow import fields, validate

from gateway.schemas.condition import Action, Condition, actions, order
from gateway.schemas.pieces import Body, Line, Text, View, limit, one_of
from gateway.schemas.ticket import CountValue
from gateway.schemas.ticket_view import ConditionTrial

ANCHORS = ("created", "touched", "status_changed", "customer_message", "solved")


class _NewRule(Body):
    """What both have."""

    name = Line(required=True, longest=100)
    is_active = fields.Boolean(load_default=True)
    condition = Condition(load_default=dict)
    actions = actions(required=True)


def _delay() -> fields.Integer:
    told = {"description": "Minutes after the anchor: 5 to a year."}
    return fields.Integer(strict=True, required=True, metadata=told)


class NewTrigger(_NewRule):
    """A whole trigger. `updated` stands for whatever happens after a ticket was created."""

    events = fields.List(Line(longest=64), required=True, validate=validate.Length(min=1, max=50))


class NewAutomation(_NewRule):
    """A whole automation: acts once, so long after `anchor`, on tickets that are not closed.

    `touched`: the last time that anybody but rules changed the ticket.
    """

    anchor = one_of(*ANCHORS, required=True)
    delay_minutes = _delay()


class _Rule(View):
    """A rule; `runs` of the last 90 days. `problem` says why it no longer does what it says."""

    rule_id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    condition = fields.Dict(keys=fields.String(), required=True)
    actions = fields.List(fields.Nested(Action), required=True)
    last_run_at = fields.AwareDateTime(required=True, allow_none=True)
    runs = fields.Nested(CountValue, required=True)
    problem = fields.String(required=True, allow_none=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class Trigger(_Rule):
    """Acts on what happens to tickets."""

    events = fields.List(fields.String(), required=True)


class Automation(_Rule):
    """Acts on what time brings about."""

    anchor = one_of(*ANCHORS, required=True)
    delay_minutes = fields.Integer(required=True)


class TriggerPage(View):
    """All of them, in the order in which they act."""

    items = fields.List(fields.Nested(Trigger), required=True)
    events = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What a trigger may be for."},
    )


class AutomationPage(View):
    """All of them, in the order in which they act."""

    items = fields.List(fields.Nested(Automation), required=True)


class RuleOrder(Body):
    """All of them by their ids, in the order wanted."""

    rule_ids = order()


class AutomationTrial(ConditionTrial):
    """A condition and a time to be tried out."""

    anchor = one_of(*ANCHORS, required=True)
    delay_minutes = _delay()


class RunQuery(Body):
    """A page."""

    limit = limit(25)
    cursor = Text()


class RunTicket(View):
    """On which ticket."""

    number = fields.String(required=True)
    subject = fields.String(required=True)


class SkippedAction(View):
    """What the ticket's state, or the organisation, did not allow."""

    action = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)


class RuleRun(View):
    """What a rule did with a ticket; `ticket` is null for one outside the caller's scope.

    `cause`: the event, or the anchor.
    """

    run_id = fields.UUID(required=True)
    ticket = fields.Nested(RunTicket, required=True, allow_none=True)
    cause = fields.String(required=True)
    done = fields.List(fields.String(), required=True)
    skipped = fields.List(fields.Nested(SkippedAction), required=True)
    ran_at = fields.AwareDateTime(required=True)


class RuleRunPage(View):
    """The newest first; `next_cursor` leads to older ones."""

    items = fields.List(fields.Nested(RuleRun), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
