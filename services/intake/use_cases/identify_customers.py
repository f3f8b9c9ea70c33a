"""Finds the customers who wrote, and registers those who are new, each once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from libs.common.contracts.intake import CustomerContactAdded, CustomerRegistered
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Unavailable
from libs.common.ids import uuid7
from services.intake.domain.inbound import Sender
from services.intake.domain.recognition import Recognition, recognise
from services.intake.storage.contact_book import (
    ContactBook,
    Customer,
    insert_customers,
    raise_versions,
)

_REPEATS = 5


class _Overtaken(Exception):
    """Another transaction has registered one of the contacts in the meantime."""


def identify_customers(
    uow: UnitOfWork,
    book: ContactBook,
    senders: Sequence[Sender],
    now: datetime,
    *,
    salutation: str | None = None,
) -> Recognition:
    """Customer and contact of each sender; tells of new customers and contacts.

    Of two transactions with the same new contact the second waits for the first, then looks again
    and finds its customer.
    """
    wanted = {key for sender in senders for key in sender.contacts()}
    for _ in range(_REPEATS):
        found = recognise(senders, book.find_owners(uow.session, wanted), uuid7)
        if not found.new_customers and not found.new_contacts:
            return found
        try:
            with uow.savepoint():
                if not book.insert_contacts(uow.session, found.new_contacts, now):
                    raise _Overtaken
                insert_customers(uow.session, found.new_customers, now, salutation)
                _tell(uow, book, found)
            return found
        except _Overtaken:
            continue
    raise Unavailable("customer.contended", "too many register the same customer at once")


def _tell(uow: UnitOfWork, book: ContactBook, found: Recognition) -> None:
    enriched = sorted(found.enriched)
    if enriched:
        raise_versions(uow.session, enriched)
    customers = book.find_customers(uow.session, [*found.new_customers, *enriched])
    for customer_id in found.new_customers:
        _emit(uow, CustomerRegistered, customers[customer_id])
    for customer_id in enriched:
        _emit(uow, CustomerContactAdded, customers[customer_id])


def _emit(uow: UnitOfWork, schema: type[CustomerRegistered], customer: Customer) -> None:
    uow.emit(schema, subject=str(customer.customer_id), data=customer_fact(customer))


def customer_fact(customer: Customer) -> dict[str, Any]:
    """The full state that events carry."""
    return {**vars(customer), "contacts": [vars(contact) for contact in customer.contacts]}
