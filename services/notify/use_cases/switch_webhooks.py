"""Switches webhooks off and on. What waits for one that is off is dropped; it can be replayed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.notify.domain.webhooks import DisabledReason
from services.notify.storage.webhook_log import drop_waiting
from services.notify.storage.webhooks import change_webhook


def switch_off(session: Session, webhook_id: UUID, reason: DisabledReason, now: datetime) -> None:
    """Nothing more is queued for it."""
    values = {"is_active": False, "disabled_reason": reason, "disabled_at": now}
    change_webhook(session, webhook_id, values)
    drop_waiting(session, webhook_id)


def switch_on(session: Session, webhook_id: UUID, now: datetime) -> None:
    """It begins with a clean record."""
    values = {
        "is_active": True,
        "disabled_reason": None,
        "disabled_at": None,
        "failures": 0,
        "failing_since": None,
        "resume_at": now,
    }
    change_webhook(session, webhook_id, values)
