"""What reporting makes of other services' events; each handler bears repeats and any order."""

from libs.common.bus.directory_copy import DirectoryCopy
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.subscribe import subscribe
from libs.common.contracts import intake, kb, notify, sla, ticketing
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from services.reporting.use_cases.hear_categories import hear_categories
from services.reporting.use_cases.hear_events import hear_customers, hear_events


class Service(DirectoryCopy):
    """Everything becomes facts, and facts figures."""

    name = "reporting"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

    @subscribe(
        *ticketing.TICKET_EVENTS,
        sla.ClockChanged,
        sla.ClockBreached,
        notify.SurveySent,
        notify.SurveyAnswered,
        kb.SuggestionUsed,
        kb.ArticleJudged,
        *ticketing.QUALITY_EVENTS,
        batch=True,
    )
    def hear_events(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Archive and count."""
        hear_events(uow, events, self.config.business_zone)

    @subscribe(ticketing.CategoryChanged, batch=True)
    def hear_categories(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Keep what they are called."""
        hear_categories(uow, events)

    @subscribe(
        intake.CustomerRegistered,
        intake.CustomerContactAdded,
        intake.CustomerEdited,
        intake.CustomerContactVerified,
        batch=True,
    )
    def hear_customers(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Keep their tiers through time."""
        hear_customers(uow, events, self.config.business_zone)
