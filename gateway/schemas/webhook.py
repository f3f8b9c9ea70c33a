"""Webhooks: who outside hears of which events, and how telling them went."""

from marshmallow import fields, validate

from gateway.schemas.pieces import Body, Line, Text, View, limit, one_of

STATUSES = ("waiting", "sending", "sent", "failed", "dropped")
REASONS = ("gone", "failing", "by_hand")


class NewWebhook(Body):
    """A whole webhook but for its secret, which is made here.

    `types`: `ticket.created`, `ticket.*` or `*`. `url` must be public.
    """

    name = Line(required=True, longest=100)
    url = Text(required=True, validate=validate.Length(min=1, max=2_000))
    types = fields.List(Line(longest=100), required=True, validate=validate.Length(min=1, max=50))
    is_active = fields.Boolean(load_default=True)


class Webhook(View):
    """A webhook as it stands. `failures`: in a row by now, since `failing_since`.

    Until `previous_secret_until` everything is signed under the secret before as well.
    """

    webhook_id = fields.UUID(required=True)
    name = fields.String(required=True)
    url = fields.String(required=True)
    types = fields.List(fields.String(), required=True)
    is_active = fields.Boolean(required=True)
    disabled_reason = one_of(*REASONS, required=True, allow_none=True)
    disabled_at = fields.AwareDateTime(required=True, allow_none=True)
    failures = fields.Integer(required=True)
    failing_since = fields.AwareDateTime(required=True, allow_none=True)
    previous_secret_until = fields.AwareDateTime(required=True, allow_none=True)
    created_by = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class WebhookWithSecret(Webhook):
    """With the secret, which is shown now and never again."""

    secret = fields.String(required=True)


class WebhookPage(View):
    """All webhooks, by name."""

    items = fields.List(fields.Nested(Webhook), required=True)


class WebhookDelivery(View):
    """One event on its way to one webhook; `last_status` is what the receiver answered.

    `dropped`: the webhook was switched off before it was its turn.
    """

    delivery_id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    type = fields.String(required=True)
    subject = fields.String(required=True)
    occurred_at = fields.AwareDateTime(required=True)
    status = one_of(*STATUSES, required=True)
    attempts = fields.Integer(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    last_status = fields.Integer(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    duration_ms = fields.Integer(required=True, allow_none=True)
    tried_at = fields.AwareDateTime(required=True, allow_none=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)


class WebhookDeliveryDetail(WebhookDelivery):
    """With the event as it is sent."""

    event = fields.Dict(keys=fields.String(), required=True)


class WebhookDeliveryPage(View):
    """The newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(WebhookDelivery), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class WebhookDeliveryQuery(Body):
    """Those of one status, or all."""

    status = one_of(*STATUSES)
    limit = limit(50, most=100)
    cursor = Text()


class WebhookPing(View):
    """The test that was queued; its delivery tells how it went."""

    delivery_id = fields.UUID(required=True)


class WebhookReplay(Body):
    """What happened from `from` to before `until`."""

    start = fields.AwareDateTime(required=True, data_key="from")
    end = fields.AwareDateTime(required=True, data_key="until")


class WebhookReplayed(View):
    """How many go again."""

    count = fields.Integer(required=True)


class PublicEventType(View):
    """A type of event that others may hear of. `producer`: the service that tells it."""

    type = fields.String(required=True)
    producer = fields.String(required=True)
    summary = fields.String(required=True)
    description = fields.String(required=True)


class EventTypePage(View):
    """All of them, by name."""

    items = fields.List(fields.Nested(PublicEventType), required=True)
