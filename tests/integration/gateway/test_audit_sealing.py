"""The sealer: in order, once, whatever happens at the same time."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.audit.chores import protect_partitions
from gateway.audit.sealer import BATCH, seal_batch
from gateway.audit.settings import SealKeys
from gateway.audit.settling import settle_unfinished
from gateway.audit.tail import add_entry
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.database.partitions import ensure_partitions
from libs.common.database.unit_of_work import Database
from tests.support.audit import KEYS, Log, entry_of

pytestmark = pytest.mark.services("gateway")


@pytest.fixture(scope="module")
def log(config: Config) -> Iterator[Log]:
    database = Database.connect("gateway", config)
    yield Log(database)
    database.close()


def positions(log: Log) -> list[int]:
    return [row[0] for row in log.rows("SELECT position FROM audit_entries ORDER BY position")]


def test_entries_are_numbered_without_a_gap_in_their_order(log: Log) -> None:
    before = len(positions(log))
    log.append(3)
    log.append(2)
    assert positions(log) == list(range(1, before + 6))
    instants = log.rows("SELECT occurred_at FROM audit_entries ORDER BY position")
    assert instants == sorted(instants)
    assert log.rows("SELECT count(*) FROM audit_tail") == [(0,)]
    assert log.problems() == []


def test_without_entries_nothing_is_sealed(log: Log) -> None:
    seals = log.rows("SELECT count(*) FROM audit_seals")
    log.seal()
    assert log.rows("SELECT count(*) FROM audit_seals") == seals


def test_more_than_a_batch_is_sealed_in_several(log: Log) -> None:
    log.write(*(entry_of() for _ in range(BATCH + 1)))
    assert seal_batch(log.database, KEYS) is True
    assert seal_batch(log.database, KEYS) is False
    assert log.rows("SELECT count FROM audit_seals ORDER BY number DESC LIMIT 2") == [
        (1,),
        (BATCH,),
    ]
    assert log.problems() == []


def test_a_late_entry_is_sealed_after_younger_ones(log: Log) -> None:
    late = entry_of(now=utc_now() - timedelta(seconds=30))
    with log.database.begin() as uow:
        add_entry(uow, late)
        uow.session.flush()
        log.append(2)
        uow.commit()
    log.seal()
    found = log.rows(
        "SELECT entry_id FROM audit_entries ORDER BY position DESC LIMIT 1",
    )
    assert found == [(late["entry_id"],)]
    assert log.problems() == []


def test_an_insert_that_was_repeated_after_sealing_is_one_entry(log: Log) -> None:
    entry = entry_of()
    for _ in range(2):
        log.write(entry)
        log.seal()
    query = "SELECT count(*) FROM audit_entries WHERE entry_id = :id"
    assert log.rows(query, id=entry["entry_id"]) == [(1,)]
    assert log.rows("SELECT count(*) FROM audit_tail") == [(0,)]
    assert log.problems() == []


def test_a_batch_that_was_not_committed_leaves_no_trace(log: Log) -> None:
    before = log.rows("SELECT count(*) FROM audit_seals")
    log.write(entry_of())
    broken = SealKeys(("no key",))  # fails at the last step

    with pytest.raises(TypeError):
        seal_batch(log.database, broken)
    assert log.rows("SELECT count(*) FROM audit_seals") == before
    log.seal()
    assert log.problems() == []


def test_several_sealers_and_writers_at_once_make_one_chain(log: Log) -> None:
    before, done = len(positions(log)), threading.Event()

    def write() -> None:
        for _ in range(40):
            log.write(entry_of(), entry_of())

    def seal() -> None:
        while not done.is_set():
            seal_batch(log.database, KEYS)

    writers = [threading.Thread(target=write) for _ in range(3)]
    sealers = [threading.Thread(target=seal) for _ in range(2)]
    for thread in (*writers, *sealers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    log.seal()
    assert len(positions(log)) == before + 240
    assert log.problems() == []


def test_a_new_key_seals_and_old_seals_still_verify(log: Log) -> None:
    log.append(1)
    rotated = SealKeys((b"n" * 32, *KEYS.keys))
    log.write(entry_of())
    seal_batch(log.database, rotated)
    assert log.problems(keys=rotated) == []
    (problem,) = log.problems()
    assert "AUDIT_KEY does not hold" in problem
    # Back, for the others.
    log.append(1)
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("TRUNCATE audit_seals, audit_entries"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET address = '203.0.113.9'",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "UPDATE {partition} SET address = '203.0.113.9'",
        "DELETE FROM {partition}",
        "TRUNCATE {partition}",
        "UPDATE audit_seals SET count = 0",
        "DELETE FROM audit_seals",
        "TRUNCATE audit_seals",
        "UPDATE audit_tail SET address = '203.0.113.9'",
        "TRUNCATE audit_tail",
    ],
)
def test_nothing_of_the_log_lets_itself_be_changed(log: Log, statement: str) -> None:
    log.append(1)
    log.write(entry_of())
    ((partition,),) = log.rows("SELECT DISTINCT tableoid::regclass::text FROM audit_entries")
    with pytest.raises(DBAPIError, match="append-only"), log.database.engine.begin() as connection:
        connection.execute(text(statement.format(partition=partition)))


def test_new_months_are_protected_too(log: Log) -> None:
    with log.database.engine.begin() as connection:
        ensure_partitions(connection, "audit_entries", start=utc_now() + timedelta(days=200))
    assert len([p for p in log.problems() if "triggers" in p]) >= 2
    protect_partitions(log.database)
    assert [p for p in log.problems() if "triggers" in p] == []


def test_an_action_without_an_outcome_is_given_one(log: Log) -> None:
    long_ago, now = utc_now() - timedelta(minutes=11), utc_now()
    lost, sealed = (
        entry_of(phase="intent", now=long_ago, status=None, outcome=None) for _ in range(2)
    )
    told = entry_of(phase="intent", now=long_ago, status=None, outcome=None)
    recent = entry_of(phase="intent", now=now, status=None, outcome=None)
    log.write(sealed)
    log.seal()
    log.write(lost, told, recent, entry_of(action_id=told["action_id"], now=long_ago))
    with log.database.engine.begin() as connection:
        connection.execute(text("UPDATE audit_state SET settled_until = now() - interval '1 hour'"))
    assert settle_unfinished(log.database) == 2
    assert settle_unfinished(log.database) == 0
    unknown = log.rows(
        "SELECT action_id, phase, object_id, actor_login FROM audit_tail WHERE outcome = 'unknown'"
    )
    about = ("outcome", lost["object_id"], "CS001")
    assert set(unknown) == {(one["action_id"], *about) for one in (lost, sealed)}
    log.seal()
