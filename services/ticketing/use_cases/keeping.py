"""Keeps what tickets recorded: entries, new rows with their numbers, and events of the facts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from libs.common.actor import Actor
from libs.common.contracts.ticketing import TicketEvent
from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.domain.numbers import TicketNumber, business_date
from services.ticketing.domain.statuses import told_text
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Fact
from services.ticketing.storage import mapping
from services.ticketing.storage.becoming_confidential import seal_what_was
from services.ticketing.storage.number_serials import take_serials
from services.ticketing.storage.row_inserts import insert_entries, insert_tickets
from services.ticketing.storage.status_rows import reworded_statuses
from services.ticketing.use_cases.following_children import follow_children

mapping.start()

_SCHEMAS = {schema.type: schema for schema in TicketEvent.__subclasses__()}


def keep(uow: UnitOfWork, *tickets: Ticket) -> None:
    """Write entries and tell facts; changed columns of loaded tickets follow by themselves.

    Parents follow what became of their children.
    """
    together = [*tickets, *follow_children(uow.session, tickets)]
    keep_entries(uow, together)
    tell(uow, together)


def keep_entries(uow: UnitOfWork, tickets: Iterable[Ticket]) -> None:
    """Append the new entries to the timelines.

    What was written before a ticket became confidential is sealed with them.
    """
    tickets = list(tickets)
    confidential = {ticket.ticket_id for ticket in tickets if ticket.is_confidential}
    entries = [entry for ticket in tickets for entry in ticket.entries]
    insert_entries(uow.session, entries, confidential)
    for ticket in tickets:
        if ticket.is_confidential and ticket.was_confidential is False:
            seal_what_was(uow.session, ticket.ticket_id, ticket.created_at)
            ticket.was_confidential = True
        ticket.entries = []


def keep_new(uow: UnitOfWork, tickets: Sequence[Ticket], zone: ZoneInfo) -> None:
    """Number new tickets and insert them; they must not change afterwards.

    Write everything else before, because a day's serials are one row that all creators want.
    """
    number_tickets(uow, tickets, zone)
    insert_tickets(uow.session, tickets)


def number_tickets(uow: UnitOfWork, tickets: Sequence[Ticket], zone: ZoneInfo) -> None:
    """Give each its number, of the business date on which it began."""
    if not tickets:
        return
    days = [business_date(ticket.created_at, zone) for ticket in tickets]
    serials = {day: iter(taken) for day, taken in take_serials(uow.session, Counter(days)).items()}
    for ticket, day in zip(tickets, days, strict=True):
        ticket.take_number(TicketNumber(day, next(serials[day])))


def _told(actor: Actor) -> dict[str, Any]:
    """Other teams read it: a customer's name stands in `customer_name` alone, which is private."""
    known = actor.as_fact()
    return known | {"name": "客户"} if actor.kind == "customer" else known


def _words(uow: UnitOfWork, fact: Fact) -> dict[str, Any]:
    """What customers read of a shipped status, where the company tells them something else.

    Of its own ones the ticket has told it.
    """
    if fact.type != "ticket.status_changed" or fact.details.get("to_own_status"):
        return {}
    status = reworded_statuses(uow.session).get(fact.details["to_status"])
    return told_text(status)


def tell(uow: UnitOfWork, tickets: Iterable[Ticket]) -> None:
    """Emit an event for each fact, in the order of `seq`."""
    for ticket in tickets:
        for fact in ticket.facts:
            words = _words(uow, fact)
            uow.emit(
                _SCHEMAS[fact.type],
                subject=str(ticket.ticket_id),
                time=fact.occurred_at,
                cause=fact.cause,  # type: ignore[arg-type]
                data={
                    **fact.header,
                    **fact.details,
                    **words,
                    "number": ticket.number,
                    "occurred_at": fact.occurred_at,
                    "actor": _told(fact.actor),
                },
            )
        ticket.facts = []
