"""Checks who the customer of a confidential ticket is. The shell commits."""

from datetime import datetime

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.identity import IdentityCheck
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.ticket_settings import read_settings
from services.ticketing.storage.together_tables import identity_checks
from services.ticketing.storage.worded_rows import add_row
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep


def check_identity(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    method: str,
    result: str,
    note: str | None = None,
) -> tuple[Ticket, IdentityCheck]:
    """A passed one shows the ticket, to all who may read it, for as long as the settings say."""
    said = checks.optional_text("note", note)
    ticket = find_ticket(uow, actor, number)
    hours = read_settings(uow.session).identity_check_hours
    done = ticket.check_identity(method, result, said, hours, Act(actor, now, uuid7))
    add_row(uow.session, identity_checks, done)
    keep(uow, ticket)
    return ticket, done
