"""Things to do later: one row per (kind, key), done once, after any downtime in order of due time.

Serves reminders, accept time-outs, archiving, retries with a business meaning. Several replicas
run the same timers; SKIP LOCKED shares them out.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.crash_points import crash_point
from libs.common.database.failures import describe
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.metrics import set_timers

_BATCH = 100

_SCHEDULE = text(
    "INSERT INTO timers (kind, key, due_at, try_at, fact) "
    "VALUES (:kind, :key, :due_at, :due_at, CAST(:fact AS jsonb)) "
    "ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, try_at = excluded.try_at, "
    "fact = excluded.fact, attempts = 0, error = NULL"
)
# In the order of keys, so that replicas wait for one another and do not deadlock; one that stands
# already as it should is left alone.
_SCHEDULE_MANY = text(
    "INSERT INTO timers (kind, key, due_at, try_at) "
    "SELECT :kind, key, due_at, due_at "
    "FROM unnest(CAST(:keys AS text[]), CAST(:times AS timestamptz[])) AS given (key, due_at) "
    "ORDER BY key "
    "ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, try_at = excluded.try_at, "
    "fact = excluded.fact, attempts = 0, error = NULL "
    "WHERE timers.due_at <> excluded.due_at OR timers.fact <> excluded.fact OR timers.attempts > 0"
)
_CANCEL_MANY = text("DELETE FROM timers WHERE kind = :kind AND key = ANY(:keys)")
_DUE = text(
    "SELECT timer_id, kind FROM timers "
    "WHERE try_at <= now() AND kind = ANY(:kinds) "
    "ORDER BY try_at, timer_id LIMIT :n FOR UPDATE SKIP LOCKED"
)
# Unless a timer before it has cancelled or moved it.
_TAKE = text(
    "DELETE FROM timers WHERE timer_id = :id AND try_at <= now() RETURNING kind, key, due_at, fact"
)
_TAKE_MANY = text(
    "WITH taken AS (DELETE FROM timers WHERE timer_id = ANY(:ids) "
    "RETURNING timer_id, kind, key, due_at, fact, try_at) "
    "SELECT timer_id, kind, key, due_at, fact FROM taken ORDER BY try_at, timer_id"
)
_POSTPONE = text(
    "UPDATE timers SET attempts = attempts + 1, error = :error, "
    # Not power(2, attempts): after some days it would overflow, and stop all timers.
    "try_at = now() + make_interval(secs => least(power(2, least(attempts, 9)), 300)) "
    "WHERE timer_id = :id"
)

# As far as it goes in a hurry: how many exactly are due is nobody's question then.
_LATE = text(
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(try_at)), 0) "
    "FROM (SELECT try_at FROM timers WHERE try_at <= now() ORDER BY try_at LIMIT 10000) AS due"
)


@dataclass(frozen=True)
class Timer:
    """A timer that is due. `fact` is what was scheduled with it."""

    kind: str
    key: str
    due_at: datetime
    fact: dict[str, Any]


TimerHandler = Callable[[UnitOfWork, Timer], None]
BatchHandler = Callable[[UnitOfWork, Sequence[Timer]], None]


def schedule_timer(
    session: Session, kind: str, key: str, due_at: datetime, fact: Mapping[str, Any] | None = None
) -> None:
    """Have `kind`'s handler called once at `due_at`; scheduling it again moves it."""
    parameters = {"kind": kind, "key": key, "due_at": due_at, "fact": json.dumps(fact or {})}
    session.execute(_SCHEDULE, parameters)


def schedule_timers(session: Session, kind: str, due: Mapping[str, datetime]) -> None:
    """The same for many keys in one statement, without facts."""
    if due:
        parameters = {"kind": kind, "keys": list(due), "times": list(due.values())}
        session.execute(_SCHEDULE_MANY, parameters)


def cancel_timers(session: Session, kind: str, keys: Collection[str]) -> None:
    """Forget the timers of these keys, if there are any."""
    if keys:
        session.execute(_CANCEL_MANY, {"kind": kind, "keys": sorted(keys)})


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


def run_timer_batch(
    database: Database, kind: str, handler: BatchHandler, limit: int = _BATCH
) -> int:
    """Run up to `limit` due timers of one kind by one call of the handler; returns how many.

    For many timers of which each costs little. Effects and ends commit together; where the handler
    fails the batch is halved until the bad timer is alone, and that is tried again as above.
    """
    with database.begin() as uow:
        due = uow.session.execute(_DUE, {"kinds": [kind], "n": limit}).all()
        if due:
            _run_batch(uow, [row.timer_id for row in due], handler)
            crash_point("after_timers_before_commit")
            uow.commit()
    return len(due)


def _run_batch(uow: UnitOfWork, ids: list[int], handler: BatchHandler) -> None:
    try:
        with uow.savepoint():
            taken = uow.session.execute(_TAKE_MANY, {"ids": ids}).all()
            handler(uow, [Timer(*row[1:]) for row in taken])
        return
    except Exception as error:
        if is_database_trouble(error):
            raise
        if len(ids) == 1:
            uow.session.execute(_POSTPONE, {"id": ids[0], "error": describe(error)})
            return
    middle = len(ids) // 2
    _run_batch(uow, ids[:middle], handler)
    _run_batch(uow, ids[middle:], handler)


def measure_timers(database: Database) -> None:
    """Show how many timers are due (counted to 10,000), and by how much the oldest is late."""
    with database.begin(read_only=True) as uow:
        due, late = uow.session.execute(_LATE).one()
    set_timers(database.service, due=due, late_seconds=float(late))
