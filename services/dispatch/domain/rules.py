"""Rules: which group a ticket goes to, and how somebody is chosen there. The first that holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.common.conditions import Condition, explain

PUSH, GRAB = "push", "grab"


@dataclass(frozen=True)
class SkillNeed:
    """A skill and the level (1–5) from which on it counts."""

    skill_id: UUID
    level: int


@dataclass(frozen=True)
class Rule:
    """One line of the list of rules; `grab_seconds` without end if None."""

    rule_id: UUID
    name: str
    condition: Condition
    group_id: UUID
    mode: str = PUSH
    strategy: str = "least_loaded"
    is_sticky: bool = False
    matches_language: bool = False
    required: tuple[SkillNeed, ...] = ()
    preferred: tuple[SkillNeed, ...] = ()
    overflow_group_ids: tuple[UUID, ...] = ()
    grab_seconds: int | None = None


@dataclass(frozen=True)
class Match:
    """The rule that decides about a ticket, or None; where the ticket waits; what was tried."""

    rule: Rule | None
    group_id: UUID | None
    tried: list[dict[str, Any]]


def first_match(rules: Iterable[Rule], facts: Mapping[str, Any], group_id: UUID | None) -> Match:
    """The first of the active rules, in their order, that holds.

    A ticket that is in a group already only takes rules of that group, after them those that
    overflow into it: what came there by overflow and was given back is not left alone.
    """
    tried: list[dict[str, Any]] = []
    for rule in _eligible(rules, group_id):
        holds = rule.condition.holds(facts)
        tried.append(
            {
                "rule_id": str(rule.rule_id),
                "name": rule.name,
                "holds": holds,
                "why": explain(rule.condition, facts),
            }
        )
        if holds:
            return Match(rule, group_id or rule.group_id, tried)
    return Match(None, group_id, tried)


def _eligible(rules: Iterable[Rule], group_id: UUID | None) -> Sequence[Rule]:
    if group_id is None:
        return list(rules)
    listed = list(rules)
    own = [rule for rule in listed if rule.group_id == group_id]
    into = [rule for rule in listed if group_id in rule.overflow_group_ids]
    return own + [rule for rule in into if rule.group_id != group_id]
