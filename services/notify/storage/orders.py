"""New deliveries: one per recipient, channel and occasion, for all time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing
from services.notify.domain.deliveries import Order, Status
from services.notify.storage.deliveries import content_context
from services.notify.storage.tables import DeliveryKeyRow, DeliveryRow

_LOCK_CUSTOMERS = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(id::text, 0)) "
    "FROM (SELECT DISTINCT unnest(CAST(:customers AS uuid[])) AS id ORDER BY 1) AS customers"
)


@dataclass(frozen=True)
class NewDelivery:
    """An order with the id and Message-ID that all its attempts will share."""

    delivery_id: UUID
    message_id: str
    order: Order


def claim_keys(session: Session, wanted: Sequence[NewDelivery]) -> list[NewDelivery]:
    """Those whose recipient has none for that occasion and channel yet, in the order given."""
    rows = [
        {
            "recipient_id": one.order.recipient_id,
            "channel": one.order.channel,
            "occasion_key": one.order.occasion_key,
            "delivery_id": one.delivery_id,
        }
        for one in wanted
    ]
    # In the order of keys, so that two batches with the same occasions wait, not deadlock.
    rows.sort(key=lambda row: (str(row["recipient_id"]), row["channel"], str(row["occasion_key"])))
    statement = insert(DeliveryKeyRow).values(rows).on_conflict_do_nothing()
    new = set(session.scalars(statement.returning(DeliveryKeyRow.delivery_id)))
    return [one for one in wanted if one.delivery_id in new]


def claim_key(
    session: Session, recipient_id: UUID, channel: str, occasion_key: str, delivery_id: UUID
) -> bool:
    """Whether the recipient has not been told on this channel; the delivery takes it over."""
    row = {
        "recipient_id": recipient_id,
        "channel": channel,
        "occasion_key": occasion_key,
        "delivery_id": delivery_id,
    }
    statement = insert(DeliveryKeyRow).values(row).on_conflict_do_nothing()
    return session.scalar(statement.returning(DeliveryKeyRow.delivery_id)) is not None


def add_deliveries(
    session: Session, keys: KeyRing, new: Iterable[NewDelivery], now: datetime
) -> None:
    """Insert by one statement."""
    rows = [_row(keys, one, now) for one in new]
    if rows:
        session.execute(insert(DeliveryRow).values(rows))


def lock_customers(session: Session, customers: Collection[UUID]) -> None:
    """Until the commit, so that two replicas do not both count before either has added."""
    session.execute(_LOCK_CUSTOMERS, {"customers": [str(one) for one in customers]})


def count_receipts(
    session: Session, customers: Collection[UUID], since: datetime
) -> dict[UUID, int]:
    """Receipts per customer since then; absent where there are none."""
    counts = session.execute(
        select(DeliveryRow.customer_id, func.count().label("amount"))
        .where(DeliveryRow.customer_id.in_(customers))
        .where(DeliveryRow.occasion == "receipt", DeliveryRow.status != Status.SKIPPED)
        .where(DeliveryRow.created_at > since)
        .group_by(DeliveryRow.customer_id)
    )
    return {row.customer_id: row.amount for row in counts if row.customer_id}


def release_waiting(session: Session, customers: Collection[UUID], now: datetime) -> None:
    """Their addresses have come: look at once at what waits for them and was never tried.

    What waits for the end of quiet hours, or for a promise, was not looked at yet and goes on
    waiting: nothing has been put off for it since it was written.
    """
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.customer_id.in_(customers))
        .where(DeliveryRow.status == Status.WAITING, DeliveryRow.attempts == 0)
        .where(DeliveryRow.is_looked_for)
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )


def _row(keys: KeyRing, new: NewDelivery, now: datetime) -> dict[str, Any]:
    order = new.order
    sealed = keys.encrypt(orjson.dumps(order.content), content_context(new.delivery_id))
    return {
        "delivery_id": new.delivery_id,
        "created_at": now,
        "status": order.status,
        "channel": order.channel,
        "other_channels": list(order.others),
        "occasion": order.occasion,
        "occasion_key": order.occasion_key,
        "recipient_kind": order.recipient_kind,
        "recipient_id": order.recipient_id,
        "customer_id": order.customer_id,
        "contact_id": order.contact_id,
        "ticket_id": order.ticket_id,
        "ticket_number": order.ticket_number,
        "rule_id": order.rule_id,
        "template_key": order.template_key,
        "is_urgent": order.is_urgent,
        "language": order.language,
        "content_encrypted": sealed,
        "message_id": new.message_id,
        "attempts": 0,
        "next_at": order.due_at if order.status is Status.WAITING else None,
        "error": order.error,
    }
