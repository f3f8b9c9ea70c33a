"""Customers change tier or language: policies may look at it, so their tickets are settled anew."""

from collections.abc import Sequence
from uuid import UUID

from libs.common.contracts.envelope import Event
from libs.common.customers.copying import keep_customers
from libs.common.customers.finders import Customer, find_customers
from libs.common.database.unit_of_work import UnitOfWork
from services.sla.storage.book import guard_customers
from services.sla.storage.ticket_copies import mark_stale


def hear_customers(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Copy them; a job computes the unfinished tickets of those whose facts are others now."""
    ids = {event.data["customer_id"] for event in events}
    guard_customers(uow.session, ids)
    before = _facts(find_customers(uow.session, ids))
    keep_customers(uow.session, events)
    after = _facts(find_customers(uow.session, ids))
    mark_stale(uow.session, [key for key in ids if before.get(key) != after.get(key)])


def _facts(customers: dict[UUID, Customer]) -> dict[UUID, tuple[str | None, str]]:
    return {key: (one.tier, one.language) for key, one in customers.items()}
