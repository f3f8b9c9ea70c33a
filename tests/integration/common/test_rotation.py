"""Keys change while rows are read and written; afterwards the old key is not needed any more."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from libs.common.crypto import KeyRing, Undecryptable, field_context
from libs.common.crypto.rotation import (
    PLATFORM,
    check,
    find_key_ids,
    measure_stale,
    rotate_some,
)
from libs.common.crypto.sealed_columns import SealedColumn, index_key_ids
from libs.common.database.commands import claim_command, store_result
from libs.common.database.failures import keep_failure, list_failures, next_due_failure
from libs.common.database.unit_of_work import Database
from libs.common.testing.eventually import eventually
from tests.integration.common.looking import ask, failures, tell

K1, K2, K3 = (f"k{number}:{str(number) * 64}" for number in (1, 2, 3))
OLD = KeyRing.parse(K1)
BOTH = KeyRing.parse(f"{K2},{K1}")
NEW = KeyRing.parse(K2)


def context(row: Any) -> str:
    return field_context("secrets", "value", row.secret_id)


SECRETS = SealedColumn("secrets", "value", ("secret_id", "made_at"), context)


class Op:
    """Alembic's, as far as the index needs it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def execute(self, statement: str) -> None:
        tell(self._database, statement)


@pytest.fixture
def secrets(empty: Database) -> Iterator[Database]:
    """A partitioned table of sealed values, half of whose rows have none."""
    tell(
        empty,
        "CREATE TABLE secrets (secret_id uuid, made_at timestamptz DEFAULT now(), value bytea,"
        " PRIMARY KEY (secret_id, made_at)) PARTITION BY RANGE (made_at)",
    )
    tell(empty, "CREATE TABLE secrets_default PARTITION OF secrets DEFAULT")
    index_key_ids(Op(empty), "secrets", "value")
    yield empty
    tell(empty, "DROP TABLE secrets")


def put(database: Database, ring: KeyRing, secret_id: UUID | None = None) -> UUID:
    """A new secret, which says its own id."""
    made = secret_id or uuid4()
    sealed = ring.encrypt_text(str(made), field_context("secrets", "value", made))
    insert = (
        "INSERT INTO secrets (secret_id, value) VALUES (:id, :value), (gen_random_uuid(), NULL)"
    )
    tell(database, insert, id=made, value=sealed)
    return made


def opens(database: Database, ring: KeyRing, secret_id: UUID) -> bool:
    [row] = ask(database, "SELECT * FROM secrets WHERE secret_id = :id", id=secret_id)
    return ring.decrypt_text(row.value, context(row)) == str(secret_id)


def key_ids(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        return find_key_ids(connection, SECRETS)


def rotate_all(database: Database, ring: KeyRing, limit: int = 100) -> int:
    total = 0
    while done := rotate_some(database, ring, [SECRETS], limit):
        total += done
    return total


def test_all_is_sealed_anew_in_batches_and_the_old_key_can_go(secrets: Database) -> None:
    made = [put(secrets, OLD) for _ in range(25)]
    assert rotate_some(secrets, BOTH, [SECRETS], 10) == 10
    assert key_ids(secrets) == ["k1", "k2"]
    assert rotate_all(secrets, BOTH, 10) == 15
    assert key_ids(secrets) == ["k2"]
    assert all(opens(secrets, NEW, one) for one in made)


def test_with_one_key_or_nothing_stale_nothing_is_changed(secrets: Database) -> None:
    put(secrets, NEW)
    before = ask(secrets, "SELECT xmin, value FROM secrets")
    for ring in (NEW, BOTH, KeyRing.parse(f"{K2},{K3}")):
        assert rotate_some(secrets, ring, [SECRETS]) == 0
    assert ask(secrets, "SELECT xmin, value FROM secrets") == before


def test_keys_of_several_generations_are_all_left_behind(secrets: Database) -> None:
    made = [put(secrets, KeyRing.parse(key)) for key in (K1, K2, K3) for _ in range(3)]
    assert rotate_all(secrets, KeyRing.parse(f"{K3},{K1},{K2}")) == 6
    assert all(opens(secrets, KeyRing.parse(K3), one) for one in made)


def test_what_is_locked_is_left_for_the_next_time(secrets: Database) -> None:
    busy, free = put(secrets, OLD), put(secrets, OLD)
    with secrets.begin() as holder:
        lock = text("SELECT 1 FROM secrets WHERE secret_id = :id FOR UPDATE")
        holder.session.execute(lock, {"id": busy})
        assert rotate_all(secrets, BOTH) == 1
        assert opens(secrets, NEW, free)
        assert opens(secrets, OLD, busy)
    assert rotate_all(secrets, BOTH) == 1
    assert opens(secrets, NEW, busy)


def test_a_damaged_value_is_left_and_does_not_keep_others_from_being_done(
    secrets: Database, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = [put(secrets, OLD) for _ in range(5)]
    good = [put(secrets, OLD) for _ in range(5)]
    other = "set_byte(value, 20, get_byte(value, 20) # 1)"
    spoil = f"UPDATE secrets SET value = {other} WHERE secret_id = ANY(:ids)"
    tell(secrets, spoil, ids=damaged)
    assert rotate_all(secrets, BOTH, limit=2) == 5
    assert all(opens(secrets, NEW, one) for one in good)
    assert str(damaged[0]) in caplog.text
    with pytest.raises(Undecryptable):
        opens(secrets, BOTH, damaged[0])


def test_what_needs_a_key_that_is_gone_is_left_and_counted(secrets: Database) -> None:
    put(secrets, OLD)
    ring = KeyRing.parse(f"{K2},{K3}")
    assert rotate_all(secrets, ring) == 0
    measure_stale(secrets, ring, [SECRETS])
    assert stale_rows() == 1


def stale_rows() -> float | None:
    labels = {"service": "probe", "table": "secrets"}
    return REGISTRY.get_sample_value("tidedesk_stale_sealed_rows", labels)


def test_the_metric_says_when_the_old_key_may_go(secrets: Database) -> None:
    for _ in range(3):
        put(secrets, OLD)
    measure_stale(secrets, OLD, [SECRETS])
    assert stale_rows() == 0
    measure_stale(secrets, BOTH, [SECRETS])
    assert stale_rows() == 3
    rotate_all(secrets, BOTH)
    measure_stale(secrets, BOTH, [SECRETS])
    assert stale_rows() == 0


def test_a_primary_key_may_be_binary(empty: Database) -> None:
    """As the hash of a token is."""
    challenges = SealedColumn("challenges", "phone", ("hash",), lambda row: bytes(row.hash).hex())
    tell(empty, "CREATE TABLE challenges (hash bytea PRIMARY KEY, phone bytea)")
    for place in range(3):
        made = bytes([place, 255])
        insert = "INSERT INTO challenges VALUES (:hash, :phone)"
        tell(empty, insert, hash=made, phone=OLD.encrypt(b"x", made.hex()))
    assert rotate_some(empty, BOTH, [challenges]) == 3
    rows = ask(empty, "SELECT * FROM challenges")
    assert [NEW.decrypt(row.phone, bytes(row.hash).hex()) for row in rows] == [b"x"] * 3
    tell(empty, "DROP TABLE challenges")


class TestMeanwhile:
    """Readers, writers and several replicas at once, on real connections."""

    def test_everything_opens_at_every_moment_and_no_writing_is_lost(
        self, secrets: Database
    ) -> None:
        made = [put(secrets, OLD) for _ in range(150)]
        failed: list[BaseException] = []
        over = threading.Event()

        def until_over(work: Any) -> threading.Thread:
            def run() -> None:
                try:
                    while not over.is_set():
                        work()
                except BaseException as error:
                    failed.append(error)

            thread = threading.Thread(target=run)
            thread.start()
            return thread

        def read() -> None:
            for one in made[::7]:
                assert opens(secrets, BOTH, one)

        def write() -> None:
            """Somebody whose process has not seen the new first key yet."""
            behind = KeyRing.parse(f"{K1},{K2}")
            for one in made[::11]:
                sealed = behind.encrypt_text(str(one), field_context("secrets", "value", one))
                change = "UPDATE secrets SET value = :value WHERE secret_id = :id"
                tell(secrets, change, value=sealed, id=one)
            made.append(put(secrets, behind))

        replicas = [lambda: rotate_some(secrets, BOTH, [SECRETS], 7)] * 2
        writer = until_over(write)
        threads = [until_over(work) for work in (read, *replicas)]
        eventually(lambda: failed or (len(made) > 155 and _is_mostly_new(secrets)), 60)
        over.set()
        for thread in (writer, *threads):
            thread.join(30)
        assert failed == []
        rotate_all(secrets, BOTH)
        assert key_ids(secrets) == ["k2"]
        assert all(opens(secrets, NEW, one) for one in made)


def _is_mostly_new(database: Database) -> bool:
    query = f"SELECT count(*) AS n FROM secrets WHERE {SECRETS.key_id} = 'k2'"
    return ask(database, query)[0].n > 100


class TestCost:
    """Looking for stale rows among many reads an index, whatever the planner knows."""

    @pytest.mark.parametrize("analyzed", [False, True])
    def test_looking_does_not_read_the_table(self, secrets: Database, analyzed: bool) -> None:
        sealed = NEW.encrypt(b"x", "nowhere")
        fill = "INSERT INTO secrets (secret_id, value) SELECT gen_random_uuid(), :value"
        tell(secrets, f"{fill} FROM generate_series(1, 20000)", value=sealed)
        if analyzed:
            tell(secrets, "ANALYZE secrets")
        query = (
            f"EXPLAIN ANALYZE SELECT secret_id FROM secrets WHERE value IS NOT NULL "
            f"AND {SECRETS.key_id} = ANY(ARRAY['k1'::bytea]) ORDER BY {SECRETS.key_id} "
            "LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED"
        )
        plan = "\n".join(row[0] for row in ask(secrets, query))
        assert "ix_secrets" in plan or "_idx" in plan
        assert "Seq Scan" not in plan, plan

    def test_the_index_takes_few_bytes_a_row(self, secrets: Database) -> None:
        sealed = NEW.encrypt(b"x", "nowhere")
        fill = "INSERT INTO secrets (secret_id, value) SELECT gen_random_uuid(), :value"
        tell(secrets, f"{fill} FROM generate_series(1, 20000)", value=sealed)
        query = (
            "SELECT pg_relation_size(indexrelid) AS bytes FROM pg_index "
            "WHERE indrelid = 'secrets_default'::regclass AND NOT indisprimary"
        )
        assert ask(secrets, query)[0].bytes < 20_000 * 12


class TestPlatformTables:
    """Results of commands and failed events are rotated in every service."""

    ARGUMENTS = {"phone": "13800138000"}

    def claim(self, database: Database, ring: KeyRing | None, **changed: Any) -> Any:
        arguments = {**self.ARGUMENTS, **changed}
        with database.engine.begin() as connection:
            claimed = claim_command(connection, "li", "c-1", "register", arguments, ring)
            if claimed[0]:
                store_result(connection, "li", "c-1", {"value": "13800138000"}, ring)
            return claimed

    def test_a_repeat_is_answered_before_during_and_after(self, empty: Database) -> None:
        assert self.claim(empty, OLD) == (True, None)
        for ring in (OLD, BOTH):
            assert self.claim(empty, ring) == (False, {"value": "13800138000"})
        assert rotate_some(empty, BOTH, PLATFORM) == 1
        for ring in (BOTH, NEW):
            assert self.claim(empty, ring) == (False, {"value": "13800138000"})

    def test_a_failed_event_is_tried_again_after_the_old_key_is_gone(self, empty: Database) -> None:
        with empty.engine.begin() as connection:
            keep_failure(
                connection,
                b'{"phone": "13800138000"}',
                ValueError("x"),
                event_id=uuid4(),
                type="customer.registered",
                subject="s",
                ring=OLD,
            )
        tell(empty, "UPDATE inbox_failures SET next_at = now()")
        assert rotate_some(empty, BOTH, PLATFORM) == 1
        with empty.engine.connect() as connection:
            due = next_due_failure(connection)
            assert due is not None
            assert due.body(NEW) == b'{"phone": "13800138000"}'
            assert len(list_failures(connection)) == 1
        assert failures(empty)[0].body is None

    def test_the_check_says_how_many_values_each_key_has_sealed(self, empty: Database) -> None:
        self.claim(empty, OLD)
        with empty.engine.connect() as connection:
            lines, stale = check("probe", connection, BOTH)
            assert (lines, stale) == (["probe commands.sealed_result: k1 1, stale"], 1)
            assert check("probe", connection, OLD)[1] == 0
            lines, stale = check("probe", connection, NEW)
            assert "no such key" in lines[0]
            assert stale == 1
