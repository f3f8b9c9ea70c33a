"""Registers a customer by hand, or finds the one who has the address already."""

from datetime import datetime

from libs.common.crypto import normalise_email, normalise_phone
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput, field_error
from services.intake.domain.inbound import Sender
from services.intake.domain.texts import MAX_NAME, clean_line, supported_language
from services.intake.storage.contact_book import ContactBook, Customer
from services.intake.use_cases.identify_customers import identify_customers


def register_customer(
    uow: UnitOfWork,
    book: ContactBook,
    now: datetime,
    *,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    salutation: str | None = None,
    language: str = "zh",
) -> tuple[Customer, bool]:
    """The customer and whether it is new. A known one keeps its name and gets the new contact."""
    if not email and not phone:
        needed = {way: ["email or phone is required"] for way in ("email", "phone")}
        raise InvalidInput("contact.required", "email or phone is required", {"errors": needed})
    sender = Sender(
        name=clean_line(name, MAX_NAME),
        email=normalise_email(email) if email else None,
        phone=normalise_phone(phone) if phone else None,
        language=supported_language(language),
    )
    if not sender.name:
        raise field_error("name", "must not be empty", "field.required")
    title = clean_line(salutation, 20) if salutation else None
    found = identify_customers(uow, book, [sender], now, salutation=title)
    customer_id = found.identities[0][0]
    return book.find_customers(uow.session, [customer_id])[customer_id], bool(found.new_customers)
