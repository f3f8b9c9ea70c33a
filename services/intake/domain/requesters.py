"""Employees as requesters: what of the directory's word on one becomes of a customer's contacts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.intake.domain.customers import Contact
from services.intake.domain.recognition import ContactKey, Owner


@dataclass
class ContactChanges:
    """`new` are to be added; of the present ones, by id, some are adopted and some dropped."""

    new: list[ContactKey] = field(default_factory=list)
    adopted: list[UUID] = field(default_factory=list)
    dropped: list[UUID] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new or self.adopted or self.dropped)


def plan_contacts(
    present: Collection[Contact],
    wanted: Collection[ContactKey],
    owners: Mapping[ContactKey, Owner],
) -> ContactChanges:
    """Bring an employee's contacts in line with the directory.

    An address that another customer has stays with that one: an employee would see the other's
    tickets. What came by other ways than the directory stays, too.
    """
    changes = ContactChanges(new=[key for key in wanted if key not in owners])
    for contact in present:
        is_wanted = (contact.kind, contact.value) in wanted
        if is_wanted and not contact.is_from_directory:
            changes.adopted.append(contact.contact_id)
        elif contact.is_from_directory and not is_wanted:
            changes.dropped.append(contact.contact_id)
    return changes
