"""Claim what is due: commit it as being sent before anybody hands it over."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from libs.common.contracts.notify import NoticeFailed
from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.notify.clients.post import Parcel
from services.notify.domain.life import LEASE, GiveUp, Go, Skip, Wait, choose_step
from services.notify.domain.orders import MAIL, Status
from services.notify.storage import deliveries as storage
from services.notify.storage.addresses import find_cards
from services.notify.storage.deliveries import Delivery
from services.notify.storage.leases import Lease
from services.notify.use_cases.mail_room import MailRoom

_MARGIN = 15.0  # seconds of the lease kept for settling


def claim_mails(
    database: Database, room: MailRoom, now: datetime, limit: int
) -> list[Parcel[Delivery]]:
    """Lease up to `limit` due deliveries that can be sent; put the others where they belong."""
    deadline = time.monotonic() + LEASE.total_seconds() - _MARGIN
    with database.begin() as uow:
        due = storage.lock_due(uow.session, now, limit)
        if not due:
            return []
        ready = _settle_others(uow, due, _choose_steps(uow, room.keys, due, now))
        owner = uuid7()
        references = _lease(uow, [delivery for delivery, _ in ready], owner, now)
        uow.commit()
    return [
        Parcel(
            delivery=delivery,
            lease=Lease(delivery.delivery_id, owner),
            sender=room.sender.address,
            recipient=go.recipient.address,
            write=partial(room.write, delivery, go, references.get(delivery.delivery_id, [])),
            deadline=deadline,
        )
        for delivery, go in ready
    ]


def _choose_steps(
    uow: UnitOfWork, keys: KeyRing, due: Sequence[Delivery], now: datetime
) -> list[Go | Wait | Skip | GiveUp]:
    cards = find_cards(uow.session, keys, {one.customer_id for one in due})
    return [
        choose_step(
            cards.get(one.customer_id),
            one.contact_id,
            attempts=one.attempts,
            created_at=one.created_at,
            now=now,
        )
        for one in due
    ]


def _settle_others(
    uow: UnitOfWork, due: Sequence[Delivery], steps: Sequence[Go | Wait | Skip | GiveUp]
) -> list[tuple[Delivery, Go]]:
    ready = []
    for delivery, step in zip(due, steps, strict=True):
        match step:
            case Go():
                ready.append((delivery, step))
            case Wait(until):
                storage.postpone(uow.session, delivery, until)
            case Skip(reason):
                storage.end_untried(uow.session, delivery, Status.SKIPPED, reason)
            case GiveUp(reason):
                storage.end_untried(uow.session, delivery, Status.FAILED, reason)
                tell_failure(uow, delivery, reason)
    return ready


def _lease(
    uow: UnitOfWork, ready: Sequence[Delivery], owner: UUID, now: datetime
) -> Mapping[UUID, list[str]]:
    if not ready:
        return {}
    storage.lease(uow.session, ready, owner, now + LEASE)
    return storage.earlier_message_ids(uow.session, ready)


def tell_failure(uow: UnitOfWork, delivery: Delivery, reason: str) -> None:
    """The customer was not told: others may want to act on it."""
    uow.emit(
        NoticeFailed,
        subject=str(delivery.ticket_id),
        data={
            "delivery_id": delivery.delivery_id,
            "ticket_id": delivery.ticket_id,
            "customer_id": delivery.customer_id,
            "channel": MAIL,
            "occasion": delivery.occasion,
            "reason": reason,
        },
    )
