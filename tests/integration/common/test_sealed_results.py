"""Results of commands and failed events lie sealed where there are keys, and work as before."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from libs.common.bus.handling import Handler, Handling
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, dump_event
from libs.common.crypto import KeyRing, Undecryptable
from libs.common.database.failures import discard_failure, list_failures, replay_failure
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import Conflict
from libs.common.ids import uuid7
from services.probe.contract import ProbeCounted
from services.probe.service.rpc import Service
from tests.integration.common.looking import ask, counted, failures, tell
from tests.integration.common.test_commands import call
from tests.support.dump import places_of

PHONE = "13800138000"
FIRST = {"k1": secrets.token_bytes(32)}
RING = KeyRing(FIRST)
BOTH = KeyRing({"k2": secrets.token_bytes(32), **FIRST})
OTHER = KeyRing({"k9": secrets.token_bytes(32)})


@pytest.fixture
def sealed(empty: Database) -> Database:
    """The probe's database as a process with keys opens it."""
    return Database(empty.engine, "probe", RING)


def service(database: Database) -> Any:
    made: Any = Service()
    made.database = database
    return made


@dataclass
class Ear:
    """A handler that stumbles until it is mended."""

    is_mended: bool = False
    heard: int = 0

    def hear(self, _uow: UnitOfWork, events: Sequence[Event]) -> None:
        if not self.is_mended:
            raise LookupError("not yet")
        self.heard += len(events)


@pytest.fixture
def ear() -> Ear:
    return Ear()


def handling(database: Database, ear: Ear) -> Handling:
    made = Handling(database)
    made.add("probe.counted", Handler("hear", ear.hear))
    return made


def event() -> bytes:
    data = {"key": "a", "amount": 1, "secret": PHONE}
    return dump_event(ProbeCounted, uuid7(), "a", utc_now(), data)


class TestResults:
    def test_neither_answer_nor_arguments_stand_in_the_database(self, sealed: Database) -> None:
        answer = service(sealed).count(call("c-1"), key=PHONE)
        assert answer["key"] == PHONE
        tell(sealed, "TRUNCATE outbox, counts")
        assert places_of(sealed, PHONE) == []

    def test_the_plain_form_would_be_found(self, empty: Database) -> None:
        service(empty).count(call("c-1"), key=PHONE)
        tell(empty, "TRUNCATE outbox, counts")
        assert places_of(empty, PHONE) == ["commands"]

    def test_a_repeat_gets_the_answer(self, sealed: Database) -> None:
        answers = [service(sealed).count(call("c-1"), key=PHONE) for _ in range(3)]
        assert answers == [{"key": PHONE, "by": "李雷"}] * 3
        assert counted(sealed, PHONE) == 1

    def test_an_id_is_not_good_for_another_body(self, sealed: Database) -> None:
        service(sealed).count(call("c-1"), key=PHONE)
        with pytest.raises(Conflict) as refused:
            service(sealed).count(call("c-1"), key="13800138001")
        assert refused.value.code == "command.id_reused"

    def test_the_hash_of_the_arguments_cannot_be_guessed(self, sealed: Database) -> None:
        for database in (sealed, Database(sealed.engine, "probe", OTHER)):
            service(database).count(call(), key=PHONE)
        one, other = ask(sealed, "SELECT body_hash FROM commands")
        assert bytes(one.body_hash)[-32:] != bytes(other.body_hash)[-32:]

    def test_a_command_that_was_done_before_there_were_keys_is_answered(
        self, empty: Database, sealed: Database
    ) -> None:
        service(empty).count(call("c-1"), key=PHONE)
        assert service(sealed).count(call("c-1"), key=PHONE)["key"] == PHONE
        with pytest.raises(Conflict):
            service(sealed).count(call("c-1"), key="b")

    def test_a_result_does_not_open_as_that_of_another_command(self, sealed: Database) -> None:
        service(sealed).count(call("c-1"), key=PHONE)
        service(sealed).count(call("c-2"), key=PHONE)
        tell(
            sealed,
            "UPDATE commands SET sealed_result = (SELECT sealed_result FROM commands "
            "WHERE command_id = 'c-1') WHERE command_id = 'c-2'",
        )
        with pytest.raises(Undecryptable, match="not the value of"):
            service(sealed).count(call("c-2"), key=PHONE)


class TestFailures:
    def test_a_failed_event_does_not_stand_in_the_database(
        self, sealed: Database, ear: Ear
    ) -> None:
        handling(sealed, ear).apply([event(), b"no event " + PHONE.encode()])
        assert len(failures(sealed)) == 2
        assert places_of(sealed, PHONE) == []

    def test_the_plain_form_would_be_found(self, empty: Database, ear: Ear) -> None:
        handling(empty, ear).apply([event()])
        assert places_of(empty, PHONE) == ["inbox_failures"]

    def test_it_is_tried_again_and_handled(self, sealed: Database, ear: Ear) -> None:
        handler = handling(sealed, ear)
        handler.apply([event()])
        self.make_due(sealed)
        assert handler.retry_due_failures() == 1
        assert [row.attempts for row in failures(sealed)] == [2]
        ear.is_mended = True
        self.make_due(sealed)
        assert handler.retry_due_failures() == 1
        assert (ear.heard, failures(sealed)) == (1, [])

    def test_it_is_listed_replayed_and_discarded(self, sealed: Database, ear: Ear) -> None:
        handler = handling(sealed, ear)
        handler.apply([event(), event()])
        tell(sealed, "UPDATE inbox_failures SET parked_at = now()")
        ear.is_mended = True
        with sealed.engine.begin() as connection:
            newest, oldest = list_failures(connection)
            assert {"body", "sealed_body"}.isdisjoint(newest)
            replay_failure(connection, newest["failure_id"])
            discard_failure(connection, oldest["failure_id"])
        assert handler.retry_due_failures() == 1
        assert (ear.heard, failures(sealed)) == (1, [])

    def test_what_was_kept_before_there_were_keys_is_tried_again(
        self, empty: Database, sealed: Database, ear: Ear
    ) -> None:
        handling(empty, ear).apply([event()])
        ear.is_mended = True
        self.make_due(sealed)
        assert handling(sealed, ear).retry_due_failures() == 1
        assert ear.heard == 1

    def test_what_cannot_be_read_is_kept_once_whichever_key_is_first(
        self, sealed: Database, ear: Ear
    ) -> None:
        for ring in (RING, RING, BOTH):
            handling(Database(sealed.engine, "probe", ring), ear).apply([b"{", b"["])
        assert len(failures(sealed)) == 2

    def test_without_its_key_it_is_parked_with_the_reason_and_stops_nobody(
        self, sealed: Database, ear: Ear
    ) -> None:
        stranger = handling(Database(sealed.engine, "probe", OTHER), ear)
        handling(sealed, ear).apply([event()])
        stranger.apply([event()])
        ear.is_mended = True
        self.make_due(sealed)
        assert stranger.retry_due_failures() == 2
        [left] = failures(sealed)
        assert "no key with the id 'k1'" in left.error
        assert ear.heard == 1

    def make_due(self, database: Database) -> None:
        tell(database, "UPDATE inbox_failures SET next_at = now()")
