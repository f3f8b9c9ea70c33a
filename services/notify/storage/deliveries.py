"""Deliveries on their way: claimed by one process at a time, settled only under its lease."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context
from services.notify.domain.deliveries import RecipientKind, Status
from services.notify.storage.leases import Lease
from services.notify.storage.tables import DeliveryRow

_LAST_MAILS = 10

# Of a customer's mails only: staff are told of the same ticket without seeing what was answered.
_EARLIER_MAILS = text(
    "SELECT mine.delivery_id, earlier.message_id "
    "FROM unnest(CAST(:deliveries AS uuid[]), CAST(:tickets AS uuid[])) "
    "  AS mine (delivery_id, ticket_id) "
    "CROSS JOIN LATERAL (SELECT message_id, delivery_id FROM deliveries "
    "  WHERE ticket_id = mine.ticket_id AND delivery_id < mine.delivery_id "
    "  AND recipient_kind = 'customer' AND channel = 'mail' "
    "  AND status IN ('waiting', 'sending', 'sent') "
    f"  ORDER BY delivery_id DESC LIMIT {_LAST_MAILS}) AS earlier "
    "ORDER BY mine.delivery_id, earlier.delivery_id"
)
_WITHOUT_LEASE = {"lease_owner": None, "leased_until": None}
_AT_REST = {**_WITHOUT_LEASE, "next_at": None}
_RESENDABLE = (Status.FAILED, Status.UNKNOWN)


@dataclass(frozen=True)
class Delivery:
    """A delivery that is due; its content stays sealed until the message is written.

    `tried_since`: when it was written, or sent once more by hand; its days of trying count from it.
    """

    delivery_id: UUID
    created_at: datetime
    tried_since: datetime
    status: Status
    channel: str
    others: tuple[str, ...]
    occasion: str
    occasion_key: str
    recipient_kind: RecipientKind
    recipient_id: UUID
    customer_id: UUID | None
    contact_id: UUID | None
    ticket_id: UUID | None
    ticket_number: str | None
    template_key: str | None
    language: str | None
    is_urgent: bool
    sealed_content: bytes = field(repr=False)
    message_id: str
    attempts: int

    def content(self, keys: KeyRing) -> dict[str, Any]:
        """What the texts are given; raises Undecryptable."""
        plain = keys.decrypt(self.sealed_content, content_context(self.delivery_id))
        content: dict[str, Any] = orjson.loads(plain)
        return content


def lock_due(
    session: Session, channels: Collection[str], now: datetime, limit: int
) -> list[Delivery]:
    """The longest due, locked until the commit; what another replica has locked is left to it."""
    due_at = func.coalesce(DeliveryRow.leased_until, DeliveryRow.next_at)
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.status.in_([Status.WAITING, Status.SENDING]), due_at <= now)
        .where(DeliveryRow.channel.in_(list(channels)))
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
    """Look again then, or when the address has come; no attempt, as nothing was handed over."""
    values = {"status": Status.WAITING, "next_at": until, "is_looked_for": True}
    session.execute(_these([delivery]).values(**values, **_WITHOUT_LEASE))


def redirect(
    session: Session, delivery: Delivery, channel: str, others: Sequence[str], now: datetime
) -> None:
    """On the next channel at once, with attempts of its own."""
    values = {
        "status": Status.WAITING,
        "channel": channel,
        "other_channels": list(others),
        "next_at": now,
        "attempts": 0,
    }
    session.execute(_these([delivery]).values(**values, **_WITHOUT_LEASE))


def end_untried(session: Session, delivery: Delivery, status: Status, reason: str) -> None:
    """Over without being handed over (again)."""
    session.execute(_these([delivery]).values(status=status, error=reason, **_AT_REST))


def earlier_message_ids(session: Session, deliveries: Sequence[Delivery]) -> dict[UUID, list[str]]:
    """For each customer's mail the last mails of its ticket before it, oldest first."""
    threaded = [one for one in deliveries if one.recipient_kind is RecipientKind.CUSTOMER]
    parameters = {
        "deliveries": [str(one.delivery_id) for one in threaded],
        "tickets": [str(one.ticket_id) for one in threaded],
    }
    found: dict[UUID, list[str]] = {}
    for delivery_id, message_id in session.execute(_EARLIER_MAILS, parameters) if threaded else ():
        found.setdefault(delivery_id, []).append(message_id)
    return found


def mark_sent(
    session: Session, leases: Sequence[Lease], now: datetime, provider_id: str | None = None
) -> None:
    """Those that are still under the lease under which they were sent."""
    values = {"status": Status.SENT, "sent_at": now, "error": None, "provider_id": provider_id}
    session.execute(_leased(leases).values(**values, **_AT_REST))


def mark_delayed(session: Session, lease: Lease, reason: str, until: datetime) -> None:
    """To be tried again then."""
    values = {"status": Status.WAITING, "error": reason, "next_at": until, **_WITHOUT_LEASE}
    session.execute(_leased([lease]).values(values))


def mark_ended(session: Session, lease: Lease, status: Status, reason: str) -> bool:
    """Given up, or not known to have come; returns whether the lease still held."""
    values = {"status": status, "error": reason, **_AT_REST}
    ended = session.scalars(_leased([lease]).values(values).returning(DeliveryRow.delivery_id))
    return ended.one_or_none() is not None


def holds(session: Session, lease: Lease) -> bool:
    """Whether the delivery is still the lease's; holds its row until the commit."""
    statement = (
        select(DeliveryRow.delivery_id)
        .where(DeliveryRow.delivery_id == lease.leased_id, DeliveryRow.lease_owner == lease.owner)
        .where(DeliveryRow.status == Status.SENDING)
        .with_for_update()
    )
    return session.scalar(statement) is not None


def send_again(session: Session, delivery_id: UUID, now: datetime) -> Status | None:
    """Due at once if it has failed or nobody knows; returns its status before, None if unknown."""
    found = select(DeliveryRow).where(DeliveryRow.delivery_id == delivery_id).with_for_update()
    row = session.scalars(found).one_or_none()
    if row is None:
        return None
    before = Status(row.status)
    if before in _RESENDABLE:
        session.execute(
            _plain(
                update(DeliveryRow)
                .where(DeliveryRow.delivery_id == delivery_id)
                .where(DeliveryRow.created_at == row.created_at)
                # Whoever sends it again means now: its days of trying begin anew.
                .values(status=Status.WAITING, next_at=now, attempts=0, error=None, tried_since=now)
            )
        )
    return before


def content_context(delivery_id: UUID) -> str:
    """What a sealed content is bound to."""
    return field_context("deliveries", "content", delivery_id)


def _delivery(row: DeliveryRow) -> Delivery:
    recipient_id = row.recipient_id or row.customer_id
    if recipient_id is None:
        raise ValueError(f"delivery {row.delivery_id} is for nobody")
    return Delivery(
        delivery_id=row.delivery_id,
        created_at=row.created_at,
        tried_since=row.tried_since or row.created_at,
        status=Status(row.status),
        channel=row.channel,
        others=tuple(row.other_channels),
        occasion=row.occasion,
        occasion_key=row.occasion_key or "",
        recipient_kind=RecipientKind(row.recipient_kind),
        recipient_id=recipient_id,
        customer_id=row.customer_id,
        contact_id=row.contact_id,
        ticket_id=row.ticket_id,
        ticket_number=row.ticket_number,
        template_key=row.template_key,
        language=row.language,
        is_urgent=row.is_urgent,
        sealed_content=row.content_encrypted,
        message_id=row.message_id,
        attempts=row.attempts,
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
