"""Registers a customer by hand, or finds the one who has the address already."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libs.common.crypto import normalise_email, normalise_phone
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput
from services.intake.domain.customers import Customer, read_traits
from services.intake.domain.inbound import Sender
from services.intake.domain.texts import supported_language
from services.intake.storage.contact_book import ContactBook
from services.intake.use_cases.companies import refuse_unknown_company
from services.intake.use_cases.identify_customers import identify_customers


def register_customer(
    uow: UnitOfWork,
    book: ContactBook,
    now: datetime,
    *,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    language: str = "zh",
    traits: Mapping[str, Any] | None = None,
) -> tuple[Customer, bool]:
    """The customer and whether it is new. A known one keeps its name and gets the new contact.

    `traits` of a new one: salutation, tier, region_id, company_id.
    """
    if not email and not phone:
        needed = {way: ["email or phone is required"] for way in ("email", "phone")}
        raise InvalidInput("contact.required", "email or phone is required", {"errors": needed})
    read = read_traits({"name": name, **(traits or {})})
    refuse_unknown_company(uow.session, read.get("company_id"))
    sender = Sender(
        name=read.pop("display_name"),
        email=normalise_email(email) if email else None,
        phone=normalise_phone(phone) if phone else None,
        language=supported_language(language),
    )
    found = identify_customers(uow, book, [sender], now, traits=read)
    customer_id = found.identities[0][0]
    return book.find_customers(uow.session, [customer_id])[customer_id], bool(found.new_customers)
