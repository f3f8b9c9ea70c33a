"""Facts that conditions judge, from what the events of a ticket carry."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

_TAKEN = (
    *("kind", "urgency", "channel", "status", "own_status", "status_category"),
    *("close_kind", "subject", "created_at"),
)
_IDS = ("customer_id", "assignee_id", "group_id")


def facts_of(
    header: Mapping[str, Any],
    *,
    tier: str | None,
    language: str | None,
    zone: tzinfo,
    now: datetime,
) -> dict[str, Any]:
    """From a ticket's event data, its customer, and the instant whose hour and weekday count.

    `zone` is the business's. The region is that of the ticket's scope, or `region_id` of a copy.
    """
    local = now.astimezone(zone)
    scope = header.get("scope") or {}
    ids = {name: header.get(name) for name in _IDS}
    ids["region_id"] = header.get("region_id") or scope.get("region")
    return {
        **{name: header.get(name) for name in _TAKEN},
        **{name: None if value is None else str(value) for name, value in ids.items()},
        "tier": tier,
        "language": language,
        "tags": list(header.get("tags") or ()),
        # The ids from the top of the tree down: a condition on any of them holds.
        "category_id": [str(one) for one in header.get("category_path") or ()],
        "fields": dict(header.get("custom_fields") or {}),
        "score": header.get("score"),
        "is_dissatisfied": "yes" if header.get("is_dissatisfied") else "no",
        "urge_count": header.get("urge_count") or 0,
        "local_hour": local.hour,
        "weekday": local.isoweekday(),
    }
