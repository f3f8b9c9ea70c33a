"""What ticketing does about other services' events."""

from libs.common.bus.directory_copy import DirectoryCopy
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.subscribe import subscribe
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from libs.common.contracts.intake import MessageReceived
from libs.common.contracts.notify import NoticeFailed
from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.use_cases import failed_notices
from services.ticketing.use_cases import file_messages as filing


class Service(DirectoryCopy):
    """Messages become entries; failed notices are shown to staff; the organisation is copied."""

    name = "ticketing"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

    @subscribe(MessageReceived, batch=True)
    def file_messages(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Open tickets, append to them, or carry closed ones on."""
        filing.file_messages(uow, events, utc_now(), self.config.business_zone)

    @subscribe(NoticeFailed)
    def show_failed_notice(self, uow: UnitOfWork, event: Event) -> None:
        """The timeline says that the customer was not told."""
        failed_notices.show_failed_notice(uow, event)
