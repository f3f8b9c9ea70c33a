"""In which order those who could take a ticket come into question, and the score that shows it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.dispatch.domain.candidates import Candidate
from services.dispatch.domain.rules import Rule

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = _NEVER.timestamp()
_TOP_LEVEL = 5
_HOUR = 3600.0

Key = tuple[Any, ...]


class Standing(NamedTuple):
    """Where a candidate stands for one ticket: the smaller the key, the better."""

    key: Key
    candidate: Candidate


def _assigned(candidate: Candidate) -> float:
    last = candidate.last_assigned_at
    return _EPOCH if last is None else last.timestamp()


def skill_of(candidate: Candidate, wanted: Sequence[UUID]) -> float:
    """How well somebody has the skills that a rule names: 0 none of them, 1 all at the top."""
    if not wanted:
        return 0.0
    levels = sum(candidate.skills.get(skill_id, 0) for skill_id in wanted)
    return levels / (_TOP_LEVEL * len(wanted))


# By what is compared first, then next, …; the id makes the order total.
_ORDERS: dict[str, Callable[[Candidate, float], Key]] = {
    "least_loaded": lambda c, skill: (c.share, -skill, _assigned(c), c.person_id.int),
    "round_robin": lambda c, skill: (_assigned(c), c.share, -skill, c.person_id.int),
    "skill_match": lambda c, skill: (-skill, c.share, _assigned(c), c.person_id.int),
    "senior_first": lambda c, skill: (-c.seniority, c.share, -skill, _assigned(c), c.person_id.int),
}
STRATEGIES = tuple(_ORDERS)


def rank(
    candidates: Iterable[Candidate], rule: Rule, weight: int, sticky_id: UUID | None
) -> list[Standing]:
    """Who stays within their capacity comes first, then whom the customer knows, then the rest."""
    order_of, wanted = _ORDERS[rule.strategy], wanted_by(rule)
    known = sticky_id if rule.is_sticky else None
    return [
        Standing(
            (
                one.load + weight > one.capacity,
                one.person_id != known,
                *order_of(one, skill_of(one, wanted)),
            ),
            one,
        )
        for one in candidates
    ]


def wanted_by(rule: Rule) -> list[UUID]:
    """The skills that a rule names, required or preferred."""
    return [need.skill_id for need in (*rule.required, *rule.preferred)]


def tell(standing: Standing, rule: Rule, now: datetime) -> dict[str, Any]:
    """A candidate as explanations show them.

    `score`: what the strategy compares first, 0–100; 100 more for whom the customer knows, 100
    less beyond the capacity. Equal scores are told apart by the parts, in the strategy's order.
    """
    candidate, (is_over, is_new, *_) = standing.candidate, standing.key
    skill = skill_of(candidate, wanted_by(rule))
    waited = max(now.timestamp() - _assigned(candidate), 0.0)
    first = {
        "least_loaded": 1 - min(candidate.share, 1.0),
        "round_robin": waited / (waited + _HOUR),
        "skill_match": skill,
        "senior_first": candidate.seniority / 5,
    }[rule.strategy]
    last = candidate.last_assigned_at
    return {
        "person_id": str(candidate.person_id),
        "name": candidate.name,
        "score": round(100 * (first - is_over + (not is_new)), 1),
        "parts": {
            "load_share": round(candidate.share, 3),
            "skill": round(skill, 3),
            "seniority": candidate.seniority,
            "sticky": not is_new,
            "last_assigned": None if last is None else last.isoformat(),
        },
    }
