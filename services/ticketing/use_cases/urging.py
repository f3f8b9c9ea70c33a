"""催单: in the portal, or by staff whom the customer has called. The shell commits."""

from datetime import datetime

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from libs.common.scope import requester_of
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.urging import STAFF
from services.ticketing.storage.ticket_settings import read_settings
from services.ticketing.use_cases.finding import find_ticket, find_watched
from services.ticketing.use_cases.keeping import keep


def urge_ticket(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, note: str | None = None
) -> Ticket:
    """The customer has asked; who only follows the ticket may have heard it, too."""
    note = checks.optional_text("note", note)
    ticket = find_watched(uow, actor, number)
    ticket.urge(STAFF, note, Act(actor, now, uuid7))
    keep(uow, ticket)
    return ticket


def urge_request(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, note: str | None = None
) -> Ticket:
    """A requester asks how it goes with an own ticket, not too often."""
    requester_of(actor)
    note = checks.optional_text("note", note)
    ticket = find_ticket(uow, actor, number)
    hours = read_settings(uow.session).urge_hours
    ticket.urge_in_portal(note, hours, Act(actor, now, uuid7))
    keep(uow, ticket)
    return ticket
