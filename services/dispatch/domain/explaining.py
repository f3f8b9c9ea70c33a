"""Explanations of what was decided by hand, by an event, or not at all."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID


def explain_plainly(
    trigger: str,
    *,
    group_id: UUID | None = None,
    group_name: str | None = None,
    person_id: UUID | None = None,
    person_name: str | None = None,
    tried: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """In the shape of a choice's explanation, without candidates."""
    chosen = {"person_id": str(person_id), "name": person_name or ""} if person_id else None
    return {
        "trigger": trigger,
        "rules": list(tried),
        "group_id": str(group_id) if group_id else None,
        "group_name": group_name,
        "strategy": None,
        "candidates": [],
        "skipped": [],
        "skipped_counts": {},
        "chosen": chosen,
        "overflow_from": None,
    }
