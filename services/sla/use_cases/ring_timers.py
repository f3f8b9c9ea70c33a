"""A ticket's time has come: warnings, breaches and steps are told, each once."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from libs.common.contracts.sla import ClockBreached, ClockWarned, StepReached
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.timers import Timer, schedule_timers
from services.sla.domain.clocks import Clock
from services.sla.domain.policies import MOST_REPEATS
from services.sla.domain.stepping import Reached, steps_due
from services.sla.domain.vocabulary import BEFORE, BREACHED
from services.sla.storage.ticket_copies import TicketCopy, try_lock
from services.sla.use_cases.cases import OVERDUE, WARNED, Announcement, Case, open_cases
from services.sla.use_cases.settle import TIMER, close_cases

# A ticket that somebody else has locked is being settled just now.
_BUSY = timedelta(milliseconds=100)
# What is past after all that was due has been told comes at the next beat, not at once.
_BEAT = timedelta(seconds=1)


def ring_timers(uow: UnitOfWork, timers: Sequence[Timer], zone: tzinfo, now: datetime) -> None:
    """Tell what is due on these tickets, and set their next timers.

    Never waits for a ticket: whoever holds one may be waiting for its timer.
    """
    wanted = {UUID(timer.key) for timer in timers}
    copies = try_lock(uow.session, wanted)
    busy = wanted - {copy.ticket_id for copy in copies}
    cases = open_cases(uow.session, copies, zone, now)
    for case in cases:
        _announce(case, now)
    close_cases(uow, cases, now)
    crash_point("after_clocks_told")
    again = {str(copy.ticket_id): _next(copy, now) for copy in copies if copy.next_step_at}
    schedule_timers(uow.session, TIMER, {**again, **{str(key): now + _BUSY for key in busy}})


def _next(copy: TicketCopy, now: datetime) -> datetime:
    assert copy.next_step_at is not None
    return copy.next_step_at if copy.next_step_at > now else now + _BEAT


def _announce(case: Case, now: datetime) -> None:
    """What is due on the ticket's clocks, in the order of its times."""
    found: list[tuple[datetime, Announcement]] = []
    for clock_id, clock in case.clocks.items():
        found += _due(case, clock_id, clock, now)
    for _, announcement in sorted(found, key=lambda one: one[0]):
        case.announce(announcement, now)


def _due(
    case: Case, clock_id: UUID, clock: Clock, now: datetime
) -> list[tuple[datetime, Announcement]]:
    policy = case.policy_of(clock)
    if not clock.is_unended or clock.due_at is None or policy is None:
        return []
    done = case.told.get(clock_id, {})
    reached = steps_due(clock, policy, case.book.hours_of(policy), done, now)
    found = [(one.at, _step(case, clock_id, one)) for one in reached]
    if clock.state == BREACHED and OVERDUE not in done:
        # Before the steps at the same instant: who hears of a step knows of the breach.
        found.insert(0, (clock.due_at, Announcement(ClockBreached, clock_id, OVERDUE)))
    warnings = [one for one in reached if one.phase == BEFORE]
    if warnings and WARNED not in done:
        found.insert(0, (warnings[0].at, Announcement(ClockWarned, clock_id, WARNED)))
    return found


def _step(case: Case, clock_id: UUID, reached: Reached) -> Announcement:
    # Policies that pass a ticket to one another would do so for ever: each time is a new clock.
    is_circling = case.times_told(reached.step) >= MOST_REPEATS
    actions = () if is_circling else reached.step.actions
    said = {
        "step": reached.key,
        "phase": reached.phase,
        "recipients": [one.as_json() for one in reached.step.recipients],
        "actions": [action.as_json() for action in actions],
    }
    return Announcement(StepReached, clock_id, reached.key, said)
