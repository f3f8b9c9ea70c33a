"""The copy of the customers' addresses: whole cards, of which the highest version holds."""

import logging
from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, Undecryptable, field_context
from services.notify.domain.addresses import AddressCard, Contact
from services.notify.storage.tables import AddressRow, ContactRow

_log = logging.getLogger(__name__)


def keep_cards(session: Session, keys: KeyRing, cards: Iterable[AddressCard]) -> set[UUID]:
    """Write those that are newer than ours; returns the customers whose card changed.

    In the order of ids, so that two batches with the same customers wait, not deadlock.
    """
    newest: dict[UUID, AddressCard] = {}
    for card in cards:
        known = newest.get(card.customer_id)
        if known is None or card.version > known.version:
            newest[card.customer_id] = card
    if not newest:
        return set()
    changed = _write_cards(session, keys, [newest[key] for key in sorted(newest)])
    _replace_contacts(session, keys, [newest[key] for key in sorted(changed)])
    return changed


def _write_cards(session: Session, keys: KeyRing, cards: list[AddressCard]) -> set[UUID]:
    statement = insert(AddressRow).values([_card_row(keys, card) for card in cards])
    new = statement.excluded
    return set(
        session.scalars(
            statement.on_conflict_do_update(
                index_elements=[AddressRow.customer_id],
                set_={
                    "version": new.version,
                    "display_name_encrypted": new.display_name_encrypted,
                    "language": new.language,
                    "tier": new.tier,
                    "updated_at": func.now(),
                },
                where=AddressRow.version < new.version,
            ).returning(AddressRow.customer_id)
        )
    )


def _replace_contacts(session: Session, keys: KeyRing, cards: list[AddressCard]) -> None:
    customers = [card.customer_id for card in cards]
    session.execute(delete(ContactRow).where(ContactRow.customer_id.in_(customers)))
    # The last one wins where a contact stands on two cards of one batch.
    rows = {
        contact.contact_id: _contact_row(keys, card.customer_id, position, contact)
        for card in cards
        for position, contact in enumerate(card.contacts)
    }
    if not rows:
        return
    statement = insert(ContactRow).values([rows[key] for key in sorted(rows)])
    # A contact may have moved here from another customer, whose newer card is still to come.
    columns = ("customer_id", "position", "kind", "value_encrypted", "is_verified", "is_claimed")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ContactRow.contact_id],
            set_={name: statement.excluded[name] for name in columns},
        )
    )


def find_cards(
    session: Session, keys: KeyRing, customers: Collection[UUID]
) -> dict[UUID, AddressCard]:
    """The cards that are known of these customers; one that no key opens is as good as none."""
    contacts: dict[UUID, list[ContactRow]] = {}
    ordered = select(ContactRow).order_by(ContactRow.position)
    for row in session.scalars(ordered.where(ContactRow.customer_id.in_(customers))):
        contacts.setdefault(row.customer_id, []).append(row)
    cards = {}
    for card in session.scalars(select(AddressRow).where(AddressRow.customer_id.in_(customers))):
        try:
            cards[card.customer_id] = _card(keys, card, contacts.get(card.customer_id, []))
        except Undecryptable:
            _log.exception("the addresses of customer %s cannot be read", card.customer_id)
    return cards


def _card(keys: KeyRing, card: AddressRow, contacts: list[ContactRow]) -> AddressCard:
    return AddressCard(
        card.customer_id,
        card.version,
        keys.decrypt_text(card.display_name_encrypted, name_context(card.customer_id)),
        card.language,
        tuple(
            Contact(
                row.contact_id,
                row.kind,
                keys.decrypt_text(row.value_encrypted, value_context(row.contact_id)),
                row.is_verified,
                row.is_claimed,
            )
            for row in contacts
        ),
    )


def _card_row(keys: KeyRing, card: AddressCard) -> dict[str, object]:
    sealed = keys.encrypt_text(card.display_name, name_context(card.customer_id))
    return {
        "customer_id": card.customer_id,
        "version": card.version,
        "display_name_encrypted": sealed,
        "language": card.language,
        "tier": card.tier,
    }


def _contact_row(
    keys: KeyRing, customer_id: UUID, position: int, contact: Contact
) -> dict[str, object]:
    return {
        "contact_id": contact.contact_id,
        "customer_id": customer_id,
        "position": position,
        "kind": contact.kind,
        "value_encrypted": keys.encrypt_text(contact.value, value_context(contact.contact_id)),
        "is_verified": contact.is_verified,
        "is_claimed": contact.is_claimed,
    }


def name_context(customer_id: UUID) -> str:
    """What a sealed name is bound to."""
    return field_context("addresses", "display_name", customer_id)


def value_context(contact_id: UUID) -> str:
    """What a sealed address is bound to."""
    return field_context("contact_copies", "value", contact_id)
