"""What a change tells the operation log."""

from collections.abc import Mapping
from typing import Any

# Of no interest, or said by others: versions count, and times stand beside every entry.
_SILENT = frozenset({"version", "is_masked", "last_seen_at", "created_at"})
_CONTACTS = frozenset({"email", "phone"})


def audit_of(
    kind: str, found: object, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """The object and the fields that changed; of contact data only that they did."""
    changed = [
        name
        for name in after
        if name not in _SILENT and before.get(name) != after[name] and not name.endswith("_count")
    ]
    return {
        "object": {"kind": kind, "id": found},
        "before": {name: before[name] for name in changed if name in before.keys() - _CONTACTS},
        "after": {name: True if name in _CONTACTS else after[name] for name in changed},
    }
