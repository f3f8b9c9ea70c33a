"""Finds a ticket its place in a waiting list: by the rules, and by what became of it before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.dispatch.domain.assignments import INACTIVE, Assignment
from services.dispatch.domain.rules import PUSH, Match
from services.dispatch.domain.settings import rank_of
from services.dispatch.domain.settling import Header
from services.dispatch.domain.waiting import Waiting

# After a refusal the copy is behind: the event that caught it out is on its way.
_PATIENCE = timedelta(seconds=5)
_LONG_PATIENCE = timedelta(seconds=60)


def queue(
    header: Header,
    match: Match,
    before: Waiting | None,
    lost: Sequence[Assignment],
    *,
    refused: str | None,
    rules_revision: int,
    now: datetime,
) -> Waiting:
    """The ticket's place now. `before`: the one it had; `lost`: its last assignments, in order.

    A ticket that nobody had accepted waits since it began to: it loses nothing by a refusal.
    """
    rule, last = match.rule, lost[-1] if lost else None
    place = Waiting(
        ticket_id=header.ticket_id,
        group_id=match.group_id,
        rule_id=rule.rule_id if rule else None,
        mode=rule.mode if rule else PUSH,
        urgency_rank=rank_of(header.urgency),
        since=before.since if before else _since(header, last),
        trigger=before.trigger if before else _trigger(last),
        not_before=_not_before(before, refused, now),
        excluded=_excluded(lost, now),
        tried=match.tried,
        rules_revision=rules_revision,
    )
    if before and is_same_place(before, place):
        _stay(place, before)
    return place


def is_same_place(one: Waiting, other: Waiting) -> bool:
    """Whether the same rule decides about it in the same group."""
    return (one.group_id, one.rule_id) == (other.group_id, other.rule_id)


def _stay(place: Waiting, before: Waiting) -> None:
    # An offer that has ended is not opened again.
    place.mode, place.is_explained = before.mode, before.is_explained
    place.offer_id, place.offer_ends_at = before.offer_id, before.offer_ends_at
    place.offered_to = before.offered_to


def _since(header: Header, last: Assignment | None) -> datetime:
    if last and last.accepted_at is None and last.waiting_since:
        return last.waiting_since
    return header.occurred_at if header.epoch else header.created_at


def _trigger(last: Assignment | None) -> str:
    return (last.end_cause or "unassigned") if last else "new"


def _not_before(before: Waiting | None, refused: str | None, now: datetime) -> datetime | None:
    if refused is None or refused == INACTIVE:
        return before.not_before if before else None
    return now + (_LONG_PATIENCE if refused == "unknown" else _PATIENCE)


def _excluded(lost: Sequence[Assignment], now: datetime) -> dict[str, str]:
    untils: dict[UUID, datetime] = {}
    for one in lost:
        until = one.keeps_away_until
        if until and until > now:
            untils[one.person_id] = max(until, untils.get(one.person_id, until))
    return {str(person_id): until.isoformat() for person_id, until in untils.items()}
