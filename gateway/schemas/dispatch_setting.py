"""Settings of dispatch."""

from typing import Any

from marshmallow import fields, validate

from gateway.schemas.agent import points
from gateway.schemas.changes import Changes
from gateway.schemas.pieces import Body, Line, View


def _weight(**options: Any) -> fields.Integer:
    span = validate.Range(min=0, max=100)
    return fields.Integer(strict=True, validate=span, **options)


class UrgencyWeights(Body):
    """Points by urgency."""

    normal = _weight(required=True)
    urgent = _weight(required=True)
    critical = _weight(required=True)


class Weights(Body):
    """How many points of capacity a ticket takes: its urgency's and its channel's together."""

    urgency = fields.Nested(UrgencyWeights, required=True)
    channel = fields.Dict(
        keys=Line(longest=64),
        values=_weight(),
        required=True,
        validate=validate.Length(max=50),
    )


class DispatchSettings(View):
    """What holds for all: capacity in points, the heartbeat's and the sticky time, quotas."""

    default_capacity = fields.Integer(required=True)
    critical_excess = fields.Integer(required=True)
    heartbeat_seconds = fields.Integer(required=True)
    sticky_days = fields.Integer(required=True)
    grab_quota = fields.Integer(required=True)
    weights = fields.Nested(Weights, required=True)
    pending_counts = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class DispatchSettingsChanges(Changes):
    """What may be changed."""

    default_capacity = points()
    critical_excess = _weight()
    heartbeat_seconds = fields.Integer(strict=True, validate=validate.Range(min=15, max=3_600))
    sticky_days = fields.Integer(strict=True, validate=validate.Range(min=0, max=3_650))
    grab_quota = points()
    weights = fields.Nested(Weights)
    pending_counts = fields.Boolean()
