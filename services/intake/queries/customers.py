"""Customers as staff see them: their addresses are masked unless somebody asks to see them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.crypto import normalise_email, normalise_phone
from libs.common.errors import InvalidInput, NotFound
from services.intake.domain.customers import Contact, Customer
from services.intake.domain.masking import mask_contact
from services.intake.storage.contact_book import ContactBook
from services.intake.storage.customers import search_names

MAX_FOUND = 20
MAX_IDS = 200


def get_customers(
    session: Session, book: ContactBook, customer_ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    """Those that exist, in the order of the ids."""
    found = book.find_customers(session, customer_ids)
    return [show_customer(found[one]) for one in customer_ids if one in found]


def get_customer(session: Session, book: ContactBook, customer_id: UUID) -> dict[str, Any]:
    """One customer; raises NotFound."""
    return show_customer(_find(session, book, customer_id))


def reveal_contacts(session: Session, book: ContactBook, customer_id: UUID) -> dict[str, Any]:
    """A customer's addresses in full; raises NotFound."""
    customer = _find(session, book, customer_id)
    shown = [_show_contact(one, is_masked=False) for one in customer.contacts]
    return {"customer_id": str(customer_id), "contacts": shown}


def _find(session: Session, book: ContactBook, customer_id: UUID) -> Customer:
    found = book.find_customers(session, [customer_id])
    if not found:
        raise NotFound("customer.unknown", "there is no such customer")
    return found[customer_id]


def find_customers(
    session: Session, book: ContactBook, *, email: str | None, phone: str | None, q: str | None
) -> list[dict[str, Any]]:
    """By address, by number, or by words: those may be an address, a number or part of a name."""
    if email:
        return _by_contacts(session, book, [("email", normalise_email(email))])
    if phone:
        return _by_contacts(session, book, [("phone", normalise_phone(phone))])
    words = (q or "").replace("\0", "").strip()
    if not words:
        raise InvalidInput("field.required", "email, phone or q is required")
    by_contact = _by_contacts(session, book, guess_contacts(words))
    known = {one["customer_id"] for one in by_contact}
    by_name = get_customers(session, book, search_names(session, words, MAX_FOUND))
    return [*by_contact, *(one for one in by_name if one["customer_id"] not in known)][:MAX_FOUND]


def guess_contacts(words: str) -> Iterable[tuple[str, str]]:
    """What the words may be in normal form: an address, a number, or neither."""
    for kind, normalise in (("email", normalise_email), ("phone", normalise_phone)):
        try:
            yield kind, normalise(words)
        except InvalidInput:
            continue


def _by_contacts(
    session: Session, book: ContactBook, contacts: Iterable[tuple[str, str]]
) -> list[dict[str, Any]]:
    owners = book.find_owners(session, list(contacts))
    return get_customers(session, book, sorted({owner.customer_id for owner in owners.values()}))


def show_customer(customer: Customer) -> dict[str, Any]:
    """The shape of REST."""
    return {
        "customer_id": str(customer.customer_id),
        "name": customer.display_name,
        "salutation": customer.salutation,
        "language": customer.language,
        "tier": customer.tier,
        "region_id": str(customer.region_id) if customer.region_id else None,
        "company_id": str(customer.company_id) if customer.company_id else None,
        "version": customer.version,
        "contacts": [_show_contact(one, is_masked=True) for one in customer.contacts],
    }


def _show_contact(contact: Contact, *, is_masked: bool) -> dict[str, Any]:
    value = mask_contact(contact.kind, contact.value) if is_masked else contact.value
    return {
        "contact_id": str(contact.contact_id),
        "kind": contact.kind,
        "value": value,
        "is_verified": contact.is_verified,
        "is_masked": is_masked,
    }
