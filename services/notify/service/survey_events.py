"""What notify makes of solved tickets and of customers' judgements: it asks, and it tells."""

from collections.abc import Sequence

from libs.common.bus.subscribe import subscribe
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from libs.common.contracts.ticketing import (
    TicketAssigned,
    TicketDeleted,
    TicketRated,
    TicketReopened,
    TicketReturned,
    TicketSolved,
    TicketStatusChanged,
    TicketTransferred,
)
from libs.common.database.unit_of_work import UnitOfWork
from services.notify.domain.low_ratings import happenings_of_ratings
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.follow_surveys import follow_surveys
from services.notify.use_cases.tell import tell


class SurveyEvents:
    """A part of the service's event handlers, beside the one that tells of the same events."""

    desk: Desk

    @subscribe(
        TicketSolved,
        TicketReopened,
        TicketAssigned,
        TicketTransferred,
        TicketReturned,
        TicketStatusChanged,
        TicketDeleted,
        batch=True,
        beside=True,
    )
    def follow_surveys(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Begin surveys, end them, and have them go with their tickets."""
        follow_surveys(uow, self.desk, utc_now(), events)

    @subscribe(TicketRated, batch=True, beside=True)
    def tell_of_ratings(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Whoever leads learns at once that a customer is not satisfied (B9)."""
        ratings = [event.data for event in events]
        tell(uow, self.desk, utc_now(), happenings_of_ratings(ratings))
