"""Finds the customers who wrote, and registers those who are new, each once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.contracts.intake import CustomerContactAdded, CustomerRegistered
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Unavailable
from libs.common.ids import uuid7
from services.intake.domain.customers import Customer
from services.intake.domain.inbound import Sender
from services.intake.domain.recognition import Recognition, recognise
from services.intake.storage.contact_book import ContactBook
from services.intake.storage.customers import insert_customers, raise_versions

REPEATS = 5


class Overtaken(Exception):
    """Another transaction has registered one of the contacts in the meantime."""


def identify_customers(
    uow: UnitOfWork,
    book: ContactBook,
    senders: Sequence[Sender],
    now: datetime,
    *,
    traits: Mapping[str, Any] | None = None,
    proven: bool = True,
) -> Recognition:
    """Customer and contact of each sender; tells of new customers and contacts.

    New customers get the `traits`: salutation, tier, region_id. Unless somebody answers for it
    (`proven`), an address that is added to a known customer is only claimed: anybody may write
    somebody else's number beside the own address.
    Of two transactions with the same new contact the second waits for the first, then looks again
    and finds its customer.
    """
    wanted = {key for sender in senders for key in sender.contacts()}
    for _ in range(REPEATS):
        found = recognise(senders, book.find_owners(uow.session, wanted), uuid7)
        if not found.new_customers and not found.new_contacts:
            return found
        try:
            with uow.savepoint():
                claimed = () if proven else found.additions
                if not book.insert_contacts(uow.session, found.new_contacts, now, claimed=claimed):
                    raise Overtaken
                insert_customers(uow.session, found.new_customers, now, traits)
                _tell(uow, book, found)
            return found
        except Overtaken:
            continue
    raise Unavailable("customer.contended", "too many register the same customer at once")


def _tell(uow: UnitOfWork, book: ContactBook, found: Recognition) -> None:
    enriched = sorted(found.enriched)
    if enriched:
        raise_versions(uow.session, enriched)
    tell(uow, book, CustomerRegistered, found.new_customers)
    tell(uow, book, CustomerContactAdded, enriched)


def tell(
    uow: UnitOfWork,
    book: ContactBook,
    schema: type[CustomerRegistered],
    customer_ids: Iterable[UUID],
) -> None:
    """Emit the full state of these customers."""
    wanted = list(customer_ids)
    customers = book.find_customers(uow.session, wanted) if wanted else {}
    for customer_id in wanted:
        uow.emit(schema, subject=str(customer_id), data=_fact(customers[customer_id]))


def _fact(customer: Customer) -> dict[str, Any]:
    return {**vars(customer), "contacts": [vars(contact) for contact in customer.contacts]}
