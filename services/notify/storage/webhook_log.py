"""What webhooks were told: found, told again, dropped, and forgotten."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from libs.common.database.partitions import drop_partitions
from services.notify.domain.webhooks import PING, DeliveryStatus
from services.notify.storage.channel_tables import WebhookDeliveryRow

_UNSETTLED = (DeliveryStatus.WAITING, DeliveryStatus.SENDING)
_WITHOUT_LEASE = {"lease_owner": None, "leased_until": None}
_Row = WebhookDeliveryRow


def drop_waiting(session: Session, webhook_id: UUID) -> None:
    """Of a webhook that is off now; what is under way is settled by whoever carries it.

    Pings stay: somebody wants to know whether it could be switched on again.
    """
    waiting = update(_Row).where(
        _Row.webhook_id == webhook_id,
        _Row.status == DeliveryStatus.WAITING,
        _Row.type != PING,
    )
    session.execute(
        _plain(waiting.values(status=DeliveryStatus.DROPPED, next_at=None, **_WITHOUT_LEASE))
    )


def replay_one(session: Session, webhook_id: UUID, delivery_id: UUID, now: datetime) -> bool:
    """Once more from the beginning, unless it is on its way; returns whether it is now."""
    settled = _anew(now).where(_Row.webhook_id == webhook_id, _Row.delivery_id == delivery_id)
    return bool(session.scalars(_plain(settled.returning(_Row.delivery_id))).all())


def replay_range(
    session: Session, webhook_id: UUID, start: datetime, end: datetime, now: datetime
) -> int:
    """What happened from `start` to before `end`, once more; returns how many."""
    chosen = _anew(now).where(
        _Row.webhook_id == webhook_id,
        _Row.occurred_at >= start,
        _Row.occurred_at < end,
        _Row.type != PING,
    )
    return len(session.scalars(_plain(chosen.returning(_Row.delivery_id))).all())


def count_in_range(
    session: Session, webhook_id: UUID, start: datetime, end: datetime, most: int
) -> int:
    """How many a replay would take, counted to `most` + 1."""
    found = (
        select(_Row.delivery_id)
        .where(_Row.webhook_id == webhook_id, _Row.type != PING)
        .where(_Row.occurred_at >= start, _Row.occurred_at < end)
        .limit(most + 1)
    )
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def find_delivery(session: Session, webhook_id: UUID, delivery_id: UUID) -> _Row | None:
    found = select(_Row).where(_Row.webhook_id == webhook_id, _Row.delivery_id == delivery_id)
    return session.scalar(found.execution_options(populate_existing=True))


def drop_months(session: Session, before: datetime) -> None:
    """Delete what nobody replays any more, and streams that nothing was heard of since."""
    drop_partitions(session.connection(), _Row.__tablename__, before=before)
    session.execute(
        text("DELETE FROM webhook_deliveries_default WHERE occurred_at < :before"),
        {"before": before},
    )
    session.execute(
        text(
            "DELETE FROM webhook_streams WHERE stream IN (SELECT stream FROM webhook_streams "
            "WHERE touched_at < :before LIMIT 10000)"
        ),
        {"before": before},
    )


def _anew(now: datetime) -> Any:
    values = {
        "status": DeliveryStatus.WAITING,
        "attempts": 0,
        "queued_at": now,
        "next_at": now,
        "sent_at": None,
        **_WITHOUT_LEASE,
    }
    return update(_Row).where(_Row.status.not_in(_UNSETTLED)).values(values)


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
