"""Deliveries on their way: claimed by one process at a time, settled only under its lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context
from services.notify.domain.orders import Occasion, Status
from services.notify.storage.leases import Lease
from services.notify.storage.tables import DeliveryRow

_LAST_MAILS = 10

_EARLIER_MAILS = text(
    "SELECT mine.delivery_id, earlier.message_id "
    "FROM unnest(CAST(:deliveries AS uuid[]), CAST(:tickets AS uuid[])) "
    "  AS mine (delivery_id, ticket_id) "
    "CROSS JOIN LATERAL (SELECT message_id, delivery_id FROM deliveries "
    "  WHERE ticket_id = mine.ticket_id AND delivery_id < mine.delivery_id "
    "  AND status IN ('waiting', 'sending', 'sent') "
    f"  ORDER BY delivery_id DESC LIMIT {_LAST_MAILS}) AS earlier "
    "ORDER BY mine.delivery_id, earlier.delivery_id"
)
_WITHOUT_LEASE = {"lease_owner": None, "leased_until": None}
_AT_REST = {**_WITHOUT_LEASE, "next_at": None}


@dataclass(frozen=True)
class Delivery:
    """A delivery that is due; its content stays sealed until the mail is written."""

    delivery_id: UUID
    created_at: datetime
    occasion: Occasion
    customer_id: UUID
    contact_id: UUID | None
    ticket_id: UUID
    ticket_number: str
    sealed_content: bytes
    message_id: str
    attempts: int

    def content(self, keys: KeyRing) -> dict[str, Any]:
        """What the templates are given; raises Undecryptable."""
        plain = keys.decrypt(self.sealed_content, content_context(self.delivery_id))
        content: dict[str, Any] = orjson.loads(plain)
        return content


def lock_due(session: Session, now: datetime, limit: int) -> list[Delivery]:
    """The longest due, locked until the commit; what another replica has locked is left to it."""
    due_at = func.coalesce(DeliveryRow.leased_until, DeliveryRow.next_at)
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.status.in_([Status.WAITING, Status.SENDING]), due_at <= now)
        .order_by(due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_delivery(row) for row in rows]


def lease(session: Session, deliveries: Sequence[Delivery], owner: UUID, until: datetime) -> None:
    """They are the owner's to send until then; counts the attempt."""
    session.execute(
        _these(deliveries).values(
            status=Status.SENDING,
            lease_owner=owner,
            leased_until=until,
            attempts=DeliveryRow.attempts + 1,
        )
    )


def postpone(session: Session, delivery: Delivery, until: datetime) -> None:
    """Look again then; no attempt, as nothing was handed over."""
    session.execute(
        _these([delivery]).values(status=Status.WAITING, next_at=until, **_WITHOUT_LEASE)
    )


def end_untried(session: Session, delivery: Delivery, status: Status, reason: str) -> None:
    """Skipped or failed without being handed over."""
    session.execute(_these([delivery]).values(status=status, error=reason, **_AT_REST))


def earlier_message_ids(session: Session, deliveries: Sequence[Delivery]) -> dict[UUID, list[str]]:
    """For each delivery the last mails of its ticket before it, oldest first."""
    parameters = {
        "deliveries": [str(one.delivery_id) for one in deliveries],
        "tickets": [str(one.ticket_id) for one in deliveries],
    }
    found: dict[UUID, list[str]] = {}
    for delivery_id, message_id in session.execute(_EARLIER_MAILS, parameters):
        found.setdefault(delivery_id, []).append(message_id)
    return found


def mark_sent(session: Session, leases: Sequence[Lease], now: datetime) -> None:
    """Those that are still under the lease under which they were sent."""
    values = {"status": Status.SENT, "sent_at": now, "error": None, **_AT_REST}
    session.execute(_leased(leases).values(values))


def mark_delayed(session: Session, lease: Lease, reason: str, until: datetime) -> None:
    """To be tried again then."""
    values = {"status": Status.WAITING, "error": reason, "next_at": until, **_WITHOUT_LEASE}
    session.execute(_leased([lease]).values(values))


def mark_failed(session: Session, lease: Lease, reason: str) -> bool:
    """Given up; returns whether the lease still held."""
    values = {"status": Status.FAILED, "error": reason, **_AT_REST}
    failed = session.scalars(_leased([lease]).values(values).returning(DeliveryRow.delivery_id))
    return failed.one_or_none() is not None


def content_context(delivery_id: UUID) -> str:
    """What a sealed content is bound to."""
    return field_context("deliveries", "content", delivery_id)


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        row.delivery_id,
        row.created_at,
        Occasion(row.occasion),
        row.customer_id,
        row.contact_id,
        row.ticket_id,
        row.ticket_number,
        row.content_encrypted,
        row.message_id,
        row.attempts,
    )


def _these(deliveries: Sequence[Delivery]) -> Any:
    oldest = min(one.created_at for one in deliveries)
    ids = [one.delivery_id for one in deliveries]
    # The date spares earlier months' partitions a look.
    statement = update(DeliveryRow).where(DeliveryRow.created_at >= oldest)
    return _plain(statement.where(DeliveryRow.delivery_id.in_(ids)))


def _leased(leases: Sequence[Lease]) -> Any:
    pairs = [(one.leased_id, one.owner) for one in leases]
    held = tuple_(DeliveryRow.delivery_id, DeliveryRow.lease_owner).in_(pairs)
    return _plain(update(DeliveryRow).where(held, DeliveryRow.status == Status.SENDING))


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
