"""Keeps sums: days first, then months whose days all hold, then years.

The present day is left: it changes all the time, and is counted when somebody asks.
"""

from datetime import date, datetime, timedelta, tzinfo

from libs.common.database.unit_of_work import Database
from services.reporting.domain.covering import DAY, MONTH, UNIT_OF, YEAR, Marked
from services.reporting.domain.periods import unit_end
from services.reporting.storage.figures import in_shadow
from services.reporting.storage.rebuilds import guard_figures, try_summing
from services.reporting.storage.sums import due_marks, load_marks, sum_up, thin_marks

# A day that is being written to is left in peace for so long, and no longer than that.
QUIET, PATIENCE = timedelta(seconds=5), timedelta(seconds=60)
_SOME = {DAY: 5, MONTH: 1, YEAR: 1}
_TIMEOUT = 120.0  # seconds; a month of a large desk takes a few


def sum_up_some(
    database: Database,
    zone: tzinfo,
    now: datetime,
    *,
    is_shadow: bool = False,
    quiet: timedelta = QUIET,
) -> bool:
    """Some of what is marked, in one transaction; returns whether there was something."""
    with database.begin(timeout=_TIMEOUT) as uow:
        if not is_shadow:
            # Alone: of two who count a day the one with the older view may be the later to write.
            if not try_summing(uow.session):
                return False
            guard_figures(uow.session)
        else:
            in_shadow(uow.session)
        today = now.astimezone(zone).date()
        marked = load_marks(uow.session)
        found = False
        for level in (DAY, MONTH, YEAR):
            due = due_marks(uow.session, level, today, now - quiet, now - PATIENCE, _SOME[level])
            for mark in due:
                if _is_ready(level, mark.start, today, marked):
                    sum_up(uow.session, level, mark.start, mark.marks)
                    found = True
            if found:
                break
        thin_marks(uow.session, today)
        uow.commit()
        return found


def _is_ready(level: int, start: date, today: date, marked: list[tuple[int, date]]) -> bool:
    """Whether all that it is made of holds, and its time is over."""
    below = Marked([(kind, day) for kind, day in marked if kind < level])
    return unit_end(start, UNIT_OF[level]) < today and below.holds(level, start)
