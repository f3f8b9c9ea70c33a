"""A fact and its events stand or fall together."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import exc, text

from libs.common.clock import utc_now
from libs.common.contracts.envelope import MAX_HOPS, Event
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import ChainTooLong, Database, UnitOfWork
from services.probe.contract import ProbeCounted
from tests.integration.common.looking import ask, heard, tell, waiting


def emit(uow: UnitOfWork, key: str, **options: Any) -> None:
    uow.emit(ProbeCounted, subject=key, data={"key": key, "amount": 1}, **options)


def note(uow: UnitOfWork, key: str) -> None:
    uow.session.execute(text("INSERT INTO heard VALUES (:key)"), {"key": key})


def event(hops: int) -> Event:
    return Event(uuid4(), "probe.counted", "x", "x", utc_now(), {}, hops=hops, request_id="r-1")


def keys(database: Database) -> list[str]:
    return [one.data["key"] for one in waiting(database)]


def test_without_a_commit_nothing_has_happened(empty: Database) -> None:
    with empty.begin() as uow:
        note(uow, "a")
        emit(uow, "a")
    assert not heard(empty)
    assert not waiting(empty)


def test_an_error_takes_back_change_and_event(empty: Database) -> None:
    def stumble() -> None:
        with empty.begin() as uow:
            note(uow, "a")
            emit(uow, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    assert not heard(empty)
    assert not waiting(empty)


def test_change_and_event_appear_together_at_the_commit(empty: Database) -> None:
    with empty.begin() as uow:
        note(uow, "a")
        emit(uow, "a")
        assert not heard(empty)
        assert not waiting(empty)
        uow.commit()
        assert heard(empty) == {"a": 1}
        assert keys(empty) == ["a"]


def test_events_leave_in_the_order_in_which_they_were_told(empty: Database) -> None:
    with empty.begin() as uow:
        for key in "cab":
            emit(uow, key)
        uow.commit()
    assert keys(empty) == ["c", "a", "b"]


def test_an_event_carries_the_request_and_its_cause(empty: Database) -> None:
    cause = event(hops=2)
    with empty.begin(request_id="r-7") as uow:
        emit(uow, "a")
        emit(uow, "b", cause=cause)
        uow.commit()
    first, second = waiting(empty)
    assert (first.request_id, first.hops, first.causation_id) == ("r-7", 0, None)
    assert (second.request_id, second.hops, second.causation_id) == ("r-7", 3, cause.id)


def test_an_urgent_event_is_marked(empty: Database) -> None:
    with empty.begin() as uow:
        emit(uow, "slow")
        emit(uow, "fast", urgent=True)
        uow.commit()
    rows = ask(empty, "SELECT is_urgent FROM outbox ORDER BY outbox_id")
    assert [row.is_urgent for row in rows] == [False, True]


def test_a_savepoint_that_fails_takes_its_events_with_it(empty: Database) -> None:
    with empty.begin() as uow:
        note(uow, "before")
        emit(uow, "before")
        with suppress(ZeroDivisionError), uow.savepoint():
            note(uow, "within")
            emit(uow, "within")
            raise ZeroDivisionError
        note(uow, "after")
        emit(uow, "after")
        uow.commit()
    assert heard(empty) == {"before": 1, "after": 1}
    assert keys(empty) == ["before", "after"]


def test_an_outer_savepoint_takes_back_the_inner_ones(empty: Database) -> None:
    with empty.begin() as uow:
        with suppress(ZeroDivisionError), uow.savepoint():
            with uow.savepoint():
                emit(uow, "inner")
            emit(uow, "outer")
            raise ZeroDivisionError
        with uow.savepoint():
            emit(uow, "kept")
        uow.commit()
    assert keys(empty) == ["kept"]


def test_a_failed_statement_spoils_its_savepoint_only(empty: Database) -> None:
    with empty.begin() as uow:
        note(uow, "before")
        with pytest.raises(exc.ProgrammingError), uow.savepoint():
            uow.session.execute(text("SELECT * FROM nowhere"))
        note(uow, "after")
        uow.commit()
    assert heard(empty) == {"before": 1, "after": 1}


@pytest.mark.parametrize("hops", [0, MAX_HOPS - 2])
def test_an_event_may_cause_another(empty: Database, hops: int) -> None:
    with empty.begin() as uow:
        emit(uow, "a", cause=event(hops))
        uow.commit()
    assert waiting(empty)[0].hops == hops + 1


@pytest.mark.parametrize("hops", [MAX_HOPS - 1, MAX_HOPS, 99])
def test_a_chain_of_events_ends(empty: Database, hops: int) -> None:
    with empty.begin() as uow:
        with pytest.raises(ChainTooLong, match=r"probe\.counted"):
            emit(uow, "a", cause=event(hops))
        uow.commit()
    assert not waiting(empty)


@pytest.mark.parametrize(
    "data", [{}, {"key": "a"}, {"key": "a", "amount": "many"}, {"key": None, "amount": 1}]
)
def test_data_that_do_not_fit_are_refused_when_told(empty: Database, data: dict[str, Any]) -> None:
    with empty.begin() as uow:
        emit(uow, "good")
        with pytest.raises(ValueError, match=r"probe\.counted"):
            uow.emit(ProbeCounted, subject="a", data=data)
        uow.commit()
    assert keys(empty) == ["good"]


def test_the_relay_is_woken_by_commits_that_told_something(empty: Database) -> None:
    woken: list[int] = []
    empty.when_emitted(lambda: woken.append(len(waiting(empty))))
    with empty.begin() as uow:
        note(uow, "quiet")
        uow.commit()
    assert woken == []
    with empty.begin() as uow:
        emit(uow, "loud")
        uow.commit()
        # What has been told is not told again by a second commit.
        note(uow, "later")
        uow.commit()
    assert woken == [1]


def test_a_reader_cannot_write(empty: Database) -> None:
    with empty.begin(read_only=True) as uow, pytest.raises(exc.DBAPIError, match="read-only"):
        note(uow, "a")
    assert not heard(empty)


def test_a_statement_ends_with_its_time(empty: Database) -> None:
    with empty.begin(timeout=0.2) as uow, pytest.raises(exc.OperationalError) as cut:
        uow.session.execute(text("SELECT pg_sleep(60)"))
    assert is_database_trouble(cut.value)


def test_a_lock_that_does_not_come_free_is_given_up(empty: Database) -> None:
    with empty.begin() as holder, empty.begin(timeout=0.2) as waiter:
        holder.session.execute(text("LOCK TABLE counts"))
        with pytest.raises(exc.OperationalError) as cut:
            waiter.session.execute(text("SELECT * FROM counts"))
    assert is_database_trouble(cut.value)


def test_limits_end_with_the_transaction(empty: Database) -> None:
    """PgBouncer may give the next transaction the same connection."""
    with empty.begin(read_only=True, timeout=1) as uow:
        uow.session.execute(text("SELECT 1"))
    (row,) = ask(
        empty,
        "SELECT current_setting('statement_timeout') AS statement,"
        " current_setting('lock_timeout') AS lock,"
        " current_setting('transaction_read_only') AS read_only",
    )
    assert tuple(row) == ("0", "0", "off")


def test_connections_that_the_server_has_closed_are_replaced(empty: Database) -> None:
    with empty.begin() as one, empty.begin() as other:
        pids = [
            uow.session.execute(text("SELECT pg_backend_pid()")).scalar() for uow in (one, other)
        ]
    with empty.begin() as uow:
        uow.session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid = ANY(:pids) AND pid <> pg_backend_pid()"
            ),
            {"pids": pids},
        )
    for key in "ab":
        with empty.begin() as uow:
            note(uow, key)
            uow.commit()
    assert heard(empty) == {"a": 1, "b": 1}


def test_a_connection_lost_in_the_middle_is_the_database_s_trouble(empty: Database) -> None:
    def lose() -> None:
        with empty.begin() as uow, uow.savepoint():
            note(uow, "a")
            pid = uow.session.execute(text("SELECT pg_backend_pid()")).scalar()
            tell(empty, "SELECT pg_terminate_backend(:pid)", pid=pid)
            note(uow, "b")

    with pytest.raises(exc.DBAPIError) as lost:
        lose()
    assert is_database_trouble(lost.value)
    assert not heard(empty)
