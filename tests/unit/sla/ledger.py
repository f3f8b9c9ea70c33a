"""Clocks by a plain count of minutes over a ticket's life: slow, and meant to be plainly right.

Each target is told in its own words here, by looking at the whole life at once; the domain walks
along the facts. All instants are whole minutes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from services.sla.domain.facts import TicketFact

MINUTE = timedelta(minutes=1)
FINISHED = ("solved", "closed")


@dataclass
class Expected:
    """A clock's stretch of life. `runs` are the pieces in which it is not ended (end None: now)."""

    target: str
    cycle: int
    runs: list[tuple[datetime, datetime | None]]
    is_met: bool
    last: TicketFact  # the ticket while the clock last ran
    status: str | None = None

    @property
    def started_at(self) -> datetime:
        return self.runs[0][0]

    @property
    def ended_at(self) -> datetime | None:
        return self.runs[-1][1]


def whole_life(facts: Sequence[TicketFact]) -> list[TicketFact]:
    """By seq, each once, time never going back, beginning when the ticket was created."""
    life = [facts_of_seq[0] for facts_of_seq in _by_seq(facts)]
    first = life[0]
    if first.type == "ticket.created":
        life[0] = replace(first, occurred_at=first.created_at)
    else:
        waiting = {"status": "unassigned", "status_category": "new", "has_assignee": False}
        life.insert(0, replace(first, type="?", occurred_at=first.created_at, **waiting))
    for index in range(1, len(life)):
        at = max(life[index].occurred_at, life[index - 1].occurred_at)
        life[index] = replace(life[index], occurred_at=at)
    return life


def _by_seq(facts: Sequence[TicketFact]) -> Iterator[list[TicketFact]]:
    for seq in sorted({fact.seq for fact in facts}):
        yield [fact for fact in facts if fact.seq == seq]


def expected_clocks(facts: Sequence[TicketFact]) -> list[Expected]:
    """All clocks that any policy could measure, by target and cycle."""
    life = whole_life(facts)
    tellings = (_replies, _updates, _resolution, _acceptances, _stays)
    return [one for telling in tellings for one in telling(life)]


def _spells(
    life: Sequence[TicketFact], holds: Callable[[TicketFact], object]
) -> Iterator[tuple[int, int | None]]:
    """Runs of facts for which something holds and is the same: (first index, index after)."""
    start = None
    for index, fact in enumerate(life):
        if start is not None and holds(fact) != holds(life[start]):
            yield start, index
            start = None
        if start is None and holds(fact):
            start = index
    if start is not None:
        yield start, None


def _expected(
    life: Sequence[TicketFact], target: str, cycle: int, start: int, end: int | None, is_met: bool
) -> Expected:
    run = life[start].occurred_at, None if end is None else life[end].occurred_at
    last = len(life) - 1 if end is None else max(start, end - 1)
    return Expected(target, cycle, [run], is_met, life[last])


def _replies(life: Sequence[TicketFact]) -> Iterator[Expected]:
    first, following = 0, 0
    for start, end in _spells(life, _is_unfinished):
        stop = len(life) if end is None else end + 1
        replied_before = any(fact.is_public_reply for fact in life[:start])
        answers = [n for n in range(start, stop) if life[n].is_public_reply]
        asked = _asked_while_finished(life, start)
        if not replied_before:
            first += 1
            stopped = answers[0] if answers else end
            yield _since(
                _expected(life, "first_reply", first, start, stopped, bool(answers)), asked
            )
        edges = ([start] if replied_before else []) + answers
        for nth, edge in enumerate(edges):
            after = [*edges, stop][nth + 1]
            questions = [n for n in range(edge, after) if life[n].is_question]
            begun = [n for n in questions if _is_unfinished(life[n])][:1]
            earlier = asked if replied_before and nth == 0 else None
            if earlier is not None:
                begun = [start]
            if begun:
                following += 1
                is_met = after in answers
                stopped = after if is_met else end
                one = _expected(life, "next_reply", following, begun[0], stopped, is_met)
                yield _since(one, earlier)


def _since(one: Expected, at: datetime | None) -> Expected:
    if at is not None:
        one.runs[0] = (at, one.runs[0][1])
    return one


def _asked_while_finished(life: Sequence[TicketFact], start: int) -> datetime | None:
    """When the customer first wrote into the finished ticket, and was not answered there."""
    at = None
    for fact in reversed(life[:start]):
        if _is_unfinished(fact) or fact.is_public_reply:
            return at
        if fact.is_question:
            at = fact.occurred_at
    return at


def _resolution(life: Sequence[TicketFact]) -> Iterator[Expected]:
    spells = list(_spells(life, _is_unfinished))
    if spells:
        start, end = spells[-1]
        is_met = end is not None and life[end].status_category == "solved"
        one = _expected(life, "resolution", 1, start, end, is_met)
        earlier = [(life[a].occurred_at, life[b].occurred_at) for a, b in spells[:-1] if b]
        one.runs = earlier + one.runs
        yield one


def _acceptances(life: Sequence[TicketFact]) -> Iterator[Expected]:
    found: dict[int, Expected] = {}
    for start, end in _spells(life, _unaccepted_epoch):
        epoch = life[start].epoch
        after = life[end] if end is not None else None
        is_met = bool(after and after.has_assignee and after.epoch == epoch and after.is_accepted)
        one = _expected(life, "accept", epoch, start, end, is_met)
        if epoch in found:
            one.runs = found[epoch].runs + one.runs
        found[epoch] = one
    yield from found.values()


def _unaccepted_epoch(fact: TicketFact) -> int:
    waits = fact.has_assignee and not fact.is_accepted and _is_unfinished(fact)
    return fact.epoch if waits else 0


def _updates(life: Sequence[TicketFact]) -> Iterator[Expected]:
    cycle = 0
    for start, end in _spells(life, lambda fact: fact.status_category == "open"):
        stop = len(life) if end is None else end
        signs = [n for n in range(start + 1, stop) if _is_sign(life[n])]
        edges: list[int | None] = [start, *signs, end]
        for begun, stopped in pairwise(edges):
            cycle += 1
            after = None if stopped is None else life[stopped]
            is_met = bool(after and _is_sign(after) and after.status_category != "closed")
            yield _expected(life, "update", cycle, begun or 0, stopped, is_met)


def _stays(life: Sequence[TicketFact]) -> Iterator[Expected]:
    for cycle, (start, end) in enumerate(_spells(life, lambda fact: fact.status), 1):
        one = _expected(life, "status", cycle, start, end, end is not None)
        one.status = life[start].status
        yield one


def _is_unfinished(fact: TicketFact) -> bool:
    return fact.status_category not in FINISHED


def _is_sign(fact: TicketFact) -> bool:
    if fact.type in ("ticket.assigned", "ticket.accepted"):
        return True
    by_staff = ("ticket.replied", "ticket.solved", "ticket.status_changed")
    return fact.type in by_staff and fact.actor_kind == "staff"


class Ledger:
    """Counts minutes: open ones, of a life whose last state goes on."""

    def __init__(
        self,
        facts: Sequence[TicketFact],
        is_open: Callable[[datetime], bool],
        horizon: datetime,
    ) -> None:
        life = whole_life(facts)
        self._start = life[0].occurred_at
        self._minutes = list(_each_minute(self._start, horizon))
        self._open = [is_open(at) for at in self._minutes]
        self._statuses = [_status_at(life, at) for at in self._minutes]

    def due(
        self, one: Expected, paused_in: frozenset[str], seconds: int, *, always: bool
    ) -> tuple[datetime | None, int]:
        """When `seconds` have been counted, and what was left of them when the counting stopped."""
        left = seconds // 60
        first = (one.started_at - self._start) // MINUTE
        for index in range(first, len(self._minutes)):
            at = self._minutes[index]
            if one.ended_at is None or at < one.ended_at:
                if one.target != "status" and self._statuses[index] in paused_in:
                    continue
                if not any(a <= at and (b is None or at < b) for a, b in one.runs):
                    continue
            left -= always or self._open[index]
            if not left:
                return at + MINUTE, 0
        return None, left * 60


def _each_minute(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


def _status_at(life: Sequence[TicketFact], at: datetime) -> str:
    return next(fact.status for fact in reversed(life) if fact.occurred_at <= at)
