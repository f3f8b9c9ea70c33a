"""Where a message to a customer goes, as far as the copy of their addresses knows."""

import re
from dataclasses import dataclass
from uuid import UUID

_KIND_OF = {"mail": "email", "sms": "phone"}
# As intake masks: three stars in a mail address, four in a number.
_MASKED = re.compile(r"\S?\*{3}@\S+|\+?\d*\*{4}\d*")


@dataclass(frozen=True)
class Contact:
    """One way to reach a customer."""

    contact_id: UUID
    kind: str
    value: str
    is_verified: bool = False
    is_claimed: bool = False


@dataclass(frozen=True)
class AddressCard:
    """A customer's addresses in the order in which intake keeps them; the highest version holds."""

    customer_id: UUID
    version: int
    display_name: str
    language: str
    contacts: tuple[Contact, ...] = ()
    tier: str | None = None

    @property
    def name_to_write(self) -> str:
        """How a mail calls the customer: not by the masked address as which the nameless go."""
        return "" if _MASKED.fullmatch(self.display_name.strip()) else self.display_name

    def knows(self, contact_id: UUID | None) -> bool:
        """Whether the contact is on the card (no contact is known always)."""
        return contact_id is None or any(one.contact_id == contact_id for one in self.contacts)

    def address(self, channel: str, contact_id: UUID | None) -> str | None:
        """The ticket's own contact if it is of the channel's kind, else the customer's first one.

        An address that was only claimed gets answers to what came from there, and nothing else:
        whoever names somebody's phone number must not get that person's mail.
        """
        fitting = [one for one in self.contacts if one.kind == _KIND_OF.get(channel)]
        own = (one.value for one in fitting if one.contact_id == contact_id)
        proven = (one.value for one in fitting if not one.is_claimed)
        return next(own, next(proven, None))
