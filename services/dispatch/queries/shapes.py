"""Shapes of REST, ready for JSON."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

Json = dict[str, Any]


def show_instant(instant: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def show_id(one: UUID | None) -> str | None:
    """As text."""
    return None if one is None else str(one)


def show_group(group_id: UUID | None, names: Mapping[UUID, str]) -> Json | None:
    """A group with its name, as far as the copy knows it."""
    return (
        None if group_id is None else {"group_id": str(group_id), "name": names.get(group_id, "")}
    )


def show_skill(row: Any) -> Json:
    """A skill."""
    return {
        "skill_id": str(row.skill_id),
        "key": row.key,
        "name": row.name,
        "is_active": row.is_active,
        "version": row.version,
    }


def show_shift(row: Any) -> Json:
    """A shift with its weekly hours."""
    return {
        "shift_id": str(row.shift_id),
        "name": row.name,
        "zone": row.zone,
        "weekly": row.weekly,
        "version": row.version,
    }


def show_leave(row: Any) -> Json:
    """A leave."""
    return {
        "leave_id": str(row.leave_id),
        "person_id": str(row.person_id),
        "starts_at": show_instant(row.starts_at),
        "ends_at": show_instant(row.ends_at),
        "reason": row.reason,
    }


def show_settings(row: Any) -> Json:
    """What holds for everybody."""
    return {
        "default_capacity": row.default_capacity,
        "critical_excess": row.critical_excess,
        "heartbeat_seconds": row.heartbeat_seconds,
        "sticky_days": row.sticky_days,
        "grab_quota": row.grab_quota,
        "weights": row.weights,
        "pending_counts": row.pending_counts,
        "version": row.version,
    }


def show_rule(row: Any, skills: Mapping[str, Any], names: Mapping[UUID, str]) -> Json:
    """A rule; `skills` by the text of their ids, `names` of groups."""
    return {
        "rule_id": str(row.rule_id),
        "position": row.position,
        "name": row.name,
        "is_active": row.is_active,
        "condition": row.condition,
        "group": show_group(row.group_id, names),
        "group_id": str(row.group_id),
        "mode": row.mode,
        "strategy": row.strategy,
        "is_sticky": row.is_sticky,
        "matches_language": row.matches_language,
        "required_skills": _needs(row.required_skills, skills),
        "preferred_skills": _needs(row.preferred_skills, skills),
        "overflow_group_ids": [str(one) for one in row.overflow_group_ids],
        "overflow_groups": [show_group(one, names) for one in row.overflow_group_ids],
        "grab_seconds": row.grab_seconds,
        "version": row.version,
    }


def _needs(needs: Iterable[Mapping[str, Any]], skills: Mapping[str, Any]) -> list[Json]:
    return [show_need(need["skill_id"], need["level"], skills) for need in needs]


def show_need(skill_id: str, level: int, skills: Mapping[str, Any]) -> Json:
    """A skill that is wanted, from a level on."""
    known = skills.get(skill_id)
    names = {"key": known.key, "name": known.name} if known else {"key": None, "name": None}
    return {"skill_id": skill_id, "level": level, **names}
