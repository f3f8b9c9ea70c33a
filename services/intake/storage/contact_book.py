"""Customers and their contacts: sealed at rest, found by blind index."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto import BlindIndex, KeyRing, field_context
from services.intake.domain.inbound import Sender
from services.intake.domain.recognition import ContactKey, Owner
from services.intake.storage.tables import ContactRow, CustomerRow, insert_all, table


@dataclass(frozen=True)
class Contact:
    """An address of a customer, readable."""

    contact_id: UUID
    kind: str
    value: str
    is_verified: bool


@dataclass(frozen=True)
class Customer:
    """A customer with all contacts, oldest first."""

    customer_id: UUID
    display_name: str
    salutation: str | None
    language: str
    tier: str | None
    region_id: UUID | None
    version: int
    contacts: tuple[Contact, ...]


_ADD_CONTACTS = insert(table(ContactRow)).on_conflict_do_nothing().returning(ContactRow.contact_id)


class ContactBook:
    """All reading and writing of contacts; nobody else sees sealed values."""

    def __init__(self, keys: KeyRing, index: BlindIndex) -> None:
        self._keys = keys
        self._index = index

    def find_owners(
        self, session: Session, wanted: Collection[ContactKey]
    ) -> dict[ContactKey, Owner]:
        """Those of the contacts that are known."""
        if not wanted:
            return {}
        by_index = {(kind, self._index.of(kind, value)): (kind, value) for kind, value in wanted}
        row = ContactRow
        statement = select(row.kind, row.value_index, row.contact_id, row.customer_id).where(
            tuple_(row.kind, row.value_index).in_(list(by_index))
        )
        return {
            by_index[found.kind, bytes(found.value_index)]: Owner(*found[2:])
            for found in session.execute(statement)
        }

    def insert_contacts(
        self, session: Session, contacts: Mapping[ContactKey, Owner], now: datetime
    ) -> bool:
        """Add them; False if somebody else has added one of them in the meantime.

        In the order of their indexes: two that add the same ones wait, not deadlock.
        """
        rows = [self._row(key, owner, now) for key, owner in contacts.items()]
        rows.sort(key=lambda row: (row["kind"], row["value_index"]))
        inserted = session.connection().execute(_ADD_CONTACTS, rows) if rows else ()
        return len(list(inserted)) == len(rows)

    def _row(self, key: ContactKey, owner: Owner, now: datetime) -> dict[str, Any]:
        kind, value = key
        return {
            "contact_id": owner.contact_id,
            "customer_id": owner.customer_id,
            "kind": kind,
            "value_encrypted": self._keys.encrypt_text(value, _context(owner.contact_id)),
            "value_index": self._index.of(kind, value),
            "created_at": now,
        }

    def find_customers(
        self, session: Session, customer_ids: Collection[UUID]
    ) -> dict[UUID, Customer]:
        """Customers with their contacts."""
        contacts: dict[UUID, list[Contact]] = {}
        row = ContactRow
        ordered = select(row).order_by(row.created_at, row.contact_id)
        for found in session.scalars(ordered.where(row.customer_id.in_(customer_ids))):
            contacts.setdefault(found.customer_id, []).append(self._open(found))
        customers = session.scalars(
            select(CustomerRow).where(CustomerRow.customer_id.in_(customer_ids))
        )
        return {
            one.customer_id: _customer(one, contacts.get(one.customer_id, ())) for one in customers
        }

    def _open(self, row: ContactRow) -> Contact:
        value = self._keys.decrypt_text(bytes(row.value_encrypted), _context(row.contact_id))
        return Contact(row.contact_id, row.kind, value, row.is_verified)


def _customer(row: CustomerRow, contacts: Iterable[Contact]) -> Customer:
    return Customer(
        row.customer_id,
        row.display_name,
        row.salutation,
        row.language,
        row.tier,
        row.region_id,
        row.version,
        tuple(contacts),
    )


def _context(contact_id: UUID) -> str:
    return field_context("contacts", "value", contact_id)


def insert_customers(
    session: Session,
    customers: Mapping[UUID, Sender],
    now: datetime,
    salutation: str | None = None,
) -> None:
    """New customers, by the names under which they wrote."""
    rows = [
        {
            "customer_id": customer_id,
            "display_name": sender.name,
            "salutation": salutation,
            "language": sender.language,
            "version": 1,
            "created_at": now,
        }
        for customer_id, sender in customers.items()
    ]
    insert_all(session, insert(table(CustomerRow)), rows)


def raise_versions(session: Session, customer_ids: Collection[UUID]) -> None:
    """Count a change of these; locked in the order of ids until the commit."""
    statement = select(CustomerRow).where(CustomerRow.customer_id.in_(customer_ids))
    for row in session.scalars(statement.order_by(CustomerRow.customer_id).with_for_update()):
        row.version += 1
    session.flush()


def search_names(session: Session, words: str, limit: int) -> Sequence[UUID]:
    """Customers whose name contains the words, newest first."""
    pattern = words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    row = CustomerRow
    statement = (
        select(row.customer_id)
        .where(row.display_name.ilike(f"%{pattern}%"))
        .order_by(row.created_at.desc(), row.customer_id)
        .limit(limit)
    )
    return session.scalars(statement).all()


def display_names(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names by id."""
    if not customer_ids:
        return {}
    columns = (CustomerRow.customer_id, CustomerRow.display_name)
    found = session.execute(select(*columns).where(CustomerRow.customer_id.in_(customer_ids)))
    return {row[0]: row[1] for row in found}
