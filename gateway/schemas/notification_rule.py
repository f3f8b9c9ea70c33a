"""Rules who is told what on which channel, and the occasions that they are about."""

from marshmallow import fields, validate

from gateway.schemas.condition import Condition, Finding, Recipient, Sample, order
from gateway.schemas.pieces import Body, Line, View, one_of
from gateway.schemas.ticket import Wording

AUDIENCES = ("customer", "staff")
CHANNELS = ("in_app", "mail", "sms", "wecom_app")
DELIVERED = ("mail", "sms", "wecom_app", "dingtalk_robot", "wecom_robot")
TEXTS = ("mail", "sms", "in_app", "dingtalk", "wecom")
LANGUAGES = ("zh", "en")


class NewNotificationRule(Body):
    """A whole rule. All rules of an occasion whose condition holds apply.

    A customer is told on the first of `channels` that reaches them, or on all of them with
    `all_channels`; staff on all. Without `recipients` those are told whom the occasion itself
    means. `endpoint_ids` are robots in group chats. `is_urgent` breaks quiet hours.
    """

    name = Line(required=True, longest=100)
    occasion = Line(required=True, longest=40)
    audience = one_of(*AUDIENCES, required=True)
    recipients = fields.List(
        fields.Nested(Recipient), load_default=list, validate=validate.Length(max=10)
    )
    channels = fields.List(
        one_of(*CHANNELS), load_default=list, validate=validate.Length(max=len(CHANNELS))
    )
    all_channels = fields.Boolean(load_default=False)
    condition = Condition(load_default=dict)
    template_key = Line(longest=60, allow_none=True, load_default=None)
    endpoint_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=20))
    is_urgent = fields.Boolean(load_default=False)
    is_active = fields.Boolean(load_default=True)


class NotificationRule(View):
    """A rule at its place in the list."""

    rule_id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    name = fields.String(required=True)
    occasion = fields.String(required=True)
    audience = one_of(*AUDIENCES, required=True)
    recipients = fields.List(fields.Dict(keys=fields.String()), required=True)
    channels = fields.List(fields.String(), required=True)
    all_channels = fields.Boolean(required=True)
    condition = fields.Dict(keys=fields.String(), required=True)
    template_key = fields.String(required=True, allow_none=True)
    endpoint_ids = fields.List(fields.UUID(), required=True)
    is_urgent = fields.Boolean(required=True)
    is_active = fields.Boolean(required=True)
    is_shipped = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class NotificationRulePage(View):
    """All rules in their order."""

    items = fields.List(fields.Nested(NotificationRule), required=True)


class NotificationRuleOrder(Body):
    """All rules by their ids, in the order wanted."""

    rule_ids = order()


class NotificationTrial(Body):
    """An occasion, and a ticket by its number or a sample of one."""

    occasion = Line(required=True, longest=40)
    number = Line(longest=32)
    sample = fields.Nested(Sample)


class JudgedRule(View):
    """Whether a rule of the occasion would hold, and why."""

    rule_id = fields.UUID(required=True)
    name = fields.String(required=True)
    audience = one_of(*AUDIENCES, required=True)
    holds = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(Finding), required=True)


class ToldRecipient(View):
    """Who would be told, where and when. `error` says why they would not."""

    kind = one_of("customer", "person", "endpoint", required=True)
    recipient_id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)
    channel = fields.String(required=True)
    other_channels = fields.List(fields.String(), required=True)
    at = fields.AwareDateTime(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class NotificationTrialResult(View):
    """What the active rules would do; nothing was told to anybody."""

    rules = fields.List(fields.Nested(JudgedRule), required=True)
    recipients = fields.List(fields.Nested(ToldRecipient), required=True)


class NamedGroup(View):
    """A group of occasions, by which people choose their channels."""

    key = fields.String(required=True)
    label = fields.Nested(Wording, required=True)


class TextVariable(View):
    """What a text may say: `{{ name }}`."""

    name = fields.String(required=True)
    label = fields.Nested(Wording, required=True)


class ShippedText(View):
    """The words that hold where nobody has written others."""

    audience = one_of(*AUDIENCES, required=True)
    channel = one_of(*TEXTS, required=True)
    language = one_of(*LANGUAGES, required=True)
    subject = fields.String(required=True, allow_none=True)
    body = fields.String(required=True)


class NotificationOccasion(View):
    """Something that people can be told of."""

    key = fields.String(required=True)
    label = fields.Nested(Wording, required=True)
    group = fields.String(required=True)
    audiences = fields.List(one_of(*AUDIENCES), required=True)
    channels = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    template_keys = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    variables = fields.List(fields.Nested(TextVariable), required=True)
    texts = fields.List(fields.Nested(ShippedText), required=True)


class NotificationOccasionPage(View):
    """All of them, with the groups that they belong to."""

    groups = fields.List(fields.Nested(NamedGroup), required=True)
    items = fields.List(fields.Nested(NotificationOccasion), required=True)
