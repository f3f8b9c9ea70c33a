"""Brings the clocks of locked tickets up to date: what has changed is written, told and timed.

Everything that may move a clock ends here: events, timers, edits of the book, the reconciler.
What results follows from facts, book and time alone, whatever the way to it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.contracts.envelope import Event
from libs.common.contracts.sla import ClockChanged
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.timers import cancel_timers, schedule_timers
from services.sla.domain.clocks import Clock
from services.sla.domain.vocabulary import BREACHED, CANCELLED
from services.sla.storage.clocks import drop_clocks, keep_clocks, keep_told
from services.sla.storage.ticket_copies import TicketCopy, keep_summaries
from services.sla.use_cases.cases import OVERDUE, Case, open_cases

TIMER = "ticket"


def settle_tickets(
    uow: UnitOfWork,
    copies: Sequence[TicketCopy],
    zone: tzinfo,
    now: datetime,
    causes: Mapping[UUID, Event] | None = None,
) -> None:
    """Fold and keep; steps that are due are left to the tickets' timers, which may be past."""
    had = {copy.ticket_id: copy.next_step_at for copy in copies}
    cases = open_cases(uow.session, copies, zone, now)
    close_cases(uow, cases, now, causes)
    set_timers(uow.session, copies, had)


def close_cases(
    uow: UnitOfWork,
    cases: Sequence[Case],
    now: datetime,
    causes: Mapping[UUID, Event] | None = None,
) -> None:
    """Write and tell what has changed, by one statement a table; timers are the caller's."""
    changed: dict[UUID, Clock] = {}
    ticket_of: dict[UUID, UUID] = {}
    for case in cases:
        case.summarise()
        news = case.changed
        changed.update(news)
        ticket_of.update(dict.fromkeys(news, case.copy.ticket_id))
        _tell(uow, case, news, now, (causes or {}).get(case.copy.ticket_id))
    keep_clocks(uow.session, ticket_of, changed)
    drop_clocks(uow.session, [key for case in cases for key in case.gone])
    keep_told(uow.session, [row for case in cases for row in _told_rows(case, now)])
    keep_summaries(uow.session, [case.copy for case in cases])


def set_timers(
    session: Session, copies: Sequence[TicketCopy], had: Mapping[UUID, datetime | None]
) -> None:
    """One timer a ticket, at the next time when it has something to tell; `had`: as they were."""
    moved = [copy for copy in copies if copy.next_step_at != had.get(copy.ticket_id)]
    due = {str(copy.ticket_id): copy.next_step_at for copy in moved if copy.next_step_at}
    schedule_timers(session, TIMER, due)
    cancel_timers(session, TIMER, [str(copy.ticket_id) for copy in moved if not copy.next_step_at])


def _tell(
    uow: UnitOfWork, case: Case, news: Mapping[UUID, Clock], now: datetime, cause: Event | None
) -> None:
    clocks = [_clock_fact(key, clock) for key, clock in news.items() if _is_news(case, key)]
    clocks += [_clock_fact(key, clock, is_undone=True) for key, clock in case.gone.items()]
    if not clocks and not case.announcements:
        return
    copy = case.copy
    copy.revision += 1
    common = {
        "ticket_id": copy.ticket_id,
        "number": copy.number,
        "revision": copy.revision,
        "next_due_at": copy.next_due_at,
        "is_overdue": copy.is_overdue,
        "occurred_at": now,
    }
    subject, is_urgent = str(copy.ticket_id), copy.header["urgency"] == "critical"
    if clocks:
        data = {**common, "clocks": clocks}
        uow.emit(ClockChanged, subject=subject, data=data, time=now, cause=cause)
    for told in case.announcements:
        data = {**common, **_of_clock(case, told.clock_id), **told.said}
        uow.emit(told.schema, subject=subject, data=data, time=now, cause=cause, urgent=is_urgent)


def _is_news(case: Case, clock_id: UUID) -> bool:
    """Whether anybody outside can see the change, and no announcement says it already."""
    before, clock = case.before.get(clock_id), case.clocks[clock_id]
    if before and _clock_fact(clock_id, before) == _clock_fact(clock_id, clock):
        return False
    return clock.state != BREACHED or not any(
        told.clock_id == clock_id and told.step == OVERDUE for told in case.announcements
    )


def _clock_fact(clock_id: UUID, clock: Clock, *, is_undone: bool = False) -> dict[str, Any]:
    """As the event shows it; a clock that never was has not stopped either."""
    passed = clock.elapsed_seconds
    return {
        "clock_id": clock_id,
        "target": clock.target,
        "cycle": clock.cycle,
        "state": CANCELLED if is_undone else clock.state,
        "is_breached": clock.is_breached,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "policy_id": clock.policy_id,
        "stopped_at": None if is_undone else clock.ended_at,
        "elapsed_seconds": None if is_undone or passed is None else int(passed),
    }


def _of_clock(case: Case, clock_id: UUID) -> dict[str, Any]:
    clock, header = case.clocks[clock_id], case.copy.header
    policy = case.policy_of(clock)
    return {
        "clock_id": clock_id,
        "target": clock.target,
        "cycle": clock.cycle,
        "due_at": clock.due_at,
        "policy_id": clock.policy_id,
        "policy_name": policy.name if policy else None,
        "assignee_id": header["assignee_id"],
        "group_id": header["group_id"],
        "assignment_epoch": clock.assignment_epoch,
        "urgency": header["urgency"],
    }


def _told_rows(case: Case, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "clock_id": told.clock_id,
            "step": told.step,
            "ticket_id": case.copy.ticket_id,
            "told_at": now,
        }
        for told in case.announcements
    ]
