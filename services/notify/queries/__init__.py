"""What can be asked of notify: a person's notices, a ticket's mails."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from services.notify.storage.tables import DeliveryRow, NoticeRow
from services.notify.use_cases.notices import recipient_of

MAX_NOTICES = 100
_COUNTED = 1_000
_MAX_DELIVERIES = 200


def list_notices(session: Session, actor: Actor, *, unread: bool, limit: int) -> dict[str, Any]:
    """The actor's own, newest first, and how many are unread, counted to 1,000."""
    recipient_id = recipient_of(actor)
    wanted = select(NoticeRow).where(NoticeRow.recipient_id == recipient_id)
    if unread:
        wanted = wanted.where(NoticeRow.read_at.is_(None))
    newest = wanted.order_by(NoticeRow.notice_id.desc()).limit(limit)
    return {
        "items": [_notice(row) for row in session.scalars(newest)],
        "unread_count": _count_unread(session, recipient_id),
    }


def list_deliveries(session: Session, *, ticket_id: UUID) -> list[dict[str, Any]]:
    """The state of each mail of a ticket, oldest first, without contents and addresses."""
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.ticket_id == ticket_id)
        .order_by(DeliveryRow.delivery_id)
        .limit(_MAX_DELIVERIES)
    )
    return [_delivery(row) for row in rows]


def _count_unread(session: Session, recipient_id: UUID) -> int:
    unread = (
        select(NoticeRow.notice_id)
        .where(NoticeRow.recipient_id == recipient_id, NoticeRow.read_at.is_(None))
        .limit(_COUNTED)
    )
    return session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def _notice(row: NoticeRow) -> dict[str, Any]:
    return {
        "notice_id": str(row.notice_id),
        "occasion": row.occasion,
        "ticket_id": row.ticket_id and str(row.ticket_id),
        "ticket_number": row.ticket_number,
        "title": row.title,
        "text": row.text,
        "facts": row.facts,
        "is_urgent": row.is_urgent,
        "created_at": row.created_at.isoformat(),
        "read_at": row.read_at and row.read_at.isoformat(),
    }


def _delivery(row: DeliveryRow) -> dict[str, Any]:
    return {
        "delivery_id": str(row.delivery_id),
        "occasion": row.occasion,
        "channel": row.channel,
        "status": row.status,
        "attempts": row.attempts,
        "error": row.error,
        "created_at": row.created_at.isoformat(),
        "next_at": row.next_at and row.next_at.isoformat(),
        "sent_at": row.sent_at and row.sent_at.isoformat(),
    }
