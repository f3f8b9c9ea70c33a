"""What the gateway makes of other services' events (`gateway.events`): updates for consoles."""

from gateway.live.hearing import hear
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.subscribe import subscribe
from libs.common.contracts.dispatch import OfferClosed, OfferOpened
from libs.common.contracts.envelope import Event
from libs.common.contracts.notify import NoticeRaised, SurveyAnswered
from libs.common.contracts.sla import ClockBreached, ClockChanged, ClockWarned
from libs.common.contracts.ticketing import TICKET_EVENTS
from libs.common.database.unit_of_work import UnitOfWork


class Service:
    """Any number of replicas may run; they take turns."""

    name = "gateway"
    database = DatabaseProvider()

    @subscribe(
        *TICKET_EVENTS,
        ClockChanged,
        ClockWarned,
        ClockBreached,
        OfferOpened,
        OfferClosed,
        NoticeRaised,
        SurveyAnswered,
        batch=True,
    )
    def hear(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Write down who is to be told what."""
        hear(uow, events)
