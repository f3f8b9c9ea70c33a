"""Reads the rules and settings. Conditions are parsed once per version, not once per batch."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.conditions import Condition, parse_condition
from libs.common.errors import InvalidInput
from services.dispatch.domain.rules import Rule, SkillNeed
from services.dispatch.domain.settings import Settings

_log = logging.getLogger(__name__)

# Nobody looks after a group that is switched off: what its rules would match waits elsewhere. One
# that has not arrived yet is taken for active.
_RULES = text(
    "SELECT rules.* FROM rules LEFT JOIN directory_groups USING (group_id) "
    "WHERE rules.is_active AND coalesce(directory_groups.is_active, true) "
    "ORDER BY rules.position, rules.rule_id"
)
_SETTINGS = text("SELECT * FROM settings")


@dataclass(frozen=True)
class RuleBook:
    """The active rules of active groups in their order, and the settings, as they are now."""

    rules: tuple[Rule, ...]
    settings: Settings
    by_id: Mapping[UUID, Rule] = field(default_factory=dict)

    def overflow_of(self, group_id: UUID) -> set[UUID]:
        """Groups that may help out when this one's people are full."""
        found: set[UUID] = set()
        for rule in self.rules:
            if rule.group_id == group_id or group_id in rule.overflow_group_ids:
                found.update(rule.overflow_group_ids)
        return found


def load_rules(session: Session) -> RuleBook:
    """All at once; what cannot be read any more (a field that is gone) is left out, and logged.

    The settings first: a change of the rules after that is told by a later `rules_revision`.
    """
    settings = load_settings(session)
    found: list[Rule] = []
    for row in session.execute(_RULES).mappings():
        try:
            found.append(rule_of(dict(row)))
        except InvalidInput as error:
            _log.error("rule %s is left out: %s %s", row["rule_id"], error, error.details)
    return RuleBook(tuple(found), settings, {rule.rule_id: rule for rule in found})


def load_settings(session: Session) -> Settings:
    """The one row."""
    return settings_of(dict(session.execute(_SETTINGS).mappings().one()))


def settings_of(row: Mapping[str, Any]) -> Settings:
    """From the table's columns."""
    weights = row["weights"]
    return Settings(
        default_capacity=row["default_capacity"],
        critical_excess=row["critical_excess"],
        heartbeat_seconds=row["heartbeat_seconds"],
        sticky_days=row["sticky_days"],
        grab_quota=row["grab_quota"],
        urgency_weights=weights.get("urgency", {}),
        channel_weights=weights.get("channel", {}),
        pending_counts=row["pending_counts"],
        rules_revision=row["rules_revision"],
    )


def rule_of(row: Mapping[str, Any]) -> Rule:
    """From the table's columns; raises InvalidInput if the condition cannot be read."""
    return Rule(
        rule_id=row["rule_id"],
        name=row["name"],
        condition=_condition(orjson.dumps(row["condition"])),
        group_id=row["group_id"],
        mode=row["mode"],
        strategy=row["strategy"],
        is_sticky=row["is_sticky"],
        matches_language=row["matches_language"],
        required=_needs(row["required_skills"]),
        preferred=_needs(row["preferred_skills"]),
        overflow_group_ids=tuple(map(_uuid, row["overflow_group_ids"])),
        grab_seconds=row["grab_seconds"],
    )


def _needs(raw: Sequence[Mapping[str, Any]]) -> tuple[SkillNeed, ...]:
    return tuple(SkillNeed(_uuid(one["skill_id"]), int(one["level"])) for one in raw)


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


@lru_cache(maxsize=1000)
def _condition(raw: bytes) -> Condition:
    return parse_condition(orjson.loads(raw), known=None)
