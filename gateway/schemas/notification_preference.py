"""What somebody wishes to be told, where and when."""

from typing import Any

from marshmallow import fields, validate

from gateway.schemas.notification_rule import CHANNELS, LANGUAGES, NamedGroup
from gateway.schemas.pieces import Body, Line, View, one_of

_TIME = r"([01]\d|2[0-3]):[0-5]\d"


def _channels(**options: Any) -> fields.List:
    return fields.List(one_of(*CHANNELS), validate=validate.Length(max=len(CHANNELS)), **options)


class ChannelWish(Body):
    """The channels in the order wanted, and those that are off."""

    order = _channels(load_default=list)
    off = _channels(load_default=list)


class KnownWish(View):
    """The same as it stands."""

    order = fields.List(fields.String(), required=True)
    off = fields.List(fields.String(), required=True)


class NotificationPreferences(Body):
    """All wishes anew. `channels`: by group of occasions, `*` for those without their own.

    Quiet hours are local to `zone` and may go over midnight; what is urgent breaks them.
    `quiet_days` are ISO weekdays, 1 is Monday.
    """

    channels = fields.Dict(
        keys=Line(longest=40),
        values=fields.Nested(ChannelWish),
        load_default=dict,
        validate=validate.Length(max=20),
    )
    language = one_of(*LANGUAGES, allow_none=True, load_default=None)
    zone = Line(longest=64, allow_none=True, load_default=None)
    quiet_from = Line(longest=5, allow_none=True, load_default=None)
    quiet_until = Line(longest=5, allow_none=True, load_default=None)
    quiet_days = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=1, max=7)),
        load_default=lambda: [1, 2, 3, 4, 5, 6, 7],
        validate=validate.Length(min=1, max=7),
    )
    wecom_userid = Line(longest=64, allow_none=True, load_default=None)
    dingtalk_userid = Line(longest=64, allow_none=True, load_default=None)


class OwnNotificationPreferences(View):
    """The wishes, and what there is to choose from. Version 0: none yet."""

    channels = fields.Dict(keys=fields.String(), values=fields.Nested(KnownWish), required=True)
    language = fields.String(required=True, allow_none=True)
    zone = fields.String(required=True, allow_none=True)
    quiet_from = fields.String(required=True, allow_none=True, metadata={"pattern": _TIME})
    quiet_until = fields.String(required=True, allow_none=True, metadata={"pattern": _TIME})
    quiet_days = fields.List(fields.Integer(), required=True)
    wecom_userid = fields.String(required=True, allow_none=True)
    dingtalk_userid = fields.String(required=True, allow_none=True)
    groups = fields.List(fields.Nested(NamedGroup), required=True)
    offered = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)
