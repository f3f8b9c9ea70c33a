"""What notify makes of other services' events; each handler bears repeats and any order."""

from collections.abc import Sequence

from libs.common.bus.directory_copy import DirectoryCopy
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.subscribe import subscribe
from libs.common.clock import utc_now
from libs.common.contracts.dispatch import OfferClosed, OfferOpened
from libs.common.contracts.envelope import Event
from libs.common.contracts.gateway import SecurityAlerted
from libs.common.contracts.intake import (
    CustomerContactAdded,
    CustomerContactVerified,
    CustomerEdited,
    CustomerRegistered,
)
from libs.common.contracts.sla import AbnormalityFound, StepReached
from libs.common.contracts.ticketing import (
    TicketAssigned,
    TicketCreated,
    TicketMessageReceived,
    TicketReopened,
    TicketReplied,
    TicketReturned,
    TicketSolved,
)
from libs.common.database.unit_of_work import UnitOfWork
from services.notify.domain.alerts import notices_of_alert
from services.notify.domain.notices import (
    notice_of_assignment,
    notice_of_message,
    notice_of_reopening,
)
from services.notify.domain.offer_notices import notices_of_closed_offer, notices_of_offer
from services.notify.domain.orders import order_receipt, order_reply, order_solution
from services.notify.service.provide import DeskProvider
from services.notify.use_cases.keep_addresses import keep_addresses
from services.notify.use_cases.notices import settle_people, tell_people
from services.notify.use_cases.order_mails import order_mails
from services.notify.use_cases.tell_of_rules import tell_of_returns, tell_of_rules


class Service(DirectoryCopy):
    """Event handlers of notify."""

    name = "notify"
    database = DatabaseProvider()
    relay = Relay()
    desk = DeskProvider()

    @subscribe(
        CustomerRegistered,
        CustomerContactAdded,
        CustomerContactVerified,
        CustomerEdited,
        batch=True,
    )
    def keep_addresses(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Copy addresses; release what waits for them."""
        keep_addresses(uow, self.desk.keys, utc_now(), [event.data for event in events])

    @subscribe(TicketCreated, batch=True)
    def acknowledge_tickets(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Mail the customer the number."""
        order_mails(uow, self.desk, utc_now(), [order_receipt(event.data) for event in events])

    @subscribe(TicketReplied, batch=True)
    def pass_replies_on(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Mail the customer what staff answered."""
        order_mails(uow, self.desk, utc_now(), [order_reply(event.data) for event in events])

    @subscribe(TicketSolved, batch=True)
    def announce_solutions(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Mail the customer the solution."""
        order_mails(uow, self.desk, utc_now(), [order_solution(event.data) for event in events])

    @subscribe(TicketAssigned, batch=True)
    def tell_assignees(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell the new assignee."""
        tell_people(uow, utc_now(), [notice_of_assignment(event.data) for event in events])

    @subscribe(TicketMessageReceived, batch=True)
    def tell_of_messages(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell the assignee that the customer wrote."""
        tell_people(uow, utc_now(), [notice_of_message(event.data) for event in events])

    @subscribe(TicketReopened, batch=True)
    def tell_of_reopenings(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell the assignee that work is back."""
        tell_people(uow, utc_now(), [notice_of_reopening(event.data) for event in events])

    @subscribe(SecurityAlerted, batch=True)
    def tell_of_alerts(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell those who look after access to the system."""
        alerts = [event.data for event in events]
        tell_people(uow, utc_now(), [one for data in alerts for one in notices_of_alert(data)])

    @subscribe(StepReached, AbnormalityFound, batch=True)
    def tell_of_rules(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell those whom a policy names."""
        tell_of_rules(uow, events, utc_now())

    @subscribe(TicketReturned, batch=True)
    def tell_of_returns(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell who had the ticket, and who leads the group if nobody confirmed it."""
        tell_of_returns(uow, events, utc_now())

    @subscribe(OfferOpened, batch=True)
    def tell_of_offers(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell those who may grab a ticket."""
        offers = [event.data for event in events]
        tell_people(uow, utc_now(), [one for data in offers for one in notices_of_offer(data)])

    @subscribe(OfferClosed, batch=True)
    def settle_offers(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """What they were told of is over."""
        offers = [event.data for event in events]
        ended = [one for data in offers for one in notices_of_closed_offer(data)]
        settle_people(uow, utc_now(), ended)
