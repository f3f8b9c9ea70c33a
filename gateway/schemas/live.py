"""Listening to live updates."""

from marshmallow import fields, validate

from gateway.schemas.pieces import Body

_BIGINT = 2**63 - 1


class LiveQuery(Body):
    """`after`: the `id` of the last event that was heard; the header Last-Event-ID goes first.

    With `wait` the answer ends with the first updates, or after so many seconds without any.
    """

    after = fields.Integer(strict=False, validate=validate.Range(min=0, max=_BIGINT))
    wait = fields.Integer(validate=validate.Range(min=0, max=60))
