"""What becomes of a batch of deliveries, with a database alone: each has its effect once."""

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import exc, text

from libs.common.bus.handling import Handler, Handling
from libs.common.contracts.envelope import Event
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.testing.eventually import eventually
from tests.integration.common.deliveries import count, echo, handling, hear, locked, make_due, note
from tests.integration.common.looking import ask, counted, failures, heard, tell, waiting


def test_a_delivery_has_its_effect_once(empty: Database) -> None:
    body = count("a")
    for _ in range(3):
        handling(empty).apply([body])
    assert heard(empty) == {"a": 1}
    assert [event.type for event in waiting(empty)] == ["probe.echoed"]


def test_a_delivery_that_stands_twice_in_a_batch_counts_once(empty: Database) -> None:
    body = count("a")
    handling(empty).apply([body, count("b"), body])
    assert heard(empty) == {"a": 1, "b": 1}


def test_a_mixed_batch_is_sorted_out(empty: Database) -> None:
    known = count("known")
    handling(empty).apply([known])
    handling(empty).apply([known, echo("x"), b"{", count("new"), count("bad"), echo("y")])
    assert heard(empty) == {"known": 1, "new": 1, "echo x": 1, "echo y": 1}
    assert [row.type for row in failures(empty)] == ["undecodable", "probe.counted"]
    assert len(ask(empty, "SELECT * FROM inbox")) == 5


class TestReleases:
    """While they change, replicas of two releases read one queue."""

    def test_what_only_a_newer_one_handles_is_left_to_it(self, empty: Database) -> None:
        older, newer = Handling(empty), handling(empty)
        body = count("a")
        older.apply([body, body])
        newer.apply([body])
        (row,) = failures(empty)
        assert (row.type, row.attempts, row.parked_at) == ("probe.counted", 1, None)
        assert "no handler" in row.error
        make_due(empty)
        assert older.retry_due_failures() == 1
        make_due(empty)
        assert newer.retry_due_failures() == 1
        assert heard(empty) == {"a": 1}
        assert not failures(empty)

    def test_what_only_a_newer_one_knows_is_left_to_it(self, empty: Database) -> None:
        handler = handling(empty)
        handler.apply([count("a", type="probe.unheard_of")])
        make_due(empty)
        assert handler.retry_due_failures() == 1
        (row,) = failures(empty)
        assert (row.type, row.attempts, row.parked_at) == ("probe.unheard_of", 2, None)
        # The newer release: here the type is renamed to one that is known.
        tell(
            empty,
            "UPDATE inbox_failures SET next_at = now(), body = convert_to(replace("
            "convert_from(body, 'UTF8'), 'probe.unheard_of', 'probe.counted'), 'UTF8')",
        )
        assert handler.retry_due_failures() == 1
        assert heard(empty) == {"a": 1}

    def test_what_an_older_one_had_bound_is_passed_over(self, empty: Database) -> None:
        newer = Handling(empty, retired=frozenset({"probe.counted", "probe.unheard_of"}))
        newer.apply([count("a"), count("b", type="probe.unheard_of")])
        assert not failures(empty)
        assert not ask(empty, "SELECT * FROM inbox")


def test_an_empty_batch_is_nothing(empty: Database) -> None:
    handling(empty).apply([])
    assert not heard(empty)


def test_events_of_a_subject_stay_in_order_and_subjects_are_sorted(empty: Database) -> None:
    seen: list[str] = []

    def note_order(_uow: UnitOfWork, events: Sequence[Event]) -> None:
        seen.extend(f"{event.subject} {event.data['amount']}" for event in events)

    bodies = [
        count(subject, data={"key": subject, "amount": amount})
        for amount, subject in enumerate(["b", "a", "c", "a", "b", "a"])
    ]
    handling(empty, note_order).apply(bodies)
    assert seen == ["a 1", "a 3", "a 5", "b 0", "b 4", "c 2"]


def test_a_type_has_one_handler(empty: Database) -> None:
    with pytest.raises(ValueError, match=r"probe\.echoed has two handlers"):
        handling(empty).add("probe.echoed", Handler("another", hear))


def test_trouble_of_the_database_is_raised_and_leaves_nothing(empty: Database) -> None:
    def hang(uow: UnitOfWork, events: Sequence[Event]) -> None:
        hear(uow, events)
        uow.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        uow.session.execute(text("SELECT * FROM counts"))

    body = count("a")
    with locked(empty, "counts"), pytest.raises(exc.OperationalError) as raised:
        handling(empty, hang).apply([body, b"{"])
    assert is_database_trouble(raised.value)
    assert not heard(empty)
    assert not waiting(empty)
    assert not failures(empty)
    handling(empty, hang).apply([body])
    assert heard(empty) == {"a": 1}


def test_a_lost_connection_is_raised_and_leaves_nothing(empty: Database) -> None:
    def lose(uow: UnitOfWork, events: Sequence[Event]) -> None:
        hear(uow, events)
        pid = uow.session.execute(text("SELECT pg_backend_pid()")).scalar()
        tell(empty, "SELECT pg_terminate_backend(:pid)", pid=pid)
        note(uow, "after")

    with pytest.raises(exc.DBAPIError) as raised:
        handling(empty, lose).apply([count("a"), count("b")])
    assert is_database_trouble(raised.value)
    assert not heard(empty)
    assert not failures(empty)


def test_a_batch_that_loses_a_deadlock_is_repeated(empty: Database) -> None:
    tell(empty, "INSERT INTO counts VALUES ('a', 0), ('b', 0)")
    lock = text("UPDATE counts SET amount = amount + 1 WHERE key = :key")
    holds_b, runs = threading.Event(), []

    def lock_a_then_b(uow: UnitOfWork, _events: Sequence[Event]) -> None:
        runs.append(1)
        assert holds_b.wait(30)
        uow.session.execute(lock, {"key": "a"})
        uow.session.execute(lock, {"key": "b"})

    def lock_b_then_a() -> None:
        with empty.begin() as uow:
            uow.session.execute(lock, {"key": "b"})
            holds_b.set()
            # Who waits first is the first to look for a deadlock, and gives way.
            eventually(
                lambda: ask(
                    empty, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid'"
                )
            )
            uow.session.execute(lock, {"key": "a"})
            uow.commit()

    rival = threading.Thread(target=lock_b_then_a)
    rival.start()
    handling(empty, lock_a_then_b).apply([count("x")])
    rival.join(30)
    assert len(runs) == 2
    assert (counted(empty, "a"), counted(empty, "b")) == (2, 2)
    assert not failures(empty)


def test_replicas_with_overlapping_batches_share_the_work(empty: Database) -> None:
    bodies = [count(f"k{n}") for n in range(200)]
    works = [bodies, bodies[::-1], bodies[100:] + bodies[:100]]
    threads = [threading.Thread(target=handling(empty).apply, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert heard(empty) == {f"k{n}": 1 for n in range(200)}
    assert not failures(empty)
