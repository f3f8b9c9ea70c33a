"""Statuses, their fixed categories, and which may follow which.

Names and customers' texts are data of the table `statuses`; here stands what the rules need.
"""

from collections.abc import Mapping

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


def is_unfinished(status: str) -> bool:
    """Whether there is still work to do: neither solved nor closed."""
    return status not in THROWN_AWAY and CATEGORY_OF[status] in UNFINISHED
