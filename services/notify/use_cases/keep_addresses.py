"""Keep the copy of the customers' addresses, and release the mails that wait for one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import UnitOfWork
from services.notify.domain.addresses import AddressCard, Contact
from services.notify.storage.addresses import keep_cards
from services.notify.storage.orders import release_waiting


def keep_addresses(
    uow: UnitOfWork, keys: KeyRing, now: datetime, customers: Sequence[Mapping[str, Any]]
) -> None:
    """`customers`: data of `customer.*` events, in any order and any number of times."""
    changed = keep_cards(uow.session, keys, map(_card, customers))
    if changed:
        release_waiting(uow.session, changed, now)


def _card(customer: Mapping[str, Any]) -> AddressCard:
    contacts = (
        Contact(
            one["contact_id"],
            one["kind"],
            one["value"],
            one["is_verified"],
            one.get("is_claimed", False),
        )
        for one in customer["contacts"]
    )
    return AddressCard(
        customer_id=customer["customer_id"],
        version=customer["version"],
        display_name=customer["display_name"],
        language=customer["language"],
        contacts=tuple(contacts),
        tier=customer.get("tier"),
    )
