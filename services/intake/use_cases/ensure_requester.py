"""Employees who file requests: each is a customer of their own, bound to the person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.contracts.intake import CustomerEdited, CustomerRegistered
from libs.common.crypto import normalise_email, normalise_phone
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput, Unavailable
from libs.common.ids import uuid7
from services.intake.domain.customers import Customer
from services.intake.domain.inbound import Sender
from services.intake.domain.recognition import Owner
from services.intake.domain.requesters import ContactChanges, plan_contacts
from services.intake.domain.texts import MAX_NAME, required_line, supported_language
from services.intake.storage import customers as rows
from services.intake.storage.contact_book import ContactBook
from services.intake.use_cases.identify_customers import REPEATS, Overtaken, tell


def ensure_requester(
    uow: UnitOfWork,
    book: ContactBook,
    now: datetime,
    *,
    person_id: UUID,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    language: str | None = None,
) -> UUID:
    """The customer that this person is, with the name and addresses of the directory.

    Never a customer who was known before under the same address: that one's tickets may be another
    person's. An address that is none is left out, for the employee has no hand in it.
    """
    person = Sender(
        name=required_line("name", name, MAX_NAME),
        email=_address(normalise_email, email),
        phone=_address(normalise_phone, phone),
        language=supported_language(language),
    )
    for _ in range(REPEATS):
        try:
            with uow.savepoint():
                return _settle(uow, book, person_id, person, now)
        except Overtaken:
            continue
    raise Unavailable("customer.contended", "too many register the same customer at once")


def _settle(
    uow: UnitOfWork, book: ContactBook, person_id: UUID, person: Sender, now: datetime
) -> UUID:
    """Contacts first, then the customer, as everywhere: so that two wait, not deadlock."""
    customer = _find(uow, book, person_id)
    customer_id = customer.customer_id if customer else uuid7()
    owners = book.find_owners(uow.session, person.contacts())
    changes = plan_contacts(customer.contacts if customer else (), person.contacts(), owners)
    _change_contacts(uow, book, customer_id, changes, now)
    if customer is None:
        if not rows.insert_employee(uow.session, customer_id, person_id, person, now):
            raise Overtaken
        tell(uow, book, CustomerRegistered, [customer_id])
    elif changes or _traits(person) != _present(customer):
        if not rows.change_customer(uow.session, customer_id, customer.version, _traits(person)):
            raise Overtaken
        tell(uow, book, CustomerEdited, [customer_id])
    return customer_id


def _find(uow: UnitOfWork, book: ContactBook, person_id: UUID) -> Customer | None:
    known = rows.find_employee(uow.session, person_id)
    return book.find_customers(uow.session, [known]).get(known) if known else None


def _change_contacts(
    uow: UnitOfWork, book: ContactBook, customer_id: UUID, changes: ContactChanges, now: datetime
) -> None:
    rows.drop_contacts(uow.session, changes.dropped)
    rows.adopt_contacts(uow.session, changes.adopted)
    new = {key: Owner(uuid7(), customer_id) for key in changes.new}
    if not book.insert_contacts(uow.session, new, now, from_directory=True):
        raise Overtaken


def _traits(person: Sender) -> dict[str, Any]:
    return {"display_name": person.name, "language": person.language}


def _present(customer: Customer) -> dict[str, Any]:
    return {"display_name": customer.display_name, "language": customer.language}


def _address(normalise: Any, written: str | None) -> str | None:
    try:
        return str(normalise(written)) if written else None
    except InvalidInput:
        return None
