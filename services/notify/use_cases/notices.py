"""Notices of the console: told by events, read by their recipient."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor
from libs.common.contracts.notify import NoticeRaised
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden, NotFound
from services.notify.domain.notices import NoticeOrder
from services.notify.storage.notices import add_notices, mark_all_read, mark_read, settle_notices


def tell_people(uow: UnitOfWork, now: datetime, orders: Iterable[NoticeOrder]) -> None:
    """Each order becomes a notice and an event, unless it has been one already."""
    for row in add_notices(uow.session, orders, now):
        uow.emit(
            NoticeRaised,
            subject=str(row["recipient_id"]),
            data={
                "notice_id": row["notice_id"],
                "recipient_id": row["recipient_id"],
                "occasion": row["occasion"],
                "ticket_id": row["ticket_id"],
                "number": row["ticket_number"],
                "is_urgent": row["is_urgent"],
                "raised_at": now,
                "title": row["title"],
                "text": row["text"],
            },
            urgent=row["is_urgent"],
        )


def settle_people(uow: UnitOfWork, now: datetime, orders: Iterable[NoticeOrder]) -> None:
    """Each order ends a notice: it says something else, and nobody need look at it any more."""
    settle_notices(uow.session, orders, now)


def read_notice(uow: UnitOfWork, actor: Actor, now: datetime, *, notice_id: UUID) -> None:
    """Repeating it changes nothing; raises NotFound for other people's notices."""
    if not mark_read(uow.session, recipient_of(actor), notice_id, now):
        raise NotFound("notice.unknown", "no such notice")


def read_all_notices(uow: UnitOfWork, actor: Actor, now: datetime) -> None:
    """The actor's own."""
    mark_all_read(uow.session, recipient_of(actor), now)


def recipient_of(actor: Actor) -> UUID:
    """Whose notices an actor has; raises Forbidden for those who are no person."""
    if actor.subject is None:
        raise Forbidden("actor.not_a_person", "only people have notices")
    return actor.subject
