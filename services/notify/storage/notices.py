"""Notices of the console: written once per occasion, read by their recipient alone."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.ids import uuid7
from services.notify.domain.notices import NoticeOrder
from services.notify.storage.tables import NoticeRow


def add_notices(session: Session, orders: Iterable[NoticeOrder], now: datetime) -> None:
    """Insert those that are not there yet."""
    rows = [
        {
            "notice_id": uuid7(),
            "recipient_id": order.recipient_id,
            "occasion": order.occasion,
            "occasion_key": order.occasion_key,
            "ticket_id": order.ticket_id,
            "ticket_number": order.ticket_number,
            "title": order.title,
            "text": order.text,
            "facts": order.facts,
            "created_at": now,
        }
        for order in orders
    ]
    if rows:
        # In the order of keys, so that two batches with the same occasions wait, not deadlock.
        rows.sort(key=lambda row: (str(row["recipient_id"]), str(row["occasion_key"])))
        session.execute(insert(NoticeRow).values(rows).on_conflict_do_nothing())


def mark_read(session: Session, recipient_id: UUID, notice_id: UUID, now: datetime) -> bool:
    """Read now, or earlier if it was; returns whether the recipient has such a notice."""
    statement = (
        update(NoticeRow)
        .where(NoticeRow.recipient_id == recipient_id, NoticeRow.notice_id == notice_id)
        .values(read_at=func.coalesce(NoticeRow.read_at, now))
        .returning(NoticeRow.notice_id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement) is not None


def mark_all_read(session: Session, recipient_id: UUID, now: datetime) -> None:
    """All that the recipient had not read."""
    session.execute(
        update(NoticeRow)
        .where(NoticeRow.recipient_id == recipient_id, NoticeRow.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def drop_read_notices(session: Session, before: datetime, limit: int) -> int:
    """Delete some that were read earlier; returns how many."""
    old = select(NoticeRow.notice_id).where(NoticeRow.read_at < before).limit(limit)
    gone = delete(NoticeRow).where(NoticeRow.notice_id.in_(old)).returning(NoticeRow.notice_id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())
