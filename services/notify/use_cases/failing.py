"""A customer could not be told: others may want to act on it."""

from datetime import datetime

from libs.common.contracts.notify import NoticeFailed
from libs.common.database.unit_of_work import UnitOfWork
from services.notify.domain.deliveries import RecipientKind
from services.notify.domain.other_happenings import happening_of_failure
from services.notify.storage.deliveries import Delivery
from services.notify.storage.ticket_copies import find_tickets
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.tell import tell


def tell_failure(
    uow: UnitOfWork, desk: Desk, delivery: Delivery, reason: str, now: datetime
) -> None:
    """An event, and a notice to whoever has the ticket; of staff and robots nobody is told."""
    if delivery.recipient_kind is not RecipientKind.CUSTOMER or delivery.ticket_id is None:
        return
    uow.emit(
        NoticeFailed,
        subject=str(delivery.ticket_id),
        data={
            "delivery_id": delivery.delivery_id,
            "ticket_id": delivery.ticket_id,
            "customer_id": delivery.recipient_id,
            "channel": delivery.channel,
            "occasion": delivery.occasion,
            "reason": reason,
        },
    )
    ticket = find_tickets(uow.session, desk.keys, [delivery.ticket_id]).get(delivery.ticket_id)
    if ticket:
        happening = happening_of_failure(delivery.delivery_id, delivery.occasion, reason, ticket)
        tell(uow, desk, now, [happening])
