"""What is shown of webhooks and robots: no secrets, and of a robot only where it stands."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import NotFound
from services.notify.domain.webhooks import DeliveryStatus
from services.notify.storage import endpoints, webhooks
from services.notify.storage.channel_tables import WebhookDeliveryRow
from services.notify.storage.endpoints import Endpoint
from services.notify.storage.webhook_log import find_delivery
from services.notify.storage.webhooks import Webhook

Json = dict[str, Any]
MAX_DELIVERIES = 100
_Row = WebhookDeliveryRow


def list_webhooks(session: Session) -> Json:
    """All, by name."""
    return {"items": [show_webhook(one) for one in webhooks.list_webhooks(session)]}


def get_webhook(session: Session, webhook_id: UUID) -> Json:
    """Raises NotFound."""
    return show_webhook(_known(session, webhook_id))


def list_webhook_deliveries(
    session: Session,
    webhook_id: UUID,
    *,
    status: DeliveryStatus | None,
    cursor: str | None,
    limit: int,
) -> Json:
    """What it was told or is to be told, the newest first. Raises NotFound."""
    _known(session, webhook_id)
    found = select(_Row).where(_Row.webhook_id == webhook_id)
    if status:
        found = found.where(_Row.status == status)
    if cursor:
        [last] = decode_cursor(cursor, 1, UUID)
        found = found.where(_Row.delivery_id < last)
    rows = session.scalars(found.order_by(_Row.delivery_id.desc()).limit(limit + 1)).all()
    more = encode_cursor([rows[limit - 1].delivery_id]) if len(rows) > limit else None
    return {"items": [show_delivery(row) for row in rows[:limit]], "next_cursor": more}


def get_webhook_delivery(session: Session, webhook_id: UUID, delivery_id: UUID) -> Json:
    """One, with the event as it is sent. Raises NotFound."""
    row = find_delivery(session, webhook_id, delivery_id)
    if row is None:
        raise NotFound("delivery.unknown", "there is no such delivery")
    return show_delivery(row) | {"event": orjson.loads(row.body)}


def list_endpoints(session: Session, keys: KeyRing) -> Json:
    """All robots, by name."""
    return {"items": [show_endpoint(one, keys) for one in endpoints.list_endpoints(session)]}


def show_webhook(webhook: Webhook) -> Json:
    """As REST has it."""
    return {
        "webhook_id": str(webhook.webhook_id),
        "name": webhook.name,
        "url": webhook.url,
        "types": webhook.types,
        "is_active": webhook.is_active,
        "disabled_reason": webhook.disabled_reason,
        "disabled_at": webhook.disabled_at and webhook.disabled_at.isoformat(),
        "failures": webhook.failures,
        "failing_since": webhook.failing_since and webhook.failing_since.isoformat(),
        "previous_secret_until": webhook.previous_until and webhook.previous_until.isoformat(),
        "created_by": webhook.created_by and str(webhook.created_by),
        "created_at": webhook.created_at.isoformat(),
        "version": webhook.version,
    }


def show_delivery(row: WebhookDeliveryRow) -> Json:
    """As REST has it."""
    return {
        "delivery_id": str(row.delivery_id),
        "event_id": str(row.event_id),
        "type": row.type,
        "subject": row.subject,
        "occurred_at": row.occurred_at.isoformat(),
        "status": row.status,
        "attempts": row.attempts,
        "next_at": row.next_at and row.next_at.isoformat(),
        "last_status": row.last_status,
        "last_error": row.last_error,
        "duration_ms": row.duration_ms,
        "tried_at": row.tried_at and row.tried_at.isoformat(),
        "sent_at": row.sent_at and row.sent_at.isoformat(),
    }


def show_endpoint(endpoint: Endpoint, keys: KeyRing) -> Json:
    """As REST has it: the address ends in what is as good as a password."""
    return {
        "endpoint_id": str(endpoint.endpoint_id),
        "name": endpoint.name,
        "kind": endpoint.kind,
        "host": urlsplit(endpoint.url(keys)).netloc,
        "has_secret": endpoint.sealed_secret is not None,
        "is_active": endpoint.is_active,
        "last_error": endpoint.last_error,
        "last_sent_at": endpoint.last_sent_at and endpoint.last_sent_at.isoformat(),
        "created_at": endpoint.created_at.isoformat(),
        "version": endpoint.version,
    }


def _known(session: Session, webhook_id: UUID) -> Webhook:
    webhook = webhooks.find_webhook(session, webhook_id)
    if webhook is None:
        raise NotFound("webhook.unknown", "there is no such webhook")
    return webhook
