"""What ticketing does about other services' events."""

from libs.common.bus.directory_copy import DirectoryCopy
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.subscribe import subscribe
from libs.common.clock import utc_now
from libs.common.contracts.dispatch import AssignmentProposed, AssignmentWithdrawn
from libs.common.contracts.envelope import Event
from libs.common.contracts.intake import MessageReceived
from libs.common.contracts.notify import NoticeFailed, SurveyAnswered
from libs.common.contracts.sla import (
    AbnormalityFound,
    ClockBreached,
    ClockChanged,
    ClockWarned,
    StepReached,
)
from libs.common.contracts.ticketing import TICKET_EVENTS, TicketSolved, TicketStatusChanged
from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.use_cases import failed_notices, follow_rules, proposals, satisfaction
from services.ticketing.use_cases import file_messages as filing
from services.ticketing.use_cases import run_triggers as triggers
from services.ticketing.use_cases.quality_check.drawing import sample_ended


class Service(DirectoryCopy):
    """Messages become entries, proposals assignments; due times and the organisation are copied."""

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

    @subscribe(SurveyAnswered, batch=True)
    def rate_tickets(self, uow: UnitOfWork, events: list[Event]) -> None:
        """What customers answered stands on their tickets; the dissatisfied are taken up again."""
        satisfaction.rate_tickets(uow, events, utc_now())

    @subscribe(AssignmentProposed, AssignmentWithdrawn, batch=True)
    def answer_dispatch(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Give tickets to whom dispatch has chosen, take them back, or say why not."""
        proposals.answer_dispatch(uow, events, utc_now())

    @subscribe(ClockChanged, ClockWarned, ClockBreached, StepReached, batch=True)
    def follow_clocks(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Copy due times, show breaches, carry out what policies want."""
        follow_rules.follow_clocks(uow, events, utc_now())

    @subscribe(AbnormalityFound, batch=True)
    def follow_abnormalities(self, uow: UnitOfWork, events: list[Event]) -> None:
        """Show what is abnormal, and do what is wanted about it."""
        follow_rules.show_and_act(uow, events, utc_now())

    @subscribe(*TICKET_EVENTS, batch=True)
    def run_triggers(self, uow: UnitOfWork, events: list[Event]) -> None:
        """What has happened to tickets sets triggers off, once each."""
        triggers.run_triggers(uow, events, utc_now(), self.config.business_zone)

    @subscribe(TicketSolved, TicketStatusChanged, batch=True, beside=True)
    def sample_ended(self, uow: UnitOfWork, events: list[Event]) -> None:
        """What has been solved or closed may be drawn for a quality check."""
        sample_ended(uow, events, utc_now(), self.config.business_zone)
