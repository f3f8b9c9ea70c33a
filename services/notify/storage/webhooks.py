"""Webhooks: who hears what, where, under which secret."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context
from services.notify.domain.webhooks import DisabledReason
from services.notify.storage.channel_tables import WebhookRow


@dataclass(frozen=True)
class Webhook:
    """A webhook; its secrets stay sealed until something is signed."""

    webhook_id: UUID
    name: str
    url: str = field(repr=False)
    types: list[str]
    sealed_secret: bytes = field(repr=False)
    sealed_previous: bytes | None = field(repr=False)
    previous_until: datetime | None
    is_active: bool
    disabled_reason: DisabledReason | None
    disabled_at: datetime | None
    failures: int
    failing_since: datetime | None
    version: int
    created_by: UUID | None
    created_at: datetime

    def secrets(self, keys: KeyRing, now: datetime) -> list[str]:
        """Those that are good now, the newest first; raises Undecryptable."""
        found = [keys.decrypt_text(self.sealed_secret, secret_context(self.webhook_id))]
        if self.sealed_previous and self.previous_until and now < self.previous_until:
            context = previous_context(self.webhook_id)
            found.append(keys.decrypt_text(self.sealed_previous, context))
        return found


def list_webhooks(session: Session) -> Sequence[Webhook]:
    """All, by name."""
    return [_webhook(row) for row in session.scalars(_all().order_by(WebhookRow.name))]


def active_types(session: Session) -> dict[UUID, list[str]]:
    """The patterns of those that are on."""
    found = session.execute(
        select(WebhookRow.webhook_id, WebhookRow.types).where(WebhookRow.is_active)
    )
    return {one.webhook_id: one.types for one in found}


def find_webhook(session: Session, webhook_id: UUID) -> Webhook | None:
    row = session.scalar(_all().where(WebhookRow.webhook_id == webhook_id))
    return row and _webhook(row)


def lock_webhook(session: Session, webhook_id: UUID) -> Webhook | None:
    """To be changed in this transaction."""
    row = session.scalar(_all().where(WebhookRow.webhook_id == webhook_id).with_for_update())
    return row and _webhook(row)


def has_name(session: Session, name: str, except_id: UUID) -> bool:
    """Whether another one is called so."""
    taken = _all().where(WebhookRow.name == name, WebhookRow.webhook_id != except_id)
    return session.scalar(taken) is not None


def count_webhooks(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(WebhookRow)) or 0


def add_webhook(session: Session, webhook_id: UUID, values: dict[str, Any]) -> None:
    row = {"version": 1, "failures": 0, "is_active": True, **values}
    session.add(WebhookRow(webhook_id=webhook_id, **row))
    session.flush()


def change_webhook(session: Session, webhook_id: UUID, values: dict[str, Any]) -> None:
    """Raises its version."""
    _update(session, webhook_id, {**values, "version": WebhookRow.version + 1})


def delete_webhook(session: Session, webhook_id: UUID) -> None:
    """What it was told goes with the months."""
    session.execute(delete(WebhookRow).where(WebhookRow.webhook_id == webhook_id))


def note_success(session: Session, webhook: Webhook, now: datetime) -> None:
    """It works; written only if it did not."""
    if webhook.failures:
        fine = {"failures": 0, "failing_since": None, "resume_at": now}
        _update(session, webhook.webhook_id, fine)


def note_failure(
    session: Session, webhook: Webhook, now: datetime, failures: int, resume_at: datetime
) -> None:
    """It failed so often in a row by now, and is left alone until then."""
    since = webhook.failing_since or now
    values = {"failures": failures, "failing_since": since, "resume_at": resume_at}
    _update(session, webhook.webhook_id, values)


def leave_alone(session: Session, webhook_id: UUID, until: datetime) -> None:
    """Nothing is tried before."""
    _update(session, webhook_id, {"resume_at": until})


def secret_context(webhook_id: UUID) -> str:
    """What a sealed secret is bound to."""
    return field_context("webhooks", "secret", webhook_id)


def previous_context(webhook_id: UUID) -> str:
    """What the secret before it is bound to."""
    return field_context("webhooks", "previous_secret", webhook_id)


def _all() -> Any:
    return select(WebhookRow).execution_options(populate_existing=True)


def _update(session: Session, webhook_id: UUID, values: dict[str, Any]) -> None:
    statement = update(WebhookRow).where(WebhookRow.webhook_id == webhook_id).values(values)
    session.execute(statement.execution_options(synchronize_session=False))


def _webhook(row: WebhookRow) -> Webhook:
    return Webhook(
        row.webhook_id,
        row.name,
        row.url,
        list(row.types),
        row.secret_encrypted,
        row.previous_secret_encrypted,
        row.previous_until,
        row.is_active,
        DisabledReason(row.disabled_reason) if row.disabled_reason else None,
        row.disabled_at,
        row.failures,
        row.failing_since,
        row.version,
        row.created_by,
        row.created_at,
    )
