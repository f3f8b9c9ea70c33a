"""Tickets whose clocks are being brought up to date: as they were, and as facts and book say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.contracts.sla import OneClockEvent
from services.sla.domain.book import PolicyBook
from services.sla.domain.clocks import Clock
from services.sla.domain.facts import TicketFact
from services.sla.domain.folding import fold
from services.sla.domain.policies import Policy, Step
from services.sla.domain.stepping import next_step_at
from services.sla.domain.vocabulary import BREACHED
from services.sla.storage.clocks import Told, load_clocks, load_told
from services.sla.storage.facts import load_facts
from services.sla.storage.shelf import find_book
from services.sla.storage.ticket_copies import TicketCopy

# Among the steps of a clock that have been told; no step of a policy has such a key.
WARNED, OVERDUE = "#warned", "#breached"


@dataclass(frozen=True)
class Announcement:
    """What an event of one clock will say, and the steps that it ticks off."""

    schema: type[OneClockEvent]
    clock_id: UUID
    step: str
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Case:
    """A locked ticket with its clocks before and now, and what is to be told of them."""

    copy: TicketCopy
    book: PolicyBook
    before: Mapping[UUID, Clock]
    clocks: Mapping[UUID, Clock]
    told: dict[UUID, Told]
    announcements: list[Announcement] = field(default_factory=list)

    @property
    def changed(self) -> dict[UUID, Clock]:
        """New clocks, and those that are not as they were."""
        return {key: clock for key, clock in self.clocks.items() if self.before.get(key) != clock}

    @property
    def gone(self) -> dict[UUID, Clock]:
        """Clocks that a policy or a late fact has undone."""
        return {key: clock for key, clock in self.before.items() if key not in self.clocks}

    def policy_of(self, clock: Clock) -> Policy | None:
        """The revision that the clock counts by."""
        return self.book.revision(clock.policy_id, clock.revision)

    def times_told(self, step: Step) -> int:
        """How often the step has been told of all the ticket's clocks together."""
        keys = (key for told in self.told.values() for key in told)
        return sum(key.partition("#")[0] == step.key for key in keys)

    def announce(self, announcement: Announcement, now: datetime) -> None:
        """Once and never again."""
        self.told.setdefault(announcement.clock_id, {})[announcement.step] = now
        self.announcements.append(announcement)

    def summarise(self) -> None:
        """Put into the copy what lists and timers need to know."""
        unended = {key: clock for key, clock in self.clocks.items() if clock.is_unended}
        due = [clock.due_at for clock in unended.values() if clock.due_at is not None]
        self.copy.next_due_at = min(due, default=None)
        self.copy.is_overdue = any(clock.state == BREACHED for clock in unended.values())
        times = [self._next_time(key, clock) for key, clock in unended.items()]
        self.copy.next_step_at = min((at for at in times if at is not None), default=None)

    def _next_time(self, clock_id: UUID, clock: Clock) -> datetime | None:
        """When the clock has something to tell next."""
        policy = self.policy_of(clock)
        if clock.due_at is None or policy is None:
            return None
        done = self.told.get(clock_id, {})
        step_at = next_step_at(clock, policy, self.book.hours_of(policy), done)
        # Breached and told of, or due another time: an edit had moved its due time into the future.
        if clock.state == BREACHED and OVERDUE in done:
            return step_at
        return clock.due_at if step_at is None else min(step_at, clock.due_at)


def open_cases(
    session: Session, copies: Sequence[TicketCopy], zone: tzinfo, now: datetime
) -> list[Case]:
    """Load and fold locked tickets, by one statement a table."""
    if not copies:
        return []
    ids = [copy.ticket_id for copy in copies]
    revision, book = find_book(session)
    facts = load_facts(session, copies, zone)
    before, told = load_clocks(session, ids), load_told(session, ids)
    cases = []
    for copy in copies:
        copy.book_revision = revision
        known = before.get(copy.ticket_id, {})
        clocks = fold_clocks(copy.ticket_id, facts.get(copy.ticket_id, []), book, known, now)
        own = {key: told[key] for key in clocks.keys() | known.keys() if key in told}
        cases.append(Case(copy, book, known, clocks, own))
    return cases


def fold_clocks(
    ticket_id: UUID,
    facts: Sequence[TicketFact],
    book: PolicyBook,
    before: Mapping[UUID, Clock],
    now: datetime,
) -> dict[UUID, Clock]:
    """A ticket's clocks by id."""
    clocks = {clock.id_for(ticket_id): clock for clock in fold(facts, book, now)}
    return {key: _settled(clock, before.get(key)) for key, clock in clocks.items()}


def _settled(clock: Clock, before: Clock | None) -> Clock:
    """An ended clock keeps the due time it had: calendars are edited for what comes.

    The due time follows from the rest of a clock and the calendar, so that nothing else can have
    changed where the rest is the same.
    """
    if before is None or clock.is_unended or before.is_unended:
        return clock
    frozen = replace(
        clock,
        due_at=before.due_at,
        is_breached=before.is_breached,
        remaining_seconds=before.remaining_seconds,
        elapsed_seconds=before.elapsed_seconds,
    )
    return before if frozen == before else clock
