"""Things to do later: one row per (kind, key), done once, after any downtime in order of due time.

Serves reminders, accept time-outs, archiving, retries with a business meaning. Several replicas
run the same timers; SKIP LOCKED shares them out.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.crash_points import crash_point
from libs.common.database.failures import describe
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database, UnitOfWork

_BATCH = 100

_SCHEDULE = text(
    "INSERT INTO timers (kind, key, due_at, try_at, fact) "
    "VALUES (:kind, :key, :due_at, :due_at, CAST(:fact AS jsonb)) "
    "ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, try_at = excluded.try_at, "
    "fact = excluded.fact, attempts = 0, error = NULL"
)
_DUE = text(
    "SELECT timer_id, kind FROM timers "
    "WHERE try_at <= now() AND kind = ANY(:kinds) "
    "ORDER BY try_at, timer_id LIMIT :n FOR UPDATE SKIP LOCKED"
)
# Unless a timer before it has cancelled or moved it.
_TAKE = text(
    "DELETE FROM timers WHERE timer_id = :id AND try_at <= now() RETURNING kind, key, due_at, fact"
)
_POSTPONE = text(
    "UPDATE timers SET attempts = attempts + 1, error = :error, "
    # Not power(2, attempts): after some days it would overflow, and stop all timers.
    "try_at = now() + make_interval(secs => least(power(2, least(attempts, 9)), 300)) "
    "WHERE timer_id = :id"
)


@dataclass(frozen=True)
class Timer:
    """A timer that is due. `fact` is what was scheduled with it."""

    kind: str
    key: str
    due_at: datetime
    fact: dict[str, Any]


TimerHandler = Callable[[UnitOfWork, Timer], None]


def schedule_timer(
    session: Session, kind: str, key: str, due_at: datetime, fact: Mapping[str, Any] | None = None
) -> None:
    """Have `kind`'s handler called once at `due_at`; scheduling it again moves it."""
    parameters = {"kind": kind, "key": key, "due_at": due_at, "fact": json.dumps(fact or {})}
    session.execute(_SCHEDULE, parameters)


def cancel_timer(session: Session, kind: str, key: str) -> bool:
    """Forget the timer; whether there was one."""
    done = session.execute(
        text("DELETE FROM timers WHERE kind = :kind AND key = :key"), {"kind": kind, "key": key}
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def run_due_timers(database: Database, handlers: Mapping[str, TimerHandler]) -> int:
    """Run up to a batch of due timers in one transaction; returns how many were due.

    The effect and the timer's end commit together. A handler that fails is tried again with
    growing delay up to five minutes, and holds up nothing else.
    """
    with database.begin() as uow:
        due = uow.session.execute(_DUE, {"kinds": list(handlers), "n": _BATCH}).all()
        for row in due:
            _run(uow, row, handlers[row.kind])
        crash_point("after_timers_before_commit")
        uow.commit()
    return len(due)


def _run(uow: UnitOfWork, row: Any, handler: TimerHandler) -> None:
    try:
        with uow.savepoint():
            # Gone first, so that the handler may schedule the same key anew.
            timer = uow.session.execute(_TAKE, {"id": row.timer_id}).first()
            if timer is not None:
                handler(uow, Timer(*timer))
    except Exception as error:
        if is_database_trouble(error):
            raise
        uow.session.execute(_POSTPONE, {"id": row.timer_id, "error": describe(error)})
