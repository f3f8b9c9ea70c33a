"""Timers ring once, in order, after any downtime; one that fails holds up nothing."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from prometheus_client import REGISTRY
from sqlalchemy import exc, text

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from libs.common.timers import (
    BatchHandler,
    Timer,
    TimerHandler,
    cancel_timer,
    cancel_timers,
    measure_timers,
    run_due_timers,
    run_timer_batch,
    schedule_timer,
    schedule_timers,
)
from services.probe.contract import ProbeCounted
from tests.integration.common.looking import ask, heard, tell, waiting

pytestmark = pytest.mark.services("probe")

ROLE = "probe.jobs"


def in_seconds(seconds: float) -> datetime:
    return utc_now() + timedelta(seconds=seconds)


def schedule(database: Database, key: str, seconds: float = -1, **fact: Any) -> None:
    with database.begin() as uow:
        schedule_timer(uow.session, "ring", key, in_seconds(seconds), fact)
        uow.commit()


def cancel(database: Database, key: str) -> bool:
    with database.begin() as uow:
        was_there = cancel_timer(uow.session, "ring", key)
        uow.commit()
    return was_there


def ring(uow: UnitOfWork, timer: Timer) -> None:
    uow.session.execute(text("INSERT INTO heard VALUES (:key)"), {"key": timer.key})
    data = {"key": timer.key, "amount": 1}
    uow.emit(ProbeCounted, subject=timer.key, data=data)
    if timer.fact.get("fails"):
        raise LookupError(f"cannot ring {timer.key}")


def run(database: Database, handler: TimerHandler = ring) -> int:
    return run_due_timers(database, {"ring": handler})


def timers(database: Database) -> dict[str, Any]:
    return {row.key: row for row in ask(database, "SELECT * FROM timers")}


def make_due(database: Database) -> None:
    tell(database, "UPDATE timers SET try_at = now()")


def note_order(order: list[str]) -> Callable[[UnitOfWork, Timer], None]:
    return lambda _uow, timer: order.append(timer.key)


def test_a_timer_rings_once_and_tells_it(empty: Database) -> None:
    schedule(empty, "a")
    assert [run(empty), run(empty)] == [1, 0]
    assert heard(empty) == {"a": 1}
    assert [event.subject for event in waiting(empty)] == ["a"]
    assert not timers(empty)


def test_a_timer_brings_what_was_scheduled_with_it(empty: Database) -> None:
    due_at, seen = in_seconds(-5), []
    with empty.begin() as uow:
        schedule_timer(uow.session, "ring", "a", due_at, {"level": 2, "why": "超时"})
        uow.commit()
    run(empty, lambda _uow, timer: seen.append(timer))
    assert seen == [Timer("ring", "a", due_at, {"level": 2, "why": "超时"})]


def test_a_timer_does_not_ring_before_its_time(empty: Database) -> None:
    schedule(empty, "later", 3600)
    assert run(empty) == 0
    assert "later" in timers(empty)


def test_a_timer_stands_or_falls_with_its_transaction(empty: Database) -> None:
    with empty.begin() as uow:
        schedule_timer(uow.session, "ring", "a", in_seconds(-1))
    assert run(empty) == 0


def test_after_a_downtime_timers_ring_in_the_order_of_their_times(empty: Database) -> None:
    for hours in (3, 9, 1, 7, 5):
        schedule(empty, f"{hours} hours ago", -3600 * hours)
    order: list[str] = []
    assert run(empty, note_order(order)) == 5
    assert order == [f"{hours} hours ago" for hours in (9, 7, 5, 3, 1)]


def test_another_kind_is_left_to_others(empty: Database) -> None:
    with empty.begin() as uow:
        schedule_timer(uow.session, "someone else's", "a", in_seconds(-1))
        uow.commit()
    assert run(empty) == 0
    assert "a" in timers(empty)


def test_scheduling_again_moves_a_timer(empty: Database) -> None:
    schedule(empty, "a", -1, level=1)
    schedule(empty, "a", 3600, level=2)
    assert run(empty) == 0
    schedule(empty, "a", -1, level=3)
    seen = []
    assert run(empty, lambda _uow, timer: seen.append(timer.fact["level"])) == 1
    assert seen == [3]


def test_a_cancelled_timer_does_not_ring(empty: Database) -> None:
    schedule(empty, "a")
    assert cancel(empty, "a")
    assert not cancel(empty, "a")
    assert run(empty) == 0


def test_a_timer_may_schedule_itself_anew(empty: Database) -> None:
    def remind(uow: UnitOfWork, timer: Timer) -> None:
        ring(uow, timer)
        again = timer.due_at + timedelta(hours=1)
        schedule_timer(uow.session, "ring", timer.key, again, {"level": timer.fact["level"] + 1})

    schedule(empty, "a", -2 * 3600 - 60, level=1)
    assert [run(empty, remind) for _ in range(4)] == [1, 1, 1, 0]
    assert heard(empty) == {"a": 3}
    assert timers(empty)["a"].fact == {"level": 4}


def test_a_timer_may_cancel_or_move_one_that_is_due_as_well(empty: Database) -> None:
    def settle(uow: UnitOfWork, timer: Timer) -> None:
        ring(uow, timer)
        cancel_timer(uow.session, "ring", "cancelled")
        schedule_timer(uow.session, "ring", "moved", in_seconds(3600), {"level": 2})

    schedule(empty, "first", -60)
    schedule(empty, "cancelled", -30)
    schedule(empty, "moved", -20)
    run(empty, settle)
    assert heard(empty) == {"first": 1}
    assert {key: row.fact for key, row in timers(empty).items()} == {"moved": {"level": 2}}


def test_a_timer_that_fails_is_tried_again_and_holds_up_nothing(empty: Database) -> None:
    schedule(empty, "before", -60)
    schedule(empty, "bad", -50, fails=True)
    schedule(empty, "after", -40)
    assert run(empty) == 3
    assert heard(empty) == {"before": 1, "after": 1}
    assert {event.subject for event in waiting(empty)} == {"before", "after"}
    assert run(empty) == 0
    (row,) = timers(empty).values()
    assert (row.key, row.attempts) == ("bad", 1)
    assert row.error.startswith("LookupError: cannot ring bad")
    tell(empty, "UPDATE timers SET fact = '{}', try_at = now()")
    assert run(empty) == 1
    assert heard(empty)["bad"] == 1
    assert not timers(empty)


def test_the_pauses_of_a_failing_timer_grow_to_five_minutes(empty: Database) -> None:
    schedule(empty, "bad", fails=True)
    pauses = []
    for _ in range(11):
        make_due(empty)
        run(empty)
        (row,) = ask(empty, "SELECT try_at - now() AS pause FROM timers")
        pauses.append(round(row.pause.total_seconds()))
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_timer_that_has_failed_for_days_still_holds_up_nothing(empty: Database) -> None:
    schedule(empty, "bad", fails=True)
    schedule(empty, "good")
    tell(empty, "UPDATE timers SET attempts = 5000 WHERE key = 'bad'")
    assert run(empty) == 2
    assert heard(empty) == {"good": 1}
    assert timers(empty)["bad"].attempts == 5001


def test_scheduling_again_forgets_the_failures(empty: Database) -> None:
    schedule(empty, "bad", fails=True)
    run(empty)
    schedule(empty, "bad")
    row = timers(empty)["bad"]
    assert (row.attempts, row.error) == (0, None)
    assert run(empty) == 1
    assert heard(empty) == {"bad": 1}


def test_trouble_of_the_database_counts_no_attempt(empty: Database) -> None:
    def hang(uow: UnitOfWork, timer: Timer) -> None:
        ring(uow, timer)
        uow.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        uow.session.execute(text("SELECT * FROM counts"))

    schedule(empty, "a")
    with empty.begin() as holder:
        holder.session.execute(text("LOCK TABLE counts"))
        with pytest.raises(exc.OperationalError):
            run(empty, hang)
    assert not heard(empty)
    assert timers(empty)["a"].attempts == 0


def test_many_runners_share_many_timers(empty: Database) -> None:
    with empty.begin() as uow:
        for number in range(400):
            schedule_timer(uow.session, "ring", f"t{number}", in_seconds(-number))
        uow.commit()

    def run_all() -> int:
        total = 0
        while done := run(empty):
            total += done
        return total

    with ThreadPoolExecutor(3) as threads:
        totals = [done.result(60) for done in [threads.submit(run_all) for _ in range(3)]]
    assert sum(totals) == 400
    assert heard(empty) == {f"t{number}": 1 for number in range(400)}


def test_replicas_ring_each_timer_once_even_if_one_dies(
    processes: Processes, probe: Database
) -> None:
    processes.start(ROLE, replicas=2)
    processes.arm("after_timers_before_commit", ROLE)
    with probe.begin() as uow:
        for number in range(200):
            schedule_timer(uow.session, "ring", f"t{number}", in_seconds(0.5))
        schedule_timer(uow.session, "ring", "bad", in_seconds(0.5), {"fails": True})
        uow.commit()
    eventually(lambda: len(heard(probe)) == 200, timeout=30)
    assert heard(probe) == {f"rang t{number}": 1 for number in range(200)}
    assert not processes.is_armed("after_timers_before_commit", ROLE)
    assert set(timers(probe)) == {"bad"}


def schedule_many(database: Database, due: dict[str, float]) -> None:
    with database.begin() as uow:
        times = {key: in_seconds(seconds) for key, seconds in due.items()}
        schedule_timers(uow.session, "ring", times)
        uow.commit()


def run_batch(database: Database, handler: BatchHandler, limit: int = 100) -> int:
    return run_timer_batch(database, "ring", handler, limit)


def ring_all(uow: UnitOfWork, timers: Sequence[Timer]) -> None:
    for timer in timers:
        ring(uow, timer)


def test_many_timers_are_scheduled_moved_and_cancelled_in_a_statement_each(empty: Database) -> None:
    schedule_many(empty, {"a": 3600, "b": 3600})
    schedule_many(empty, {"b": -1, "c": -1, "d": 3600})
    with empty.begin() as uow:
        cancel_timers(uow.session, "ring", ["a", "d", "unknown"])
        cancel_timers(uow.session, "ring", [])
        schedule_timers(uow.session, "ring", {})
        uow.commit()
    assert set(timers(empty)) == {"b", "c"}
    assert run_batch(empty, ring_all) == 2
    assert heard(empty) == {"b": 1, "c": 1}


def test_a_timer_that_stands_as_it_should_is_left_alone(empty: Database) -> None:
    due_at, written = in_seconds(3600), set()
    for _ in range(2):
        with empty.begin() as uow:
            schedule_timers(uow.session, "ring", {"a": due_at})
            uow.commit()
        [row] = ask(empty, "SELECT xmin::text AS by FROM timers")
        written.add(row.by)
    assert len(written) == 1


def test_a_batch_rings_in_the_order_of_its_times_up_to_its_limit(empty: Database) -> None:
    schedule_many(empty, {f"{hours} hours ago": -3600.0 * hours for hours in (3, 9, 1, 7, 5)})
    order: list[str] = []

    def note(_uow: UnitOfWork, due: Sequence[Timer]) -> None:
        order.extend(timer.key for timer in due)

    assert [run_batch(empty, note, limit=3) for _ in range(3)] == [3, 2, 0]
    assert order == [f"{hours} hours ago" for hours in (9, 7, 5, 3, 1)]


def test_a_bad_timer_of_a_batch_is_tried_again_and_holds_up_nothing(empty: Database) -> None:
    schedule_many(empty, {f"t{number}": -60 + number for number in range(9)})
    schedule(empty, "t4", -56, fails=True)
    assert run_batch(empty, ring_all) == 9
    assert heard(empty) == {f"t{number}": 1 for number in range(9) if number != 4}
    [row] = timers(empty).values()
    assert (row.key, row.attempts) == ("t4", 1)
    assert row.error.startswith("LookupError")
    assert run_batch(empty, ring_all) == 0


def test_a_batch_may_schedule_its_own_timers_anew(empty: Database) -> None:
    def remind(uow: UnitOfWork, due: Sequence[Timer]) -> None:
        ring_all(uow, due)
        later = {timer.key: timer.due_at + timedelta(hours=1) for timer in due}
        schedule_timers(uow.session, "ring", later)

    schedule_many(empty, {"a": -2 * 3600 - 60, "b": -60})
    assert [run_batch(empty, remind) for _ in range(4)] == [2, 1, 1, 0]
    assert heard(empty) == {"a": 3, "b": 1}


def test_many_runners_share_batches(empty: Database) -> None:
    schedule_many(empty, {f"t{number}": -number for number in range(1, 401)})

    def run_all() -> int:
        total = 0
        while done := run_batch(empty, ring_all, limit=20):
            total += done
        return total

    with ThreadPoolExecutor(3) as threads:
        totals = [done.result(60) for done in [threads.submit(run_all) for _ in range(3)]]
    assert sum(totals) == 400
    assert set(heard(empty).values()) == {1}


def test_operators_are_told_how_late_timers_are(database: Database) -> None:
    schedule(database, "late", seconds=-90)
    schedule(database, "in time", seconds=90)
    measure_timers(database)
    labels = {"service": database.service}
    assert REGISTRY.get_sample_value("tidedesk_timers_due", labels) == 1
    assert 90 <= (REGISTRY.get_sample_value("tidedesk_timers_late_seconds", labels) or 0) < 120
    cancel(database, "late")
    measure_timers(database)
    assert REGISTRY.get_sample_value("tidedesk_timers_late_seconds", labels) == 0


def test_every_run_of_a_job_is_measured(processes: Processes, probe: Database) -> None:
    processes.start(ROLE)
    address = f"http://127.0.0.1:{processes.health_port(ROLE)}/metrics"
    labels = 'handler="run_timers",outcome="ok",service="probe"'
    eventually(
        lambda: (
            f"tidedesk_handler_seconds_count{{{labels}}}" in requests.get(address, timeout=5).text
        )
    )
    processes.stop(ROLE)
