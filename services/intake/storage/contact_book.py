"""Customers and their contacts: sealed at rest, found by blind index."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto import BlindIndex, KeyRing, field_context
from services.intake.domain.customers import Contact, Customer
from services.intake.domain.recognition import ContactKey, Owner
from services.intake.storage.tables import ContactRow, CustomerRow, table

# Statements change rows past the session, which would go on showing what it has read before.
_AS_STORED = {"populate_existing": True}
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
        self,
        session: Session,
        contacts: Mapping[ContactKey, Owner],
        now: datetime,
        *,
        from_directory: bool = False,
        claimed: Collection[ContactKey] = (),
    ) -> bool:
        """Add them; False if somebody else has added one of them in the meantime.

        In the order of their indexes: two that add the same ones wait, not deadlock. Nobody has
        shown that the `claimed` ones are the customer's.
        """
        rows = [
            self._row(key, owner, now)
            | {"is_from_directory": from_directory, "is_claimed": key in claimed}
            for key, owner in contacts.items()
        ]
        rows.sort(key=lambda row: (row["kind"], row["value_index"]))
        inserted = session.connection().execute(_ADD_CONTACTS, rows) if rows else ()
        return len(list(inserted)) == len(rows)

    def _row(self, key: ContactKey, owner: Owner, now: datetime) -> dict[str, Any]:
        kind, value = key
        return {
            "contact_id": owner.contact_id,
            "customer_id": owner.customer_id,
            "kind": kind,
            "value_encrypted": self._keys.encrypt_text(value, contact_context(owner.contact_id)),
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
        own = ordered.where(row.customer_id.in_(customer_ids)).execution_options(**_AS_STORED)
        for found in session.scalars(own):
            contacts.setdefault(found.customer_id, []).append(self._open(found))
        wanted = select(CustomerRow).where(CustomerRow.customer_id.in_(customer_ids))
        customers = session.scalars(wanted.execution_options(**_AS_STORED))
        return {
            one.customer_id: _customer(one, contacts.get(one.customer_id, ())) for one in customers
        }

    def _open(self, row: ContactRow) -> Contact:
        value = self._keys.decrypt_text(bytes(row.value_encrypted), contact_context(row.contact_id))
        return Contact(
            row.contact_id,
            row.kind,
            value,
            row.is_verified,
            row.is_from_directory,
            row.is_claimed and not row.is_verified,
        )


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
        row.person_id,
        row.company_id,
    )


def contact_context(contact_id: UUID) -> str:
    """What a sealed contact is bound to."""
    return field_context("contacts", "value", contact_id)
