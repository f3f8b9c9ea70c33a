"""What intake does about ticketing's events."""

from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.subscribe import subscribe
from libs.common.contracts.envelope import Event
from libs.common.contracts.ticketing import TicketCreated, TicketFollowedUp
from libs.common.database.unit_of_work import UnitOfWork
from services.intake.use_cases import note_tickets


class Service:
    """Conversations and receipts learn what became of their tickets."""

    name = "intake"
    database = DatabaseProvider()
    relay = Relay()

    @subscribe(TicketCreated, batch=True)
    def note_created(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Numbers, on conversations and on the receipts whose senders wait for them."""
        note_tickets.note_created(uow, events)

    @subscribe(TicketFollowedUp)
    def note_followed_up(self, uow: UnitOfWork, event: Event) -> None:
        """A conversation goes on in another ticket."""
        note_tickets.note_followed_up(uow, event)
