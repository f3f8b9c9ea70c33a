"""Time limits of collaborations: a job with own transactions."""

from uuid import UUID

from libs.common.actor import SYSTEM
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.timers import Timer, run_due_timers
from services.ticketing.use_cases.collaborations import DUE_TIMER, find_overdue


def run_collaboration_timers(database: Database) -> int:
    """What is due, each once; returns how many were."""
    return run_due_timers(database, {DUE_TIMER: _ring})


def _ring(uow: UnitOfWork, timer: Timer) -> None:
    find_overdue(uow, SYSTEM, utc_now(), collaboration_id=UUID(timer.key))
