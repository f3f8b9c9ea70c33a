"""Addresses that are proven: by a code that was sent there, or by the word of the house's site."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from libs.common.contracts.intake import CustomerContactVerified, CustomerEdited
from libs.common.crypto import normalise_email, normalise_phone
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput, NotFound
from services.intake.domain.inbound import Sender
from services.intake.domain.masking import mask_contact
from services.intake.domain.texts import clean_name, supported_language
from services.intake.storage import customers as rows
from services.intake.storage.contact_book import ContactBook
from services.intake.use_cases.identify_customers import identify_customers, tell


def verify_contact(uow: UnitOfWork, book: ContactBook, contact_id: UUID) -> UUID:
    """The customer, who has shown control over the address; repeating it changes nothing.

    Raises NotFound.
    """
    customer_id = rows.owner_of_contact(uow.session, contact_id)
    if customer_id is None:
        raise NotFound("contact.unknown", "there is no such contact")
    _verify(uow, book, [contact_id])
    return customer_id


def introduce_customer(
    uow: UnitOfWork,
    book: ContactBook,
    now: datetime,
    *,
    email: str | None = None,
    phone: str | None = None,
    name: str | None = None,
    language: str | None = None,
) -> tuple[UUID, UUID]:
    """Customer and contact of somebody for whom the company's own site vouches.

    Found by an address, or registered; a known customer keeps name and language. Addresses that
    belong to another customer stay there unless a message has only claimed them; the others count
    as verified.
    """
    sender = _sender(email, phone, name, language)
    _release_claims(uow, book, sender)
    customer_id, contact_id = identify_customers(uow, book, [sender], now).identities[0]
    owners = book.find_owners(uow.session, sender.contacts()).values()
    _verify(uow, book, [one.contact_id for one in owners if one.customer_id == customer_id])
    if contact_id is None:
        raise LookupError("a sender with an address was recognised without one")
    return customer_id, contact_id


def _release_claims(uow: UnitOfWork, book: ContactBook, sender: Sender) -> None:
    """Whoever has an address is not the customer to whose record somebody has written it."""
    known = book.find_owners(uow.session, sender.contacts()).values()
    former = sorted(rows.drop_claims(uow.session, [one.contact_id for one in known]))
    if former:
        rows.raise_versions(uow.session, former)
        tell(uow, book, CustomerEdited, former)


def _sender(email: str | None, phone: str | None, name: str | None, language: str | None) -> Sender:
    sender = Sender(
        name=clean_name(name or ""),
        email=normalise_email(email) if email else None,
        phone=normalise_phone(phone) if phone else None,
        language=supported_language(language),
    )
    if not sender.contacts():
        needed = {way: ["email or phone is required"] for way in ("email", "phone")}
        raise InvalidInput("contact.required", "email or phone is required", {"errors": needed})
    known_as = sender.name or mask_contact(*sender.contacts()[0])
    return Sender(known_as, sender.email, sender.phone, sender.language)


def _verify(uow: UnitOfWork, book: ContactBook, contact_ids: Collection[UUID]) -> None:
    verified = sorted(rows.verify_contacts(uow.session, contact_ids))
    if verified:
        rows.raise_versions(uow.session, verified)
        tell(uow, book, CustomerContactVerified, verified)
