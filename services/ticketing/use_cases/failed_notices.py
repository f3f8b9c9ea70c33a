"""Shows staff that a customer could not be told."""

from libs.common.actor import SYSTEM
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.storage.entry_finders import has_entry
from services.ticketing.storage.ticket_finders import lock_by_id
from services.ticketing.use_cases.keeping import keep


def show_failed_notice(uow: UnitOfWork, event: Event) -> None:
    """One entry per failed delivery, however often the event comes."""
    data = event.data
    ticket = lock_by_id(uow.session, data["ticket_id"])
    if ticket is None or ticket.is_purged:
        return
    if has_entry(uow.session, data["delivery_id"], data["ticket_id"]):
        return
    details = {name: data[name] for name in ("channel", "occasion", "reason")}
    ticket.tell_failed_notice(
        data["delivery_id"], details, Act(SYSTEM, event.time, uuid7, cause=event)
    )
    keep(uow, ticket)
