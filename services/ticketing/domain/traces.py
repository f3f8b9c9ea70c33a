"""What the operation log keeps of a change: the ticket's fields before and after it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

Snapshot = Mapping[str, Any]

_FIELDS = (
    "status",
    "own_status",
    "urgency",
    "urgency_word",
    "kind",
    "category_id",
    "subject",
    "tags",
    "group_id",
    "department_id",
    "region_id",
    "score",
    "is_dissatisfied",
    "close_kind",
    "urge_count",
    "is_supervised",
    "version",
)


def snapshot(ticket: Any) -> Snapshot:
    """What of a ticket may be logged, and its custom fields to be compared."""
    assignee = ticket.assignee_id and {
        "person_id": str(ticket.assignee_id),
        "name": ticket.assignee_name,
    }
    return {name: _plain(getattr(ticket, name)) for name in _FIELDS} | {
        "assignee": assignee,
        "solution": ticket.solution is not None,
        "fields": dict(ticket.fields),
    }


def differences(before: Snapshot | None, after: Snapshot) -> dict[str, dict[str, Any]]:
    """{before, after} with what differs; of a new ticket, all that it has.

    Of custom fields only the names are told: their values may be anybody's contact data.
    """
    if before is None:
        told = {**after, "fields": sorted(after["fields"])}
        return {"before": {}, "after": {name: value for name, value in told.items() if value}}
    changed = [name for name in after if before[name] != after[name]]
    return {
        "before": {name: _told(name, before, after) for name in changed},
        "after": {name: _told(name, after, before) for name in changed},
    }


def _told(name: str, of: Snapshot, other: Snapshot) -> Any:
    if name != "fields":
        return of[name]
    mine, others = of["fields"], other["fields"]
    return sorted(key for key in mine if key not in others or mine[key] != others[key])


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return list(value)
    return str(value) if isinstance(value, UUID) else value
