"""What operators see of the installation as a whole; ages in seconds, sizes in bytes."""

from marshmallow import fields

from gateway.schemas.pieces import View


class OutboxState(View):
    """Events to be published; `rows` is counted to 10,000."""

    rows = fields.Integer(required=True)
    age_seconds = fields.Float(required=True)


class SentState(View):
    """Events that can be sent once more, and since when."""

    events = fields.Integer(required=True)
    since = fields.AwareDateTime(required=True, allow_none=True)


class FailureState(View):
    """Events that could not be handled: waiting for another attempt, or for a person."""

    waiting = fields.Integer(required=True)
    parked = fields.Integer(required=True)
    oldest_at = fields.AwareDateTime(required=True, allow_none=True)


class TimerState(View):
    """Timers; `late_seconds` is by how much the oldest is late. `waiting` is counted to 100,001."""

    waiting = fields.Integer(required=True)
    due = fields.Integer(required=True)
    late_seconds = fields.Float(required=True)


class ProcessState(View):
    """A process; `is_alive` is false for who has not been heard of for half a minute."""

    roles = fields.List(fields.String(), required=True)
    host = fields.String(required=True)
    pid = fields.Integer(required=True)
    started_at = fields.AwareDateTime(required=True)
    beat_at = fields.AwareDateTime(required=True)
    hub_lag_seconds = fields.Float(required=True)
    is_alive = fields.Boolean(required=True)


class ServiceState(View):
    """A service, or the gateway. Of one that does not answer only the name is known."""

    service = fields.String(required=True)
    is_answering = fields.Boolean(required=True)
    outbox = fields.Nested(OutboxState, required=True, allow_none=True)
    sent = fields.Nested(SentState, required=True, allow_none=True)
    failures = fields.Nested(FailureState, required=True, allow_none=True)
    timers = fields.Nested(TimerState, required=True, allow_none=True)
    database_bytes = fields.Integer(required=True, allow_none=True)
    processes = fields.List(fields.Nested(ProcessState), required=True)


class QueueState(View):
    """A queue at the broker; both are null where there is no such queue."""

    name = fields.String(required=True)
    messages = fields.Integer(required=True, allow_none=True)
    consumers = fields.Integer(required=True, allow_none=True)


class OperationState(View):
    """All of it at about one moment. `queues` is null while the broker does not answer."""

    taken_at = fields.AwareDateTime(required=True)
    services = fields.List(fields.Nested(ServiceState), required=True)
    queues = fields.List(fields.Nested(QueueState), required=True, allow_none=True)
