"""Writes whole tickets at once: to fill an installation for measurements, or from elsewhere."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.domain.ticket import Ticket
from services.ticketing.use_cases.keeping import keep_entries, keep_new


def fill_tickets(uow: UnitOfWork, tickets: Sequence[Ticket], zone: ZoneInfo) -> None:
    """Write tickets with all that has happened to them, numbered in the given order.

    Tells nobody: customers must not get mail about things that are long over.
    """
    keep_entries(uow, tickets)
    keep_new(uow, tickets, zone)
    for ticket in tickets:
        ticket.facts = []
