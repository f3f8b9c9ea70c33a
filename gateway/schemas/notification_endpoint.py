"""Robots in group chats that notices may go to."""

from marshmallow import fields, validate

from gateway.schemas.pieces import Body, Line, Text, View, one_of

KINDS = ("dingtalk_robot", "wecom_robot")


def _secret() -> Text:
    return Text(allow_none=True, validate=validate.Length(min=1, max=200))


class NewNotificationEndpoint(Body):
    """A robot: the address that its group shows, and the secret of 加签 if it has one."""

    name = Line(required=True, longest=100)
    kind = one_of(*KINDS, required=True)
    url = Text(required=True, validate=validate.Length(min=1, max=2_000))
    secret = _secret()
    is_active = fields.Boolean(load_default=True)


class ChangedNotificationEndpoint(Body):
    """A whole robot. Without `url` or `secret` it keeps what it has; null takes a secret away."""

    name = Line(required=True, longest=100)
    kind = one_of(*KINDS, required=True)
    url = Text(validate=validate.Length(min=1, max=2_000))
    secret = _secret()
    is_active = fields.Boolean(load_default=True)


class NotificationEndpoint(View):
    """A robot as it stands; its address and secret are never shown again."""

    endpoint_id = fields.UUID(required=True)
    name = fields.String(required=True)
    kind = one_of(*KINDS, required=True)
    host = fields.String(required=True)
    has_secret = fields.Boolean(required=True)
    is_active = fields.Boolean(required=True)
    last_error = fields.String(required=True, allow_none=True)
    last_sent_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class NotificationEndpointPage(View):
    """All robots, by name."""

    items = fields.List(fields.Nested(NotificationEndpoint), required=True)


class EndpointTrial(Body):
    """In which language."""

    language = one_of("zh", "en", load_default="zh")


class EndpointTried(View):
    """What the robot made of the test message. `unknown`: it may have come."""

    verdict = one_of("sent", "again", "refused", "unknown", required=True)
    reason = fields.String(required=True, allow_none=True)
