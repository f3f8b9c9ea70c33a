"""The probe's events."""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema


class ProbeCounted(EventSchema):
    """Something was counted under a key; `secret` is private."""

    type = "probe.counted"
    producer = "probe"

    key = fields.String(required=True)
    amount = fields.Integer(required=True)
    secret = fields.String(load_default="", metadata={"private": True})


class ProbeEchoed(EventSchema):
    """The probe heard a count."""

    type = "probe.echoed"
    producer = "probe"

    key = fields.String(required=True)
