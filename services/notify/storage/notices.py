"""Notices of the console: written once per occasion, read by their recipient alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.ids import uuid7
from services.notify.domain.notices import NoticeOrder
from services.notify.storage.tables import NoticeRow


def add_notices(
    session: Session, orders: Iterable[NoticeOrder], now: datetime
) -> list[dict[str, Any]]:
    """Insert those that are not there yet; returns them."""
    rows = _rows(orders, now)
    if not rows:
        return []
    added = insert(NoticeRow).values(rows).on_conflict_do_nothing()
    new = set(session.scalars(added.returning(NoticeRow.notice_id)))
    return [row for row in rows if row["notice_id"] in new]


def settle_notices(session: Session, orders: Iterable[NoticeOrder], now: datetime) -> None:
    """Nothing is left to be done: they say so from now on, and count as read.

    Those that are yet to come are there already then, and stay as they are.
    """
    rows = [row | {"read_at": now} for row in _rows(orders, now)]
    if rows:
        added = insert(NoticeRow).values(rows)
        changes = {name: added.excluded[name] for name in ("title", "text", "facts")}
        read_at = func.coalesce(NoticeRow.read_at, added.excluded.read_at)
        keys = ("recipient_id", "occasion_key")
        session.execute(
            added.on_conflict_do_update(index_elements=keys, set_={**changes, "read_at": read_at})
        )


def _rows(orders: Iterable[NoticeOrder], now: datetime) -> list[dict[str, Any]]:
    """In the order of keys, so that two batches with the same occasions wait, not deadlock."""
    rows = {
        (str(order.recipient_id), order.occasion_key): {
            "notice_id": uuid7(),
            "recipient_id": order.recipient_id,
            "occasion": order.occasion,
            "occasion_key": order.occasion_key,
            "ticket_id": order.ticket_id,
            "ticket_number": order.ticket_number,
            "title": order.title,
            "text": order.text,
            "facts": order.facts,
            "is_urgent": order.is_urgent,
            "created_at": now,
        }
        for order in orders
    }
    return [rows[key] for key in sorted(rows)]


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
