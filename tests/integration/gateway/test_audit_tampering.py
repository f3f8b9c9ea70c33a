"""Whoever may do anything with the database is found out by the verification."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from gateway.audit.chain import CANONICAL_COLUMNS, entry_hash
from gateway.audit.entry import FIELDS
from gateway.audit.settings import SealKeys
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.audit import Log, entry_of

pytestmark = pytest.mark.services("gateway")

# Position 8 of 12, in the second of three batches; each column gets another value of its type.
_OTHER: dict[str, str] = {
    **dict.fromkeys(("entry_id", "action_id", "actor_id", "credential_id"), "gen_random_uuid()"),
    **dict.fromkeys(
        ("action", "permission", "actor_login", "actor_name", "role", "address", "user_agent"),
        "'another'",
    ),
    **dict.fromkeys(("object_kind", "object_id", "request_id", "detail"), "'another'"),
    "phase": "'fact'",
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "actor_kind": "'system'",
    "status": "status + 1",
    "outcome": "'failed'",
    "position": "1000",
    "entry_hash": "sha256('another')",
    "sealed_at": "sealed_at + interval '1 microsecond'",
}
_SEAL_COLUMNS = {
    "number": "number + 100",
    "first_position": "first_position + 1",
    "last_position": "last_position - 1",
    "count": "count + 1",
    "digest": "sha256('another')",
    "previous_hmac": "sha256('another')",
    "hmac": "sha256('another')",
    "key_id": "'00000000'",
    "sealed_at": "sealed_at + interval '1 second'",
}


@pytest.fixture
def log(config: Config) -> Iterator[Log]:
    """Three batches: positions 1 to 5, 6 to 10, 11 to 12."""
    database = Database.connect("gateway", config)
    log = Log(database)
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("TRUNCATE audit_entries, audit_seals, audit_tail"))
    for count in (5, 5, 2):
        log.append(count)
    assert log.problems() == []
    yield log
    database.close()


def tamper(log: Log, statement: str, **values: Any) -> None:
    with log.as_owner_of_the_server() as connection:
        assert connection.execute(text(statement), values).rowcount > 0


def rewrite_hashes(connection: Connection, first: int, last: int) -> None:
    """What somebody would do who knows how the chain is made."""
    query = f"SELECT position, {CANONICAL_COLUMNS} FROM audit_entries WHERE position = :position"
    hashes = "SELECT entry_hash FROM audit_entries WHERE position = :position"
    link = bytes(connection.execute(text(hashes), {"position": first - 1}).scalar_one())
    for position in range(first, last + 1):
        row = connection.execute(text(query), {"position": position}).one()
        link = entry_hash(link, position, row[1:])
        connection.execute(
            text("UPDATE audit_entries SET entry_hash = :link WHERE position = :position"),
            {"link": link, "position": position},
        )


def test_the_matrix_knows_every_column(log: Log) -> None:
    columns = log.rows("SELECT attname FROM pg_attribute WHERE attnum > 0 AND "
                       "attrelid = 'audit_entries'::regclass")  # fmt: skip
    assert {name for (name,) in columns} == set(_OTHER)
    assert set(FIELDS) < set(_OTHER)
    seals = log.rows("SELECT attname FROM pg_attribute WHERE attnum > 0 AND "
                     "attrelid = 'audit_seals'::regclass")  # fmt: skip
    assert {name for (name,) in seals} == set(_SEAL_COLUMNS)


@pytest.mark.parametrize("column", _OTHER)
def test_another_value_in_any_column_is_found(log: Log, column: str) -> None:
    tamper(log, f"UPDATE audit_entries SET {column} = {_OTHER[column]} WHERE position = 8")
    problems = log.problems()
    assert any("position 8" in problem or "position 9" in problem for problem in problems)


@pytest.mark.parametrize("column", sorted(set(FIELDS) - {"entry_id", "action_id", "phase"}))
def test_an_emptied_column_is_found(log: Log, column: str) -> None:
    with log.as_owner_of_the_server() as connection:
        connection.execute(text(f"ALTER TABLE audit_entries ALTER {column} DROP NOT NULL"))
    tamper(log, f"UPDATE audit_entries SET {column} = NULL WHERE position = 8")
    assert any("position 8" in problem for problem in log.problems())


@pytest.mark.parametrize("column", _SEAL_COLUMNS)
def test_another_value_in_a_seal_is_found(log: Log, column: str) -> None:
    tamper(log, f"UPDATE audit_seals SET {column} = {_SEAL_COLUMNS[column]} WHERE number = 2")
    assert log.problems() != []


@pytest.mark.parametrize(
    ("positions", "said"),
    [("= 8", "position 8: is missing"), ("BETWEEN 7 AND 9", "positions 7 to 9"), ("= 1", "1: is")],
)
def test_a_deleted_entry_is_a_gap(log: Log, positions: str, said: str) -> None:
    tamper(log, f"DELETE FROM audit_entries WHERE position {positions}")
    problems = log.problems()
    assert any(said in problem for problem in problems)
    assert not any("altered" in problem for problem in problems), "the others are what they were"


def test_two_entries_that_changed_places_are_found(log: Log) -> None:
    tamper(
        log,
        "UPDATE audit_entries SET position = 15 - position WHERE position IN (7, 8)",
    )
    assert any("position 7" in problem for problem in log.problems())


def test_an_invented_entry_is_found_wherever_it_stands(log: Log) -> None:
    columns = ", ".join((*FIELDS[1:], "entry_hash", "sealed_at"))
    for position, said in ((8, "twice"), (13, "covered by no seal"), (0, "before position 1")):
        tamper(
            log,
            f"INSERT INTO audit_entries (entry_id, position, {columns}) "
            f"SELECT gen_random_uuid(), {position}, {columns} FROM audit_entries "
            "WHERE position = 8 LIMIT 1",
        )
        assert any(said in problem for problem in log.problems())


@pytest.mark.parametrize("last", [8, 10, 12])
def test_hashes_made_to_fit_are_found(log: Log, last: int) -> None:
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("UPDATE audit_entries SET address = 'a' WHERE position = 8"))
        rewrite_hashes(connection, 8, last)
    assert log.problems() != []


def test_a_seal_made_to_fit_is_found_without_the_key(log: Log) -> None:
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("UPDATE audit_entries SET address = 'a' WHERE position = 12"))
        rewrite_hashes(connection, 12, 12)
        connection.execute(
            text(
                "UPDATE audit_seals SET digest = e.entry_hash FROM audit_entries e "
                "WHERE number = 3 AND position = 12"
            )
        )
    assert log.problems() == ["seal 3: its signature is wrong"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_deleted_seal_is_found(log: Log, number: int) -> None:
    tamper(log, "DELETE FROM audit_seals WHERE number = :number", number=number)
    assert any("missing" in problem for problem in log.problems())


def test_a_deleted_last_seal_leaves_entries_uncovered(log: Log) -> None:
    tamper(log, "DELETE FROM audit_seals WHERE number = 3")
    assert all("covered by no seal" in problem for problem in log.problems())


def cut_off_the_end(log: Log) -> None:
    tamper(log, "DELETE FROM audit_entries WHERE position > 10")
    tamper(log, "DELETE FROM audit_seals WHERE number = 3")


def test_a_missing_end_is_found_by_the_checkpoint(log: Log) -> None:
    kept = log.checkpoint()
    assert log.problems(checkpoints=[kept]) == []
    cut_off_the_end(log)
    assert log.problems() == [], "the rest is whole in itself"
    (problem,) = log.problems(checkpoints=[kept])
    assert "cut off" in problem
    log.append(2)
    (problem,) = log.problems(checkpoints=[kept])
    assert problem == "seal 3: is not the one of the checkpoint"


def test_a_log_written_anew_by_somebody_with_the_key_is_found_by_the_checkpoint(log: Log) -> None:
    kept = log.checkpoint()
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("TRUNCATE audit_entries, audit_seals"))
    for count in (5, 5, 2):
        log.append(count)
    assert log.problems() == []
    assert log.problems(checkpoints=[kept]) == ["seal 3: is not the one of the checkpoint"]


def test_a_log_sealed_with_an_invented_key_is_found(log: Log) -> None:
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("TRUNCATE audit_entries, audit_seals"))
    Log(log.database, SealKeys((b"invented" * 4,))).append(3)
    assert any("AUDIT_KEY does not hold" in problem for problem in log.problems())


def test_months_that_were_detached_are_left_out_by_beginning_later(log: Log) -> None:
    tamper(log, "DELETE FROM audit_entries WHERE position <= 5")
    assert any("positions 1 to 5" in problem for problem in log.problems())
    assert log.problems(first=2) == []
    tamper(log, "UPDATE audit_seals SET digest = sha256('x') WHERE number = 1")
    assert log.problems(first=2) != [], "what it continues is looked at as well"


def test_an_entry_that_waits_too_long_is_told(log: Log) -> None:
    log.write(entry_of())
    assert log.problems() == []
    tamper(log, "UPDATE audit_tail SET occurred_at = now() - interval '2 minutes'")
    (problem,) = log.problems()
    assert problem.startswith("1 entries are not sealed")


def test_disabled_triggers_are_told(log: Log) -> None:
    switch = "ALTER TABLE audit_seals {} TRIGGER refuse_change"
    with log.database.engine.begin() as connection:
        connection.execute(text(switch.format("DISABLE")))
    (problem,) = log.problems()
    assert problem.startswith("table audit_seals")
    with log.database.engine.begin() as connection:
        connection.execute(text(switch.format("ENABLE")))


def test_entries_in_the_default_partition_are_told(log: Log) -> None:
    with log.as_owner_of_the_server() as connection:
        connection.execute(
            text(
                "UPDATE audit_entries SET sealed_at = sealed_at - interval '20 years' "
                "WHERE position <= 5"
            )
        )
        connection.execute(
            text(
                "UPDATE audit_seals SET sealed_at = sealed_at - interval '20 years' "
                "WHERE number = 1"
            )
        )
    assert any("default partition holds 5 entries" in problem for problem in log.problems())
