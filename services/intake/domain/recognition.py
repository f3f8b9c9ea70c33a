"""Who a sender is: the customer that owns one of the addresses, or a new one.

An address belongs to one customer. Where two of a sender's addresses belong to different customers,
the first (e-mail) decides and the other stays where it is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.intake.domain.inbound import Sender

ContactKey = tuple[str, str]  # kind, value in normal form


@dataclass(frozen=True)
class Owner:
    """A contact that is known, and whose it is."""

    contact_id: UUID
    customer_id: UUID


@dataclass
class Recognition:
    """`identities`: for each sender the customer, and the contact that the message came by."""

    identities: list[tuple[UUID, UUID | None]] = field(default_factory=list)
    new_customers: dict[UUID, Sender] = field(default_factory=dict)
    new_contacts: dict[ContactKey, Owner] = field(default_factory=dict)

    @property
    def additions(self) -> set[ContactKey]:
        """New contacts of customers who were known before."""
        return {
            key
            for key, owner in self.new_contacts.items()
            if owner.customer_id not in self.new_customers
        }

    @property
    def enriched(self) -> set[UUID]:
        """Customers who were known before and get another contact."""
        return {self.new_contacts[key].customer_id for key in self.additions}


def recognise(
    senders: Iterable[Sender], known: Mapping[ContactKey, Owner], new_id: Callable[[], UUID]
) -> Recognition:
    """Tell who they are, in order: a sender may know a contact from one before."""
    found = Recognition()
    owners = dict(known)
    for sender in senders:
        contacts = sender.contacts()
        customer_id = next((owners[key].customer_id for key in contacts if key in owners), None)
        if customer_id is None:
            customer_id = new_id()
            found.new_customers[customer_id] = sender
        for key in contacts:
            if key not in owners:
                owners[key] = found.new_contacts[key] = Owner(new_id(), customer_id)
        own = (owners[key] for key in contacts if owners[key].customer_id == customer_id)
        contact = next(own, None)
        found.identities.append((customer_id, contact.contact_id if contact else None))
    return found
