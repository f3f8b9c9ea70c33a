"""What dispatch makes of other services' events."""

from libs.common.bus.customer_copy import CustomerCopy
from libs.common.bus.directory_copy import DirectoryCopy
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.subscribe import subscribe
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from libs.common.contracts.gateway import (
    BrandChanged,
    DepartmentChanged,
    GroupChanged,
    PersonChanged,
    RegionChanged,
)
from libs.common.contracts.sla import ClockBreached, ClockChanged
from libs.common.contracts.ticketing import TICKET_EVENTS, AssignmentConfirmed, AssignmentRefused
from libs.common.database.unit_of_work import UnitOfWork
from services.dispatch.use_cases import follow_tickets as following
from services.dispatch.use_cases.follow_directory import follow_directory


class Service(DirectoryCopy, CustomerCopy):
    """Copies of the organisation and of customers; tickets that come, move and go."""

    name = "dispatch"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

    @subscribe(
        PersonChanged, GroupChanged, DepartmentChanged, RegionChanged, BrandChanged, batch=True
    )
    def copy_directory(self, uow: UnitOfWork, events: list[Event]) -> None:
        """The newest state of each thing; rules of groups that are switched off do not hold."""
        follow_directory(uow, events)

    # One handler, so that a batch locks all its tickets at once, in one order.
    @subscribe(
        *TICKET_EVENTS,
        AssignmentConfirmed,
        AssignmentRefused,
        ClockChanged,
        ClockBreached,
        batch=True,
    )
    def follow_tickets(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Copy headers, and bring assignments and waiting lists into line with them."""
        following.follow_tickets(uow, events, utc_now(), self.config.business_zone)
