"""Customers as rows; their contacts are the contact book's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.domain.inbound import Sender
from services.intake.storage.tables import ContactRow, CustomerRow, insert_all, table

_CLAIMED = (
    ContactRow.is_claimed
    & ContactRow.is_verified.is_(False)
    & ContactRow.is_from_directory.is_(False)
)


@dataclass(frozen=True)
class Face:
    """What goes along with every message of a customer."""

    display_name: str
    region_id: UUID | None


def insert_customers(
    session: Session,
    customers: Mapping[UUID, Sender],
    now: datetime,
    traits: Mapping[str, Any] | None = None,
) -> None:
    """New customers, by the names under which they wrote; `traits` are further columns."""
    rows = [
        {
            "customer_id": customer_id,
            "display_name": sender.name,
            "language": sender.language,
            "version": 1,
            "created_at": now,
            **(traits or {}),
        }
        for customer_id, sender in customers.items()
    ]
    insert_all(session, insert(table(CustomerRow)), rows)


def insert_employee(
    session: Session, customer_id: UUID, person_id: UUID, sender: Sender, now: datetime
) -> bool:
    """A new customer who is an employee; False if the employee has become one meanwhile."""
    values = {
        "customer_id": customer_id,
        "person_id": person_id,
        "display_name": sender.name,
        "language": sender.language,
        "version": 1,
        "created_at": now,
    }
    statement = insert(CustomerRow).values(values)
    once = statement.on_conflict_do_nothing(index_elements=["person_id"])
    return session.execute(once.returning(CustomerRow.customer_id)).first() is not None


def find_employee(session: Session, person_id: UUID) -> UUID | None:
    """The customer that a person is."""
    wanted = CustomerRow.person_id == person_id
    return session.scalars(select(CustomerRow.customer_id).where(wanted)).first()


def lock_customer(session: Session, customer_id: UUID) -> CustomerRow | None:
    """The row, until the commit nobody else's to change."""
    wanted = select(CustomerRow).where(CustomerRow.customer_id == customer_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).first()


def raise_versions(session: Session, customer_ids: Collection[UUID]) -> None:
    """Count a change of these; locked in the order of ids until the commit."""
    wanted = select(CustomerRow).where(CustomerRow.customer_id.in_(customer_ids))
    locked = wanted.order_by(CustomerRow.customer_id).with_for_update()
    for row in session.scalars(locked.execution_options(populate_existing=True)):
        row.version += 1
    session.flush()


def change_customer(
    session: Session, customer_id: UUID, version: int, traits: Mapping[str, Any]
) -> bool:
    """Change columns and count it; False if the customer is not as at `version` any more."""
    row = CustomerRow
    statement = (
        update(row)
        .where(row.customer_id == customer_id, row.version == version)
        .values({**traits, "version": version + 1})
        .returning(row.customer_id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).first() is not None


def verify_contacts(session: Session, contact_ids: Collection[UUID]) -> set[UUID]:
    """Their customers have shown that they are theirs; returns those of newly verified ones."""
    row = ContactRow
    statement = (
        update(row)
        .where(row.contact_id.in_(contact_ids), row.is_verified.is_(False))
        .values(is_verified=True)
        .returning(row.customer_id)
        .execution_options(synchronize_session=False)
    )
    return set(session.scalars(statement))


def owner_of_contact(session: Session, contact_id: UUID) -> UUID | None:
    """The customer that a contact is of."""
    wanted = ContactRow.contact_id == contact_id
    return session.scalars(select(ContactRow.customer_id).where(wanted)).first()


def is_only_claimed(session: Session, contact_id: UUID) -> bool:
    """Whether a message added the contact to a known customer, and nothing has proven it since."""
    wanted = select(ContactRow.contact_id).where(ContactRow.contact_id == contact_id, _CLAIMED)
    return session.scalars(wanted).first() is not None


def drop_claims(session: Session, contact_ids: Collection[UUID]) -> set[UUID]:
    """Take those away that are only claimed; returns the customers who had them."""
    statement = (
        delete(ContactRow)
        .where(ContactRow.contact_id.in_(contact_ids), _CLAIMED)
        .returning(ContactRow.customer_id)
        .execution_options(synchronize_session=False)
    )
    return set(session.scalars(statement))


def adopt_contacts(session: Session, contact_ids: Collection[UUID]) -> None:
    """The directory names these, too."""
    row = ContactRow
    statement = update(row).where(row.contact_id.in_(contact_ids)).values(is_from_directory=True)
    session.execute(statement.execution_options(synchronize_session=False))


def drop_contacts(session: Session, contact_ids: Collection[UUID]) -> None:
    """These lead to the customer no more."""
    statement = delete(ContactRow).where(ContactRow.contact_id.in_(contact_ids))
    session.execute(statement.execution_options(synchronize_session=False))


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


def find_faces(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, Face]:
    """Names and regions by id."""
    if not customer_ids:
        return {}
    row = CustomerRow
    statement = select(row.customer_id, row.display_name, row.region_id)
    found = session.execute(statement.where(row.customer_id.in_(customer_ids)))
    return {one.customer_id: Face(one.display_name, one.region_id) for one in found}
