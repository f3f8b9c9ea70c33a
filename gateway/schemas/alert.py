"""Alerts."""

from marshmallow import fields

from gateway.audit.kinds import KINDS, SEVERITIES
from gateway.schemas.pieces import Body, Remark, Text, View, limit, one_of


class Alert(View):
    """Something about access that somebody should look at. `times` counts repeats in an hour."""

    alert_id = fields.UUID(required=True)
    kind = one_of(*KINDS, required=True)
    severity = one_of(*SEVERITIES, required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    person_name = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), required=True)
    times = fields.Integer(required=True)
    raised_at = fields.AwareDateTime(required=True)
    last_raised_at = fields.AwareDateTime(required=True)
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)
    acknowledged_by = fields.UUID(required=True, allow_none=True)
    acknowledged_name = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class AlertPage(View):
    """The newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(Alert), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AlertQuery(Body):
    """Those of a kind or severity; open ones, or those that were acknowledged."""

    kind = one_of(*KINDS)
    severity = one_of(*SEVERITIES)
    open = fields.Boolean()
    limit = limit(50, most=200)
    cursor = Text()


class Acknowledgement(Body):
    """What came of looking at it."""

    note = Remark(required=True)
