"""Chooses somebody for a ticket, and says why. Deterministic: the same board gives the same choice.

Tickets are asked for in the order of their waiting list. A ticket for which there is nobody free
keeps the capacity of those who could take it: what comes after it must not eat up point by point
what it waits for.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nsmallest
from typing import Any
from uuid import UUID

from services.dispatch.domain.candidates import Candidate
from services.dispatch.domain.rules import Rule
from services.dispatch.domain.strategies import Standing, rank, tell

_SHOWN = 20
_SKIPPED = 50

FULL, HELD, EXCLUDED, LACKS_SKILL, LANGUAGE = "full", "held", "excluded", "lacks_skill", "language"


@dataclass(frozen=True)
class Ask:
    """A ticket that wants somebody: by which rule, from which group, and what it takes of them."""

    rule: Rule
    group_id: UUID
    weight: int
    is_critical: bool = False
    language: str | None = None
    excluded: frozenset[UUID] = frozenset()
    sticky_id: UUID | None = None
    trigger: str = "new"
    tried: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Choice:
    """Who gets it (None: it goes on waiting), from which group, and the explanation."""

    candidate: Candidate | None
    group_id: UUID
    explanation: dict[str, Any]


@dataclass
class _Review:
    """One group looked through for one ticket."""

    group_id: UUID
    standings: list[Standing] = field(default_factory=list)
    skipped: list[tuple[Candidate, str]] = field(default_factory=list)


@dataclass
class Pool:
    """The people of one group, those first who could take anything at all."""

    name: str
    available: list[Candidate]
    absent: list[Candidate]

    @classmethod
    def of(cls, name: str, candidates: Iterable[Candidate]) -> "Pool":
        """Sort out who is not there."""
        listed = list(candidates)
        return cls(
            name,
            [one for one in listed if not one.reasons],
            [one for one in listed if one.reasons],
        )


class Board:
    """The groups that a batch of tickets chooses from; loads grow as tickets are given out.

    `critical_excess`: points by which critical tickets may exceed somebody's capacity.
    """

    def __init__(self, pools: Mapping[UUID, Pool], *, critical_excess: int, now: datetime) -> None:
        self._pools = pools
        self._excess = critical_excess
        self._now = now
        self._held: set[UUID] = set()

    def decide(self, ask: Ask) -> Choice:
        """Choose, and give the ticket out or keep capacity free for it."""
        reviews = self._reviews(ask)
        choice = self._choice(ask, reviews)
        if choice.candidate is not None:
            choice.candidate.load += ask.weight
            choice.candidate.active += 1
            choice.candidate.last_assigned_at = self._now
        else:
            self._hold(ask, reviews)
        return choice

    def choose(self, ask: Ask) -> Choice:
        """Say who would get it; nothing is given out."""
        return self._choice(ask, self._reviews(ask))

    def has_room(self, rule: Rule, group_id: UUID, *, is_critical: bool) -> bool:
        """Whether a ticket of the rule could find anybody at all, however little it takes."""
        excess = self._excess if is_critical else 0
        return any(
            one.load < one.limit(excess)
            and one.person_id not in self._held
            and _has_skills(one, rule)
            for where in _groups_of(rule, group_id)
            for one in self._pool(where).available
        )

    def _pool(self, group_id: UUID) -> Pool:
        return self._pools.get(group_id) or Pool("", [], [])

    def _reviews(self, ask: Ask) -> list[_Review]:
        """Group by group until there is somebody: overflow groups only when nobody else is free."""
        reviews = []
        for group_id in _groups_of(ask.rule, ask.group_id):
            reviews.append(self._review(ask, group_id))
            if reviews[-1].standings:
                break
        return reviews

    def _review(self, ask: Ask, group_id: UUID) -> _Review:
        review, able = _Review(group_id), []
        excess = self._excess if ask.is_critical else 0
        for candidate in self._pool(group_id).available:
            reason = self._reason(candidate, ask, excess)
            if reason is None:
                able.append(candidate)
            else:
                review.skipped.append((candidate, reason))
        review.standings = rank(able, ask.rule, ask.weight, ask.sticky_id)
        return review

    def _reason(self, candidate: Candidate, ask: Ask, excess: int) -> str | None:
        """Why somebody who is there does not come into question for this ticket."""
        if ask.excluded and candidate.person_id in ask.excluded:
            return EXCLUDED
        if ask.rule.required and not _has_skills(candidate, ask.rule):
            return LACKS_SKILL
        if ask.rule.matches_language and ask.language and not candidate.speaks(ask.language):
            return LANGUAGE
        if candidate.load + ask.weight > candidate.limit(excess):
            return FULL
        return HELD if candidate.person_id in self._held else None

    def _hold(self, ask: Ask, reviews: Iterable[_Review]) -> None:
        excess = self._excess if ask.is_critical else 0
        self._held.update(
            candidate.person_id
            for review in reviews
            for candidate, reason in review.skipped
            if reason == FULL and ask.weight <= candidate.limit(excess)
        )

    def _choice(self, ask: Ask, reviews: Sequence[_Review]) -> Choice:
        last, own = reviews[-1], reviews[0]
        shown = nsmallest(_SHOWN, last.standings)
        chosen = shown[0].candidate if shown else None
        where = last.group_id if chosen else own.group_id
        is_overflow = where != ask.group_id
        skipped, counts = self._skipped(last if chosen else own)
        explanation = {
            "trigger": ask.trigger,
            "rules": list(ask.tried),
            "group_id": str(where),
            "group_name": self._pool(where).name,
            "strategy": ask.rule.strategy,
            "candidates": [tell(one, ask.rule, self._now) for one in shown],
            "skipped": skipped,
            "skipped_counts": counts,
            "chosen": chosen and {"person_id": str(chosen.person_id), "name": chosen.name},
            "overflow_from": str(ask.group_id) if is_overflow else None,
        }
        return Choice(chosen, where, explanation)

    def _skipped(self, review: _Review) -> tuple[list[dict[str, str]], dict[str, int]]:
        absent = self._pool(review.group_id).absent
        counts = Counter(reason for _, reason in review.skipped)
        counts.update(one.reasons[0] for one in absent)
        pairs = review.skipped[:_SKIPPED]
        pairs += [(one, one.reasons[0]) for one in absent[: _SKIPPED - len(pairs)]]
        told = [
            {"person_id": str(one.person_id), "name": one.name, "reason": reason}
            for one, reason in pairs
        ]
        return told, dict(counts)


def _groups_of(rule: Rule, group_id: UUID) -> list[UUID]:
    """Where to look, in this order: where it waits, then where the rule lets it overflow."""
    return list(dict.fromkeys((group_id, *rule.overflow_group_ids)))


def _has_skills(candidate: Candidate, rule: Rule) -> bool:
    return all(candidate.skills.get(need.skill_id, 0) >= need.level for need in rule.required)
