"""Events that a service could not handle."""

from marshmallow import fields

from gateway.schemas.pieces import Body, View, limit


class Failure(View):
    """An event whose handler failed: waiting for another attempt (`next_at`) or parked."""

    failure_id = fields.Integer(required=True)
    event_id = fields.UUID(required=True, allow_none=True)
    type = fields.String(required=True)
    subject = fields.String(required=True)
    error = fields.String(required=True)
    attempts = fields.Integer(required=True)
    failed_at = fields.AwareDateTime(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    parked_at = fields.AwareDateTime(required=True, allow_none=True)


class FailurePage(View):
    """The newest first."""

    items = fields.List(fields.Nested(Failure), required=True)


class FailureQuery(Body):
    """How many."""

    limit = limit(100, most=1000)
