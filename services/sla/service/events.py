"""What sla makes of other services' events; each handler bears repeats and any order."""

from libs.common.bus.directory_copy import DirectoryCopy
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.subscribe import subscribe
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from libs.common.contracts.intake import (
    CustomerContactAdded,
    CustomerContactVerified,
    CustomerEdited,
    CustomerRegistered,
)
from libs.common.contracts.ticketing import TICKET_EVENTS
from libs.common.database.unit_of_work import UnitOfWork
from services.sla.use_cases.hear_customers import hear_customers
from services.sla.use_cases.hear_tickets import hear_tickets


class Service(DirectoryCopy):
    """Facts of tickets move clocks; organisation and customers are copied."""

    name = "sla"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

    @subscribe(
        *TICKET_EVENTS,
        batch=True,
    )
    def hear_tickets(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Keep the facts, move the clocks."""
        hear_tickets(uow, events, self.config.business_zone, utc_now())

    @subscribe(
        CustomerRegistered,
        CustomerContactAdded,
        CustomerEdited,
        CustomerContactVerified,
        batch=True,
    )
    def hear_customers(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Copy tier and language; what depends on them is computed anew."""
        hear_customers(uow, events)
