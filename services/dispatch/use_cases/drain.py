"""Decides what waits in a group that was woken: a batch in one transaction, in the list's order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.dispatch.domain.assignments import AUTOMATIC, PROPOSED, Assignment
from services.dispatch.domain.candidates import Candidate
from services.dispatch.domain.choosing import Ask, Board, Choice
from services.dispatch.domain.rules import Rule
from services.dispatch.domain.settings import CRITICAL, Settings
from services.dispatch.domain.waiting import Waiting
from services.dispatch.storage.assignment_rows import last_agents
from services.dispatch.storage.candidates import load_board
from services.dispatch.storage.load_rows import lock_loads
from services.dispatch.storage.rule_book import RuleBook, load_rules
from services.dispatch.storage.ticket_copies import lock_tickets
from services.dispatch.storage.waiting_rows import (
    Queued,
    next_in_group,
    still_waiting,
    take_woken_group,
)
from services.dispatch.use_cases.ledger import Ledger
from services.dispatch.use_cases.telling import propose

_BATCH = 50
_PAGE = 100
# Tickets for which there is nobody are looked at again and again; so far and no further.
_PAGES = 20


def drain_group(database: Database, now: datetime) -> bool:
    """One batch of one group; False if no group was woken, or others drain those that were."""
    with database.begin() as uow:
        group_id = take_woken_group(uow.session)
        if group_id is None:
            return False
        drain = _Drain(uow, group_id, now)
        drain.decide()
        if not drain.keep():
            # Somebody was given tickets meanwhile: all is decided again by what is so now.
            return True
        crash_point("dispatch_after_drain_before_commit")
        uow.commit()
    crash_point("dispatch_after_drain_commit")
    return True


@dataclass(frozen=True)
class _Decided:
    queued: Queued
    weight: int
    choice: Choice

    @property
    def candidate(self) -> Candidate:
        assert self.choice.candidate is not None
        return self.choice.candidate


@dataclass
class _Drain:
    """One group's turn; nobody else has it at the same time."""

    uow: UnitOfWork
    group_id: UUID
    now: datetime
    assigned: list[_Decided] = field(default_factory=list)
    stuck: list[_Decided] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._book: RuleBook = load_rules(self.uow.session)
        groups = {self.group_id} | self._book.overflow_of(self.group_id)
        self._board: Board = load_board(self.uow.session, groups, self.now, self._book.settings)

    @property
    def _settings(self) -> Settings:
        return self._book.settings

    def decide(self) -> None:
        """Go down the list until a batch is assigned, it ends, or nobody has room."""
        after: Waiting | None = None
        passed_over: set[UUID] = set()
        self._hopeless = self._without_room(is_critical=True)
        for _ in range(_PAGES):
            page = next_in_group(
                self.uow.session,
                self.group_id,
                after=after,
                passed_over=passed_over,
                now=self.now,
                limit=_PAGE,
            )
            self._decide_page(page)
            if len(page) < _PAGE or len(self.assigned) >= _BATCH:
                return
            after = page[-1].waiting
            is_critical = page[-1].header.urgency == CRITICAL
            passed_over = self._without_room(is_critical=is_critical)
            if len(passed_over) == len(self._rules()):
                return

    def _rules(self) -> list[Rule]:
        """Those by which something may wait in this group."""
        return [
            rule
            for rule in self._book.rules
            if rule.group_id == self.group_id or self.group_id in rule.overflow_group_ids
        ]

    def _without_room(self, *, is_critical: bool) -> set[UUID]:
        return {
            rule.rule_id
            for rule in self._rules()
            if not self._board.has_room(rule, self.group_id, is_critical=is_critical)
        }

    def _decide_page(self, page: Sequence[Queued]) -> None:
        known = self._known_agents(page)
        for queued in page:
            rule = self._book.by_id.get(queued.waiting.rule_id or uuid7())
            if rule is None:
                # Removed a moment ago: it will be matched anew.
                continue
            self._decide_one(queued, rule, known.get(queued.header.customer_id))
            if len(self.assigned) >= _BATCH:
                return

    def _decide_one(self, queued: Queued, rule: Rule, known: UUID | None) -> None:
        header, waiting = queued.header, queued.waiting
        if rule.rule_id in self._hopeless and waiting.is_explained:
            return
        weight = self._settings.weight_of(header.urgency, header.channel, header.status_category)
        ask = Ask(
            rule=rule,
            group_id=self.group_id,
            weight=weight,
            is_critical=header.urgency == CRITICAL,
            language=queued.language,
            excluded=waiting.excluded_at(self.now),
            sticky_id=known,
            trigger=waiting.trigger,
            tried=waiting.tried,
        )
        decided = _Decided(queued, weight, self._board.decide(ask))
        if decided.choice.candidate:
            self.assigned.append(decided)
        elif not waiting.is_explained and len(self.stuck) < _BATCH:
            self.stuck.append(decided)

    def _known_agents(self, page: Iterable[Queued]) -> dict[UUID, UUID]:
        """Whom the customers know, where a rule asks for it."""
        sticky = {rule.rule_id for rule in self._rules() if rule.is_sticky}
        customers = {one.header.customer_id for one in page if one.waiting.rule_id in sticky}
        since = self.now - timedelta(days=self._settings.sticky_days)
        return last_agents(self.uow.session, customers, since) if customers else {}

    def keep(self) -> bool:
        """Reserve and write; False if somebody has no room any more: then nothing is written."""
        decided = [*self.assigned, *self.stuck]
        ids = {one.queued.header.ticket_id for one in decided}
        lock_tickets(self.uow.session, ids)
        standing = still_waiting(self.uow.session, self.group_id, ids)
        # What has changed since it was read wakes the group itself.
        kept = [one for one in self.assigned if _stands(one, standing)]
        if not self._reserve(kept):
            return False
        ledger = Ledger(self.now)
        for one in kept:
            self._assign(ledger, one)
        for one in self.stuck:
            if _stands(one, standing):
                self._explain(ledger, one)
        if len(self.assigned) >= _BATCH:
            ledger.wake(self.group_id)
        ledger.write(self.uow.session)
        return True

    def _reserve(self, kept: Sequence[_Decided]) -> bool:
        """Whether all fit, now that nobody else can change the loads."""
        burdens = lock_loads(self.uow.session, {one.candidate.person_id for one in kept})
        loads = {person_id: burden.load for person_id, burden in burdens.items()}
        for one in kept:
            is_critical = one.queued.header.urgency == CRITICAL
            limit = one.candidate.limit(self._settings.critical_excess if is_critical else 0)
            loads[one.candidate.person_id] += one.weight
            if loads[one.candidate.person_id] > limit:
                return False
        return True

    def _assign(self, ledger: Ledger, one: _Decided) -> None:
        header, candidate = one.queued.header, one.candidate
        explanation = one.choice.explanation
        proposed = Assignment(
            assignment_id=uuid7(),
            ticket_id=header.ticket_id,
            customer_id=header.customer_id,
            person_id=candidate.person_id,
            group_id=one.choice.group_id,
            epoch=header.epoch + 1,
            state=PROPOSED,
            mode=AUTOMATIC,
            weight=one.weight,
            decision_id=ledger.decide(header.ticket_id, "assigned", explanation, AUTOMATIC),
            waiting_since=one.queued.waiting.since,
            proposed_at=self.now,
            sent_at=self.now,
        )
        ledger.begin(proposed)
        ledger.leave(one.queued.waiting)
        propose(self.uow, header, proposed, candidate.name)

    def _explain(self, ledger: Ledger, one: _Decided) -> None:
        ledger.decide(one.queued.header.ticket_id, "waiting", one.choice.explanation)
        one.queued.waiting.is_explained = True
        ledger.put(one.queued.waiting)


def _stands(one: _Decided, standing: dict[UUID, int]) -> bool:
    header = one.queued.header
    return standing.get(header.ticket_id) == header.seq
