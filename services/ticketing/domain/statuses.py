"""Statuses, their fixed categories, and which may follow which.

Names and customers' texts are data of the table `statuses`; here stands what the rules need. A
company's own status stands on one of these, its base: to every rule it is that one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from libs.common.actions.parsing import OWN_STATUS
from libs.common.errors import field_error

NEW, OPEN, PENDING, ON_HOLD, SOLVED, CLOSED = (
    "new",
    "open",
    "pending",
    "on_hold",
    "solved",
    "closed",
)

CATEGORY_OF: Mapping[str, str] = {
    "unassigned": NEW,
    "assigned": OPEN,
    "in_progress": OPEN,
    "awaiting_approval": ON_HOLD,
    "awaiting_customer": PENDING,
    "follow_up": OPEN,
    "solved": SOLVED,
    "closed": CLOSED,
    "archived": CLOSED,
}

# Moves by hand. Assigning, confirming, solving and reopening are acts of their own, with their
# own conditions: no move leads to `assigned` or `solved`, or out of `solved` but to `closed`.
MOVES: Mapping[str, tuple[str, ...]] = {
    "unassigned": ("closed",),
    "assigned": ("closed",),
    "in_progress": ("awaiting_customer", "awaiting_approval", "follow_up", "closed"),
    "awaiting_approval": ("in_progress", "awaiting_customer", "closed"),
    "awaiting_customer": ("in_progress", "follow_up", "closed"),
    "follow_up": ("in_progress", "awaiting_customer", "awaiting_approval", "closed"),
    "solved": ("closed",),
    "closed": ("archived",),
    "archived": (),
}

# In the bin, and what is left of a ticket after it: closed, but no statuses that anybody chooses.
DELETED, PURGED = THROWN_AWAY = ("deleted", "purged")

UNFINISHED = (NEW, OPEN, PENDING, ON_HOLD)

# What is put away for good has no shades.
BASES = tuple(key for key in CATEGORY_OF if key != "archived")
_OWN = re.compile(OWN_STATUS)


@dataclass(frozen=True)
class Status:
    """What a ticket can be moved to. A shipped one is its own base.

    `customer_text`: what customers read instead of the base's words, in Chinese and in English.
    """

    key: str
    base: str
    is_archived: bool = False
    customer_text: tuple[str, str] | None = None

    @property
    def category(self) -> str:
        """What it means to all rules."""
        return CATEGORY_OF[self.base]

    @property
    def own(self) -> str | None:
        """Its key if a company has made it."""
        return self.key if self.key != self.base else None


# Own statuses by key, in their order.
OwnStatuses = Mapping[str, Status]
NO_OWN: OwnStatuses = {}


def told_text(status: Status | None) -> dict[str, dict[str, str]]:
    """What customers read of it, as events tell it; nothing where they know the words."""
    if status is None or status.customer_text is None:
        return {}
    zh, en = status.customer_text
    return {"customer_text": {"zh": zh, "en": en}}


def is_own_key(key: object) -> bool:
    """Whether own statuses may be called so: no shipped one ever is."""
    return isinstance(key, str) and _OWN.fullmatch(key) is not None


def find_status(field: str, key: object, own: OwnStatuses) -> Status:
    """The status of a key; raises InvalidInput naming `field`."""
    if isinstance(key, str) and key in CATEGORY_OF:
        return Status(key, key)
    if isinstance(key, str) and key in own:
        return own[key]
    known = ", ".join((*CATEGORY_OF, *(one.key for one in own.values() if not one.is_archived)))
    raise field_error(field, f"must be one of {known}", "field.unknown_value")


def is_unfinished(status: str) -> bool:
    """Whether there is still work to do: neither solved nor closed."""
    return status not in THROWN_AWAY and CATEGORY_OF[status] in UNFINISHED
