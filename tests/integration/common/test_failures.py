"""What cannot be handled is kept with its error, tried again, parked, replayed or discarded."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import exc, text

from libs.common.contracts.envelope import MAX_HOPS, Event
from libs.common.database.failures import (
    MAX_ATTEMPTS,
    count_failures,
    discard_failure,
    list_failures,
    replay_failure,
)
from libs.common.database.unit_of_work import ChainTooLong, Database, UnitOfWork
from libs.common.errors import NotFound
from tests.integration.common.deliveries import count, echo, handling, hear_echo, locked, make_due
from tests.integration.common.looking import ask, counted, failures, heard, tell, waiting


@pytest.mark.parametrize("bad", [{0}, {41}, {99}, {3, 4, 60}, set(range(0, 100, 9))])
def test_the_bad_ones_among_a_hundred_are_kept_and_the_others_go_through(
    empty: Database, bad: set[int]
) -> None:
    handling(empty).apply([count(f"bad {n}" if n in bad else f"good {n}") for n in range(100)])
    assert heard(empty) == {f"good {n}": 1 for n in range(100) if n not in bad}
    assert {row.subject for row in failures(empty)} == {f"bad {n}" for n in bad}
    assert len(waiting(empty)) == 100 - len(bad)


def test_a_failure_keeps_all_that_a_second_attempt_needs(empty: Database) -> None:
    body = count("bad one")
    handling(empty).apply([body])
    (row,) = failures(empty)
    assert bytes(row.body) == body
    assert (row.type, row.subject) == ("probe.counted", "bad one")
    assert row.event_id == UUID(orjson.loads(body)["id"])
    assert row.attempts == 1
    assert row.parked_at is None
    assert row.error.startswith("LookupError: cannot hear bad one")
    assert "in hear" in row.error


def test_a_failed_event_that_comes_again_is_not_tried_out_of_turn(empty: Database) -> None:
    body = count("bad")
    for _ in range(3):
        handling(empty).apply([body])
    assert [row.attempts for row in failures(empty)] == [1]


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00\xff\xfe", "报修".encode("gbk"), b'"\\ud800"', b"[]", b"{}", b"\x80" * 100_000],
)
def test_what_cannot_be_read_is_parked_as_it_came(empty: Database, body: bytes) -> None:
    handling(empty).apply([count("before"), body, count("after")])
    assert heard(empty) == {"before": 1, "after": 1}
    (row,) = failures(empty)
    assert bytes(row.body) == body
    assert row.parked_at is not None
    assert row.event_id is None


def test_what_cannot_be_read_is_parked_once_however_often_it_comes(empty: Database) -> None:
    for _ in range(3):
        handling(empty).apply([b"{", b"[", b"{"])
    assert sorted(bytes(row.body) for row in failures(empty)) == [b"[", b"{"]


@pytest.mark.parametrize(
    "changed",
    [
        {"data": {"key": "a"}},
        {"data": {"key": "a", "amount": "many"}},
        {"data": None},
        {"time": "2026-03-01T12:00:00"},
        {"subject": 5},
        {"subject": "a\0b"},
        {"id": "5"},
        {"hops": "many"},
        {"type": ["probe.counted"]},
    ],
    ids=repr,
)
def test_an_event_that_does_not_fit_is_parked_and_stops_nothing(
    empty: Database, changed: dict[str, Any]
) -> None:
    handling(empty).apply([count("before"), count("a", **changed), count("after")])
    assert heard(empty) == {"before": 1, "after": 1}
    (row,) = failures(empty)
    assert row.parked_at is not None
    assert row.error.startswith("NotAnEvent")


def test_a_parked_misfit_says_what_it_claims_to_be(empty: Database) -> None:
    handling(empty).apply([count("a", data={"key": "a"}), count("b", type=["x"], subject=7)])
    assert [(row.type, row.subject) for row in failures(empty)] == [
        ("probe.counted", "a"),
        ("undecodable", ""),
    ]


@pytest.mark.parametrize("words", ["a\0b", "\ud800", "x" * 100_000])
def test_any_words_of_an_error_can_be_kept(empty: Database, words: str) -> None:
    def fail(_uow: UnitOfWork, _events: Sequence[Event]) -> None:
        raise ValueError(words)

    handling(empty, fail).apply([count("a"), echo("b")])
    assert heard(empty) == {"echo b": 1}
    assert len(failures(empty)) == 1


def test_a_kept_error_does_not_hold_what_the_customer_wrote(empty: Database) -> None:
    def fail(uow: UnitOfWork, events: Sequence[Event]) -> None:
        uow.session.execute(text("SELECT CAST(:phone AS int)"), {"phone": "my secret"})

    handling(empty, fail).apply([count("a")])
    (row,) = failures(empty)
    assert "SELECT CAST" in row.error
    assert "parameters: {'phone'" not in row.error


def test_a_kept_error_names_nobodys_address(empty: Database) -> None:
    def stumble(uow: UnitOfWork, events: Sequence[Event]) -> None:
        raise LookupError("no mail for zhang.wei@example.com, nor a call to +8613800138000")

    handling(empty, stumble).apply([count("a")])
    [kept] = failures(empty)
    assert "no mail for ***@example.com" in kept.error
    assert "zhang.wei" not in kept.error
    assert "13800138000" not in kept.error


def test_a_later_attempt_succeeds_once_the_cause_is_gone(empty: Database) -> None:
    def raise_amount(uow: UnitOfWork, events: Sequence[Event]) -> None:
        for event in events:
            changed = uow.session.execute(
                text("UPDATE counts SET amount = amount + 1 WHERE key = :key"), event.data
            )
            if not changed.rowcount:  # type: ignore[attr-defined]
                raise LookupError("nothing to count yet")

    handler = handling(empty, raise_amount)
    body = count("late")
    handler.apply([body])
    make_due(empty)
    assert handler.retry_due_failures() == 1
    assert [row.attempts for row in failures(empty)] == [2]
    tell(empty, "INSERT INTO counts VALUES ('late', 0)")
    make_due(empty)
    assert handler.retry_due_failures() == 1
    assert counted(empty, "late") == 1
    assert not failures(empty)
    # And the event stays handled.
    handler.apply([body])
    assert counted(empty, "late") == 1


def test_a_failure_waits_for_its_time_longer_and_longer(empty: Database) -> None:
    handler = handling(empty)
    handler.apply([count("bad")])
    assert handler.retry_due_failures() == 0
    delays = []
    for _ in range(5):
        make_due(empty)
        handler.retry_due_failures()
        (row,) = ask(empty, "SELECT next_at - now() AS delay FROM inbox_failures")
        delays.append(round(row.delay.total_seconds()))
    assert delays == [2, 4, 8, 16, 32]


def test_after_ten_attempts_a_failure_is_parked(empty: Database) -> None:
    handler = handling(empty)
    handler.apply([count("bad"), count("good")])
    for _ in range(MAX_ATTEMPTS - 1):
        assert failures(empty)[0].parked_at is None
        make_due(empty)
        assert handler.retry_due_failures() == 1
    (row,) = failures(empty)
    assert row.attempts == MAX_ATTEMPTS == 10
    assert row.parked_at is not None
    assert handler.retry_due_failures() == 0
    with empty.engine.connect() as connection:
        assert count_failures(connection) == (0, 1)


def test_a_failure_that_fails_again_leaves_no_half_effect(empty: Database) -> None:
    handler = handling(empty)
    handler.apply([count("bad one"), count("bad two")])
    make_due(empty)
    assert handler.retry_due_failures() == 2
    assert not heard(empty)
    assert not waiting(empty)


def test_a_parked_failure_can_be_replayed(empty: Database) -> None:
    handling(empty).apply([count("bad")])
    tell(empty, "UPDATE inbox_failures SET parked_at = now(), attempts = 10")
    with empty.engine.begin() as connection:
        replay_failure(connection, failures(empty)[0].failure_id)
    repaired = handling(empty, hear_echo)
    assert repaired.retry_due_failures() == 1
    assert heard(empty) == {"echo bad": 1}
    assert not failures(empty)


def test_a_misfit_can_be_replayed_once_it_fits(empty: Database) -> None:
    """As after a release whose schema was too narrow: here the body is mended instead."""
    handler = handling(empty)
    handler.apply([count("a", data={"key": "a"})])
    mended = count("a")
    tell(
        empty,
        "UPDATE inbox_failures SET body = :body, parked_at = NULL, next_at = now()",
        body=mended,
    )
    assert handler.retry_due_failures() == 1
    assert heard(empty) == {"a": 1}
    # The same event comes again from the queue.
    handler.apply([mended])
    assert heard(empty) == {"a": 1}


def test_a_misfit_that_was_handled_meanwhile_is_not_handled_again(empty: Database) -> None:
    handler = handling(empty)
    handler.apply([b"{"])
    body = count("a")
    handler.apply([body])
    tell(
        empty,
        "UPDATE inbox_failures SET body = :body, parked_at = NULL, next_at = now()",
        body=body,
    )
    assert handler.retry_due_failures() == 1
    assert heard(empty) == {"a": 1}
    assert not failures(empty)


def test_what_still_cannot_be_read_is_parked_again_at_once(empty: Database) -> None:
    handler = handling(empty)
    handler.apply([b"{"])
    with empty.engine.begin() as connection:
        replay_failure(connection, failures(empty)[0].failure_id)
    assert handler.retry_due_failures() == 1
    assert failures(empty)[0].parked_at is not None


def test_a_failure_can_be_discarded(empty: Database) -> None:
    body = count("bad")
    handling(empty).apply([body])
    with empty.engine.begin() as connection:
        discard_failure(connection, failures(empty)[0].failure_id)
    handling(empty).apply([body])
    assert not failures(empty)


def test_an_unknown_failure_cannot_be_replayed_or_discarded(empty: Database) -> None:
    for change in (replay_failure, discard_failure):
        with empty.engine.begin() as connection, pytest.raises(NotFound):
            change(connection, 4711)


def test_the_list_shows_newest_first_and_no_bodies(empty: Database) -> None:
    handling(empty).apply([count("bad one")])
    handling(empty).apply([b"{"])
    with empty.engine.connect() as connection:
        unreadable, bad = list_failures(connection)
    assert (bad["type"], bad["subject"], bad["attempts"]) == ("probe.counted", "bad one", 1)
    assert bad["parked_at"] is None
    assert unreadable["parked_at"] is not None
    assert "body" not in bad
    orjson.dumps([unreadable, bad])


def test_a_chain_that_is_too_long_is_parked_at_once(empty: Database) -> None:
    handling(empty).apply([count("a", hops=MAX_HOPS - 1), count("b", hops=MAX_HOPS - 2)])
    assert heard(empty) == {"b": 1}
    (row,) = failures(empty)
    assert row.error.startswith(ChainTooLong.__name__)
    assert row.parked_at is not None


def test_trouble_during_a_retry_counts_no_attempt(empty: Database) -> None:
    def hang(uow: UnitOfWork, _events: Sequence[Event]) -> None:
        uow.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        uow.session.execute(text("SELECT * FROM counts"))

    handling(empty).apply([count("bad")])
    make_due(empty)
    with locked(empty, "counts"), pytest.raises(exc.OperationalError):
        handling(empty, hang).retry_due_failures()
    assert [row.attempts for row in failures(empty)] == [1]


def insert_checked_late(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Two equal keys are refused, but by the commit."""
    uow.session.execute(
        text("CREATE TABLE IF NOT EXISTS late (key text UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    )
    rows = [{"key": event.data["key"]} for event in events]
    uow.session.execute(text("INSERT INTO late VALUES (:key)"), rows)


def test_what_only_the_commit_refuses_is_kept_and_stops_nothing(empty: Database) -> None:
    handler = handling(empty, insert_checked_late)
    handler.apply([count(key) for key in ["a", "b", "twice", "c", "twice", "d"]])
    rows = ask(empty, "SELECT key FROM late ORDER BY key")
    assert [row.key for row in rows] == ["a", "b", "c", "d", "twice"]
    assert [row.subject for row in failures(empty)] == ["twice"]
    handler.apply([count("a"), count("e")])
    make_due(empty)
    assert handler.retry_due_failures() == 2
    assert {row.subject: row.attempts for row in failures(empty)} == {"twice": 2, "a": 2}
