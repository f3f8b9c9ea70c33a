"""Runs the tickets' timers that are due, a batch in one transaction."""

from collections.abc import Sequence
from datetime import tzinfo

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.timers import Timer, run_timer_batch
from services.sla.storage.book import is_behind
from services.sla.use_cases.ring_timers import ring_timers
from services.sla.use_cases.settle import TIMER


def run_timers(database: Database, zone: tzinfo) -> bool:
    """Whether any were due, so that the next batch may follow at once.

    None while events of long ago are being caught up with: what looks missed may have been done.
    """
    with database.begin(read_only=True) as uow:
        if is_behind(uow.session):
            return False

    def ring(uow: UnitOfWork, timers: Sequence[Timer]) -> None:
        ring_timers(uow, timers, zone, utc_now())

    return run_timer_batch(database, TIMER, ring) > 0
