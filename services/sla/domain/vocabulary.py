"""Targets, states and statuses: the words of what is due."""

from collections.abc import Mapping

FIRST_REPLY, NEXT_REPLY, UPDATE, RESOLUTION, ACCEPT, STATUS = (
    "first_reply",
    "next_reply",
    "update",
    "resolution",
    "accept",
    "status",
)
TARGETS = (FIRST_REPLY, NEXT_REPLY, UPDATE, RESOLUTION, ACCEPT, STATUS)
# All but `status` promise a time by urgency; that one by status.
BY_URGENCY = TARGETS[:-1]
URGENCIES = ("normal", "urgent", "critical")

RUNNING, PAUSED, MET, BREACHED, CANCELLED = "running", "paused", "met", "breached", "cancelled"

BEFORE, DUE, AFTER = "before", "due", "after"

# Ticketing's statuses and their categories.
CATEGORY_OF: Mapping[str, str] = {
    "unassigned": "new",
    "assigned": "open",
    "in_progress": "open",
    "awaiting_approval": "on_hold",
    "awaiting_customer": "pending",
    "follow_up": "open",
    "solved": "solved",
    "closed": "closed",
    "archived": "closed",
}
FINISHED = ("solved", "closed")
UNFINISHED_STATUSES = tuple(key for key, kind in CATEGORY_OF.items() if kind not in FINISHED)
