"""Notices of the console: told by events, read by their recipient."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden, NotFound
from services.notify.domain.notices import NoticeOrder
from services.notify.storage.notices import add_notices, mark_all_read, mark_read, settle_notices


def tell_people(uow: UnitOfWork, now: datetime, orders: Iterable[NoticeOrder | None]) -> None:
    """Each order becomes a notice, unless it has been one already."""
    add_notices(uow.session, [order for order in orders if order is not None], now)


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
