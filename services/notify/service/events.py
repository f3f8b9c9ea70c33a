"""What notify makes of other services' events; each handler bears repeats and any order."""

from collections.abc import Sequence

from libs.common.bus.directory_copy import DirectoryCopy
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.subscribe import subscribe
from libs.common.clock import utc_now
from libs.common.contracts.dispatch import OfferClosed, OfferOpened
from libs.common.contracts.envelope import Event
from libs.common.contracts.gateway import (
    BrandChanged,
    DepartmentChanged,
    GroupChanged,
    PersonChanged,
    RegionChanged,
    SecurityAlerted,
)
from libs.common.contracts.intake import (
    CustomerContactAdded,
    CustomerContactVerified,
    CustomerEdited,
    CustomerRegistered,
)
from libs.common.contracts.kb import (
    ArticleExpiring,
    ArticleReviewDeclined,
    ArticleReviewRequested,
)
from libs.common.contracts.sla import AbnormalityFound, ClockChanged, StepReached
from libs.common.contracts.ticketing import (
    QualityAppealDecided,
    QualityReviewAppealed,
    QualityReviewScored,
    TicketAccepted,
    TicketAssigned,
    TicketCcChanged,
    TicketChildrenFinished,
    TicketCollaborationAccepted,
    TicketCollaborationAnswered,
    TicketCollaborationAskedAgain,
    TicketCollaborationCancelled,
    TicketCollaborationDeclined,
    TicketCollaborationOverdue,
    TicketCollaborationStarted,
    TicketCreated,
    TicketDeleted,
    TicketEdited,
    TicketMessageReceived,
    TicketNoteAdded,
    TicketPurged,
    TicketReopened,
    TicketReplied,
    TicketRestored,
    TicketReturned,
    TicketSolved,
    TicketStatusChanged,
    TicketSupervised,
    TicketSupervisionEnded,
    TicketSupervisionUrged,
    TicketTransferred,
    TicketUrged,
)
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.copying import keep_directory
from services.notify.service.provide import DeskProvider
from services.notify.service.survey_events import SurveyEvents
from services.notify.service.webhook_events import WebhookEvents
from services.notify.storage.person_contacts import keep_contacts
from services.notify.use_cases import follow
from services.notify.use_cases.keep_addresses import keep_addresses


class Service(SurveyEvents, WebhookEvents, DirectoryCopy):
    """Event handlers of notify."""

    name = "notify"
    database = DatabaseProvider()
    relay = Relay()
    desk = DeskProvider()

    @subscribe(
        PersonChanged, GroupChanged, DepartmentChanged, RegionChanged, BrandChanged, batch=True
    )
    def copy_directory(self, uow: UnitOfWork, events: list[Event]) -> None:
        """The newest state of each thing, and where people can be reached."""
        keep_directory(uow.session, events)
        people = [event.data for event in events if event.type == PersonChanged.type]
        keep_contacts(uow.session, self.desk.keys, people)

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

    # One handler, so that a batch has its rules, people and customers looked up at once.
    @subscribe(
        TicketCreated,
        TicketMessageReceived,
        TicketReplied,
        TicketNoteAdded,
        TicketAssigned,
        TicketTransferred,
        TicketReturned,
        TicketAccepted,
        TicketStatusChanged,
        TicketEdited,
        TicketSolved,
        TicketReopened,
        TicketChildrenFinished,
        TicketCollaborationAccepted,
        TicketCollaborationAnswered,
        TicketCollaborationAskedAgain,
        TicketCollaborationCancelled,
        TicketCollaborationDeclined,
        TicketCollaborationOverdue,
        TicketCollaborationStarted,
        TicketCcChanged,
        TicketDeleted,
        TicketPurged,
        TicketRestored,
        TicketSupervised,
        TicketSupervisionEnded,
        TicketSupervisionUrged,
        TicketUrged,
        batch=True,
    )
    def tell_of_tickets(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell customers and staff what the rules say."""
        follow.follow_events(uow, self.desk, utc_now(), events)

    @subscribe(ClockChanged, batch=True)
    def keep_promises(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Receipts print the promised time."""
        follow.keep_promises(uow, utc_now(), events)

    @subscribe(SecurityAlerted, batch=True)
    def tell_of_alerts(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell those who look after access to the system."""
        follow.tell_of_alerts(uow, self.desk, utc_now(), events)

    @subscribe(StepReached, AbnormalityFound, batch=True)
    def tell_of_rules(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell those whom a policy names."""
        follow.tell_of_rules(uow, self.desk, utc_now(), events)

    @subscribe(OfferOpened, batch=True)
    def tell_of_offers(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell those who may grab a ticket."""
        follow.tell_of_offers(uow, self.desk, utc_now(), events)

    @subscribe(OfferClosed, batch=True)
    def settle_offers(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """What they were told of is over."""
        follow.settle_offers(uow, self.desk, utc_now(), events)

    @subscribe(ArticleReviewRequested, ArticleReviewDeclined, ArticleExpiring, batch=True)
    def tell_of_reviews(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell reviewers and authors."""
        follow.tell_of_reviews(uow, self.desk, utc_now(), events)

    @subscribe(QualityReviewScored, QualityReviewAppealed, QualityAppealDecided, batch=True)
    def tell_of_checks(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        """Tell those whose work was judged, and whose judgement is disputed."""
        follow.tell_of_checks(uow, self.desk, utc_now(), events)
