"""Order mails to customers: once per occasion, with a limit on what is sent automatically."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.config import Config, ConfigError
from libs.common.crypto import KeyRing, open_ring
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from libs.common.mail_identity import make_message_id
from services.notify.domain.life import RECEIPTS_PER_HOUR, THROTTLED
from services.notify.domain.orders import MailOrder, Occasion, Status
from services.notify.storage.orders import (
    NewDelivery,
    add_deliveries,
    claim_keys,
    count_receipts,
    lock_customers,
)

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Desk:
    """What ordering needs to know: how contents are sealed, and how our Message-IDs are made."""

    keys: KeyRing
    mail_domain: str
    thread_key: bytes

    @classmethod
    def open(cls, config: Config) -> "Desk":
        """Raises ConfigError naming what is missing."""
        if not config.thread_keys:
            raise ConfigError("THREAD_KEY must be set")
        return cls(open_ring(config), config.mail_domain, config.thread_keys[0])

    def prepare(self, order: MailOrder) -> NewDelivery:
        """Give the order the ids that all its attempts share."""
        delivery_id = uuid7()
        message_id = make_message_id(
            order.ticket_id, delivery_id, self.mail_domain, self.thread_key
        )
        return NewDelivery(delivery_id, message_id, order)


def order_mails(
    uow: UnitOfWork, desk: Desk, now: datetime, orders: Iterable[MailOrder | None]
) -> None:
    """Each order becomes a delivery that is due at once, unless it has been one already."""
    wanted = [desk.prepare(order) for order in orders if order is not None]
    if not wanted:
        return
    receipts = sorted({one.order.customer_id for one in wanted if _is_receipt(one)})
    if receipts:
        lock_customers(uow.session, receipts)
    new = claim_keys(uow.session, wanted)
    if receipts:
        new = throttle(new, count_receipts(uow.session, receipts, now - _HOUR))
    add_deliveries(uow.session, desk.keys, new, now)


def throttle(new: Sequence[NewDelivery], sent: dict[UUID, int]) -> list[NewDelivery]:
    """Skip the receipts beyond the limit: two machines may be thanking one another."""
    counts = Counter(sent)
    return [_throttled(one, counts) if _is_receipt(one) else one for one in new]


def _throttled(new: NewDelivery, counts: Counter[UUID]) -> NewDelivery:
    counts[new.order.customer_id] += 1
    if counts[new.order.customer_id] <= RECEIPTS_PER_HOUR:
        return new
    return replace(new, status=Status.SKIPPED, error=THROTTLED)


def _is_receipt(new: NewDelivery) -> bool:
    return new.order.occasion is Occasion.RECEIPT
