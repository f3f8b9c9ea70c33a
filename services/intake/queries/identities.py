"""Who somebody is who wants to enter the customers' portal."""

from typing import Any

from sqlalchemy.orm import Session

from services.intake.queries.customers import guess_contacts
from services.intake.storage.contact_book import ContactBook
from services.intake.storage.customers import is_only_claimed


def identify_contact(session: Session, book: ContactBook, written: str) -> dict[str, Any] | None:
    """The customer of an address or number as people type it; None for an unknown or wrong one.

    Nor by an address that is only claimed: its owner would see the other's tickets. The address
    is in full and in its normal form: that is where a code is sent.
    """
    owners = book.find_owners(session, list(guess_contacts(written)))
    for (kind, value), owner in owners.items():
        if is_only_claimed(session, owner.contact_id):
            continue
        customer = book.find_customers(session, [owner.customer_id])[owner.customer_id]
        return {
            "customer_id": str(owner.customer_id),
            "contact_id": str(owner.contact_id),
            "kind": kind,
            "value": value,
            "language": customer.language,
            "name": customer.display_name,
        }
    return None
