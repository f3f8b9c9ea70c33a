"""What has become of deliveries to webhooks: settled under the lease under which they were sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notify.domain.webhooks import DeliveryStatus
from services.notify.storage.channel_tables import WebhookDeliveryRow, WebhookStreamRow
from services.notify.storage.leases import Lease
from services.notify.storage.webhook_deliveries import WebhookDelivery

_WITHOUT_LEASE = {"lease_owner": None, "leased_until": None}
_AT_REST = {**_WITHOUT_LEASE, "next_at": None}
_Row = WebhookDeliveryRow


@dataclass(frozen=True)
class Attempt:
    """How handing over went: the receiver's status, if any came, and what was wrong."""

    status: int | None
    error: str | None
    milliseconds: int


def mark_sent(
    session: Session, lease: Lease, at: datetime, attempt: Attempt, now: datetime
) -> bool:
    """Taken; returns whether the lease still held."""
    return _settle(
        session,
        lease,
        at,
        {"status": DeliveryStatus.SENT, "sent_at": now, **_AT_REST, **_noted(attempt, now)},
    )


def mark_delayed(
    session: Session, lease: Lease, at: datetime, attempt: Attempt, now: datetime, until: datetime
) -> bool:
    """To be tried again then; returns whether the lease still held."""
    values = {"status": DeliveryStatus.WAITING, "next_at": until, **_WITHOUT_LEASE}
    return _settle(session, lease, at, {**values, **_noted(attempt, now)})


def mark_failed(
    session: Session, lease: Lease, at: datetime, attempt: Attempt, now: datetime
) -> bool:
    """Given up; returns whether the lease still held."""
    values = {"status": DeliveryStatus.FAILED, **_AT_REST, **_noted(attempt, now)}
    return _settle(session, lease, at, values)


def put_back(session: Session, lease: Lease, at: datetime, now: datetime) -> None:
    """It was not even begun: as if it had not been claimed."""
    values = {"status": DeliveryStatus.WAITING, "next_at": now, **_WITHOUT_LEASE}
    _settle(session, lease, at, {**values, "attempts": _Row.attempts - 1})


def hold_back_followers(
    session: Session, delivery: WebhookDelivery, now: datetime, until: datetime
) -> None:
    """Those behind one that is to be tried again then: looking at them before is of no use."""
    behind = update(_Row).where(
        _Row.webhook_id == delivery.webhook_id,
        _Row.stream == delivery.stream,
        _Row.status == DeliveryStatus.WAITING,
        _Row.attempts == 0,
        _Row.next_at <= now,
    )
    session.execute(_plain(behind.values(next_at=until)))


def hurry(session: Session, webhook_id: UUID, now: datetime) -> None:
    """Its receiver is back: what waits for another try need not wait longer.

    But for streams with a gap, whose events wait for what is missing.
    """
    gaps = select(WebhookStreamRow.stream).where(WebhookStreamRow.gap_since.is_not(None))
    waiting = update(_Row).where(
        _Row.webhook_id == webhook_id,
        _Row.status == DeliveryStatus.WAITING,
        _Row.next_at > now,
        _Row.stream.not_in(gaps),
    )
    session.execute(_plain(waiting.values(next_at=now)))


def _noted(attempt: Attempt, now: datetime) -> dict[str, Any]:
    return {
        "last_status": attempt.status,
        "last_error": attempt.error,
        "duration_ms": attempt.milliseconds,
        "tried_at": now,
    }


def _settle(session: Session, lease: Lease, at: datetime, values: dict[str, Any]) -> bool:
    held = update(_Row).where(
        _Row.delivery_id == lease.leased_id,
        _Row.occurred_at == at,  # spares the other months' partitions a look
        _Row.lease_owner == lease.owner,
        _Row.status == DeliveryStatus.SENDING,
    )
    settled = session.scalars(_plain(held.values(values).returning(_Row.delivery_id)))
    return settled.one_or_none() is not None


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
