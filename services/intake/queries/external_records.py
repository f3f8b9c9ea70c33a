"""External records as staff see them, and a customer with all that belongs beside a ticket."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import NotFound, field_error
from services.intake.domain.records import ExternalRecord
from services.intake.queries.companies import show_company
from services.intake.queries.customers import show_customer
from services.intake.storage.companies import find_company
from services.intake.storage.contact_book import ContactBook
from services.intake.storage.customers import find_faces
from services.intake.storage.external_records import RecordShelf

_LIMIT = 100
_BESIDE = 10


def list_records(
    session: Session, shelf: RecordShelf, customer_id: UUID, limit: int, cursor: str | None = None
) -> dict[str, Any]:
    """A page of a customer's, the newest first: {items, next_cursor}; raises NotFound."""
    if customer_id not in find_faces(session, [customer_id]):
        raise NotFound("customer.unknown", "there is no such customer")
    if not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
    after = decode_cursor(cursor, 2, datetime, UUID) if cursor else None
    found = shelf.of_customer(
        session, customer_id, limit + 1, (after[0], after[1]) if after else None
    )
    last = found[limit - 1][0] if len(found) > limit else None
    return {
        "items": [show_record(row.record_id, record, row.updated_at) for row, record in found][
            :limit
        ],
        "next_cursor": encode_cursor([last.happened_at, last.record_id]) if last else None,
    }


def _place(cursor: str) -> tuple[datetime, UUID]:
    happened_at, record_id = decode_cursor(cursor, 2, datetime, UUID)
    return happened_at, record_id


def get_surroundings(
    session: Session, book: ContactBook, shelf: RecordShelf, customer_id: UUID
) -> dict[str, Any]:
    """The customer, the company and the newest records: {customer, company, records}."""
    found = book.find_customers(session, [customer_id]).get(customer_id)
    if found is None:
        raise NotFound("customer.unknown", "there is no such customer")
    company = found.company_id and find_company(session, found.company_id)
    return {
        "customer": show_customer(found),
        "company": show_company(company) if company else None,
        "records": list_records(session, shelf, customer_id, _BESIDE),
    }


def show_record(record_id: UUID, record: ExternalRecord, updated_at: datetime) -> dict[str, Any]:
    """The shape of REST."""
    return {
        "record_id": str(record_id),
        "source": record.source,
        "kind": record.kind,
        "key": record.key,
        "title": record.title,
        "state": record.state,
        "url": record.url,
        "facts": [{"label": label, "value": value} for label, value in record.facts],
        "happened_at": record.happened_at.isoformat(),
        "updated_at": updated_at.isoformat(),
    }
