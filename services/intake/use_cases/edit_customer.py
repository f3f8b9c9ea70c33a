"""Staff change what is known of a customer, addresses apart."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from libs.common.contracts.intake import CustomerEdited
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, Stale
from services.intake.domain.customers import Customer, read_traits
from services.intake.storage.contact_book import ContactBook
from services.intake.storage.customers import lock_customer
from services.intake.use_cases.companies import refuse_unknown_company
from services.intake.use_cases.identify_customers import tell


def edit_customer(
    uow: UnitOfWork,
    book: ContactBook,
    *,
    customer_id: UUID,
    version: int | None,
    changes: Mapping[str, Any],
) -> tuple[Customer, Customer]:
    """The customer before and after.

    `changes`: name, salutation, language, tier, region_id, company_id. Raises NotFound,
    InvalidInput naming the field, Stale unless `version` is the present one.
    """
    wanted = read_traits(changes)
    refuse_unknown_company(uow.session, wanted.get("company_id"))
    row = lock_customer(uow.session, customer_id)
    if row is None:
        raise NotFound("customer.unknown", "there is no such customer")
    if version is not None and version != row.version:
        raise Stale("version.stale", "somebody changed the customer", {"version": row.version})
    before = book.find_customers(uow.session, [customer_id])[customer_id]
    if all(getattr(row, name) == value for name, value in wanted.items()):
        return before, before
    for name, value in wanted.items():
        setattr(row, name, value)
    row.version += 1
    uow.session.flush()
    tell(uow, book, CustomerEdited, [customer_id])
    return before, book.find_customers(uow.session, [customer_id])[customer_id]
