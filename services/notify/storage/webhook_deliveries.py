"""What webhooks are told: queued by the handler, claimed by one process at a time, in order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text, true, tuple_, update
from sqlalchemy.orm import Session, aliased

from services.notify.domain.webhooks import PING, DeliveryStatus
from services.notify.storage.channel_tables import (
    WebhookDeliveryRow,
    WebhookRow,
)
from services.notify.storage.webhooks import Webhook

_UNSETTLED = (DeliveryStatus.WAITING, DeliveryStatus.SENDING)
_Row = WebhookDeliveryRow
# One statement with one parameter: as many as a thousand rows are no more work to write down.
_ADD = text("""
    INSERT INTO webhook_deliveries
        (delivery_id, occurred_at, webhook_id, event_id, type, subject, stream, position, body,
         status, attempts, queued_at, next_at)
    SELECT delivery_id, occurred_at, webhook_id, event_id, type, subject, stream, position, body,
           'waiting', 0, queued_at, next_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (
        delivery_id uuid, occurred_at timestamptz, webhook_id uuid, event_id uuid, type text,
        subject text, stream text, position bigint, body text, queued_at timestamptz,
        next_at timestamptz)
    ORDER BY webhook_id, event_id
    ON CONFLICT DO NOTHING
""")


@dataclass(frozen=True)
class WebhookDelivery:
    """One event that is due for one webhook."""

    delivery_id: UUID
    occurred_at: datetime
    webhook_id: UUID
    event_id: UUID
    type: str
    stream: str
    body: str = field(repr=False)
    attempts: int
    queued_at: datetime


def add_deliveries(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Those that are not there yet; in the order of keys, so that no two batches deadlock."""
    if rows:
        session.execute(_ADD, {"rows": orjson.dumps(list(rows)).decode()})


def release_held(
    session: Session, webhook_ids: Collection[UUID], stream: str, upto: int, now: datetime
) -> None:
    """Nothing before them is missing any more. With the webhooks, an index finds them."""
    held = update(_Row).where(
        _Row.webhook_id.in_(webhook_ids),
        _Row.stream == stream,
        _Row.position <= upto,
        _Row.status == DeliveryStatus.WAITING,
        _Row.attempts == 0,
        _Row.next_at > now,
    )
    session.execute(_plain(held.values(next_at=now)))


def due_webhooks(session: Session, now: datetime, resting: Collection[UUID]) -> Sequence[UUID]:
    """Those that something is due for, that are not left alone and not among the `resting`."""
    waiting = (
        select(_Row.delivery_id)
        .where(
            _Row.webhook_id == WebhookRow.webhook_id,
            _Row.status.in_(_UNSETTLED),
            _due_at() <= now,
            WebhookRow.is_active | (_Row.type == PING),
        )
        .limit(1)  # as below: never a join of everything
        .lateral("waiting")
    )
    return session.scalars(
        select(WebhookRow.webhook_id)
        .join(waiting, true())
        .where(WebhookRow.resume_at <= now, WebhookRow.webhook_id.not_in(resting))
        .order_by(WebhookRow.resume_at)
    ).all()


def lock_due(
    session: Session, webhook: Webhook, now: datetime, limit: int
) -> list[WebhookDelivery]:
    """The longest due, each the first unsettled one of its stream, locked until the commit."""
    peer = aliased(_Row)
    # With its LIMIT a look into an index for each row; a NOT EXISTS has been planned as a join of
    # everything with everything.
    first = (
        select(peer.event_id)
        .where(
            peer.webhook_id == _Row.webhook_id,
            peer.stream == _Row.stream,
            peer.status.in_(_UNSETTLED),
        )
        .order_by(peer.position, peer.event_id)
        .limit(1)
        .lateral("first")
    )
    due = (
        select(_Row)
        .join(first, first.c.event_id == _Row.event_id)
        .where(
            _Row.webhook_id == webhook.webhook_id,
            _Row.status.in_(_UNSETTLED),
            _due_at() <= now,
        )
    )
    if not webhook.is_active:
        due = due.where(_Row.type == PING)
    rows = session.scalars(
        due.order_by(_due_at())
        .limit(limit)
        .with_for_update(skip_locked=True, of=_Row)
        .execution_options(populate_existing=True)
    )
    return [_delivery(row) for row in rows]


def lease(session: Session, ones: Sequence[WebhookDelivery], owner: UUID, until: datetime) -> None:
    """They are the owner's to send until then; counts the attempt."""
    session.execute(
        _these(ones).values(
            status=DeliveryStatus.SENDING,
            lease_owner=owner,
            leased_until=until,
            attempts=_Row.attempts + 1,
        )
    )


def _these(ones: Sequence[WebhookDelivery]) -> Any:
    keys = [(one.delivery_id, one.occurred_at) for one in ones]
    return _plain(update(_Row).where(tuple_(_Row.delivery_id, _Row.occurred_at).in_(keys)))


def _due_at() -> Any:
    return func.coalesce(_Row.leased_until, _Row.next_at)


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)


def _delivery(row: _Row) -> WebhookDelivery:
    return WebhookDelivery(
        row.delivery_id,
        row.occurred_at,
        row.webhook_id,
        row.event_id,
        row.type,
        row.stream,
        row.body,
        row.attempts,
        row.queued_at,
    )
