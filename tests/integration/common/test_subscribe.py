"""Events through the real bus into real processes: each effect once, whoever dies."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pika
import pytest
from sqlalchemy import text

from libs.common.bus.consume import RetiredQueueLoop
from libs.common.bus.handling import Handler, Handling
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, dump_event
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from services.probe.contract import ProbeCounted
from tests.integration.common.looking import ask, failures, heard, opened_body, tell
from tests.integration.common.wire import wait_for_consumer

pytestmark = pytest.mark.services("probe")

ROLE = "probe.events"
QUEUE = "probe.inbox"


@pytest.fixture(scope="module", autouse=True)
def _running(installation: dict[str, str], processes: Processes) -> None:
    processes.start(ROLE)
    wait_for_consumer(installation["AMQP_URI"], QUEUE)


@pytest.fixture(autouse=True)
def _no_failures(probe: Database) -> Iterator[None]:
    yield
    tell(probe, "DELETE FROM inbox_failures")


@pytest.fixture
def queue(installation: dict[str, str]) -> Iterator["Queue"]:
    made = Queue(installation["AMQP_URI"])
    yield made
    made.close()


class Queue:
    """Puts bodies straight into the probe's queue, as no relay of ours would."""

    def __init__(self, uri: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(uri))
        self._channel = self._connection.channel()
        self._channel.confirm_delivery()

    def put(self, body: bytes, to: str = QUEUE, **properties: object) -> None:
        self._channel.basic_publish("", to, body, pika.BasicProperties(**properties))

    @contextmanager
    def declared(self, name: str) -> Iterator[None]:
        """A queue of its own, as the release before named it."""
        self._channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})
        yield
        self._channel.queue_delete(name)

    def close(self) -> None:
        self._connection.close()


def emit(database: Database, *keys: str) -> None:
    with database.begin() as uow:
        for key in keys:
            uow.emit(ProbeCounted, subject=key, data={"key": key, "amount": 1})
        uow.commit()


def stream(name: str, size: int) -> list[str]:
    return [f"{name} {number}" for number in range(size)]


def all_heard(database: Database, keys: list[str]) -> bool:
    return len(heard(database)) >= 2 * len(keys) and is_idle(database)


def is_idle(database: Database) -> bool:
    return not ask(database, "SELECT 1 FROM outbox LIMIT 1")


@contextmanager
def each_once(database: Database, keys: list[str], timeout: float = 60) -> Iterator[None]:
    """Afterwards each of these, and each echo, has been heard exactly once."""
    tell(database, "TRUNCATE heard")
    yield
    eventually(lambda: all_heard(database, keys), timeout=timeout)
    assert heard(database) == dict.fromkeys([*keys, *(f"echo {key}" for key in keys)], 1)


def test_batches_and_single_events_arrive_once(probe: Database) -> None:
    keys = stream("plain", 300)
    with each_once(probe, keys):
        emit(probe, *keys)
    assert not failures(probe)


def test_a_process_that_dies_before_it_acknowledges_has_its_effect_once(
    probe: Database, processes: Processes
) -> None:
    keys = stream("crash", 50)
    processes.arm("after_commit_before_ack", ROLE)
    with each_once(probe, keys):
        emit(probe, *keys)
    assert not processes.is_armed("after_commit_before_ack", ROLE)
    assert not failures(probe)


def test_a_process_that_is_killed_under_load_loses_nothing(
    probe: Database, processes: Processes
) -> None:
    keys = stream("kill", 500)
    with each_once(probe, keys):
        for start in range(0, 500, 50):
            emit(probe, *keys[start : start + 50])
            if start in (100, 300):
                eventually(lambda: heard(probe))
                processes.kill(ROLE)
                processes.wait_ready(ROLE)
    assert not failures(probe)


def test_a_process_that_is_asked_to_end_finishes_what_it_has_in_hand(
    probe: Database, processes: Processes
) -> None:
    keys = stream("end", 500)
    with each_once(probe, keys):
        for start in range(0, 500, 50):
            emit(probe, *keys[start : start + 50])
            if start == 200:
                eventually(lambda: heard(probe))
                processes.signal(ROLE, signal.SIGTERM)
    assert not failures(probe)


def test_a_bad_event_is_kept_and_tried_again_while_others_go_through(
    probe: Database, processes: Processes
) -> None:
    processes.wait_ready(ROLE)
    pid, keys = processes.pid(ROLE), stream("good", 100)
    with each_once(probe, keys):
        emit(probe, *keys[:50], "bad one", *keys[50:])
    eventually(lambda: [row.subject for row in failures(probe)] == ["bad one"])
    # Its own second attempt follows without anybody's help.
    eventually(lambda: failures(probe)[0].attempts >= 2)
    assert not heard(probe, "bad%")
    assert processes.pid(ROLE) == pid


def test_a_failure_that_is_repaired_is_handled_by_itself(probe: Database) -> None:
    emit(probe, "bad two")
    eventually(lambda: failures(probe))
    good = dump_event(ProbeCounted, uuid7(), "x", utc_now(), {"key": "mended", "amount": 1})
    tell(
        probe,
        "UPDATE inbox_failures SET body = :body, sealed_body = NULL, next_at = now()",
        body=good,
    )
    eventually(lambda: heard(probe, "%mended") == {"mended": 1, "echo mended": 1})
    assert not failures(probe)


def test_what_cannot_be_read_is_parked_and_stops_nothing(
    probe: Database, processes: Processes, queue: Queue
) -> None:
    pid, keys = processes.pid(ROLE), stream("after", 20)
    event = dump_event(ProbeCounted, uuid7(), "x", utc_now(), {"key": "odd", "amount": 1})
    with each_once(probe, ["odd", *keys]):
        queue.put(b"{", content_type="application/json", content_encoding="utf-8")
        queue.put(b"\xff\x00", content_type="application/json", content_encoding="utf-8")
        queue.put(b"", content_type="no/such-type", content_encoding="no-such-encoding")
        queue.put(b"+2AA-", content_type="application/json", content_encoding="utf-7")
        queue.put(b"\\ud800", content_encoding="unicode_escape")
        queue.put(event.replace(b'"amount":1', b'"amount":"many"'))
        queue.put(event, content_type="application/octet-stream", content_encoding="gzip")
        emit(probe, *keys)
    assert all(row.parked_at for row in failures(probe))
    assert [row.type for row in failures(probe)] == ["undecodable"] * 5 + ["probe.counted"]
    assert opened_body(probe, failures(probe)[3]) == b"+2AA-"
    assert processes.pid(ROLE) == pid


def test_what_an_earlier_release_left_is_handled_until_its_queue_is_gone(
    installation: dict[str, str], probe: Database, queue: Queue
) -> None:
    handling = Handling(probe)
    handling.add("probe.counted", Handler("hear", _write_down))
    loop = RetiredQueueLoop("probe.events", installation["AMQP_URI"], handling)
    loop.run()  # there is none: it has nothing to wait for
    both, left = (
        dump_event(ProbeCounted, uuid7(), "x", utc_now(), {"key": key, "amount": 1})
        for key in ("in both", "left")
    )
    with each_once(probe, ["in both"]):
        queue.put(both)
    with queue.declared("probe.events"):
        queue.put(both, to="probe.events")
        queue.put(left, to="probe.events")
        reading = threading.Thread(target=loop.run)
        reading.start()
        eventually(lambda: heard(probe, "left") == {"left": 1})
    reading.join(15)
    assert not reading.is_alive()
    assert heard(probe, "in both") == {"in both": 1}


def _write_down(uow: UnitOfWork, events: Sequence[Event]) -> None:
    keys = [{"key": event.data["key"]} for event in events]
    uow.session.execute(text("INSERT INTO heard VALUES (:key)"), keys)


def test_replicas_share_a_stream(probe: Database, processes: Processes) -> None:
    processes.stop(ROLE)
    processes.start(ROLE, replicas=2)
    keys = stream("shared", 500)
    with each_once(probe, keys):
        for start in range(0, 500, 25):
            emit(probe, *keys[start : start + 25])
            if start == 250:
                processes.kill(ROLE, 2)
    assert not failures(probe)
