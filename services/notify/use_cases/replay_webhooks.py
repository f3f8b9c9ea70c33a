"""Tells a webhook again what it was told, or what it missed while it was off."""

from datetime import datetime
from uuid import UUID

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from services.notify.storage import webhook_log as storage
from services.notify.storage.channel_tables import WebhookDeliveryRow
from services.notify.storage.webhooks import Webhook, find_webhook

MOST = 100_000


def replay_delivery(
    uow: UnitOfWork, now: datetime, webhook_id: UUID, delivery_id: UUID
) -> tuple[Webhook, WebhookDeliveryRow]:
    """Once more, with the same id; one that is on its way already stays as it is."""
    webhook = _active(uow, webhook_id)
    storage.replay_one(uow.session, webhook_id, delivery_id, now)
    found = storage.find_delivery(uow.session, webhook_id, delivery_id)
    if found is None:
        raise NotFound("delivery.unknown", "there is no such delivery")
    return webhook, found


def replay_deliveries(
    uow: UnitOfWork, now: datetime, webhook_id: UUID, start: datetime, end: datetime
) -> tuple[Webhook, int]:
    """All that happened from `start` to before `end`; returns how many go again."""
    webhook = _active(uow, webhook_id)
    if start >= end:
        raise field_error("until", "must be after `from`")
    if storage.count_in_range(uow.session, webhook_id, start, end, MOST) > MOST:
        raise field_error("until", f"more than {MOST} deliveries: take a shorter time")
    return webhook, storage.replay_range(uow.session, webhook_id, start, end, now)


def _active(uow: UnitOfWork, webhook_id: UUID) -> Webhook:
    webhook = find_webhook(uow.session, webhook_id)
    if webhook is None:
        raise NotFound("webhook.unknown", "there is no such webhook")
    if not webhook.is_active:
        raise Conflict("webhook.off", "the webhook is switched off")
    return webhook
