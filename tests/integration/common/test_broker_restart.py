"""Broker and database go away under load and come back: each effect once, and nobody hangs."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from libs.common.actor import Actor
from libs.common.bus.rpc_client import RpcClient
from libs.common.database.unit_of_work import Database
from libs.common.errors import Unavailable
from libs.common.supervisor.postgres import LocalPostgres
from libs.common.supervisor.rabbit import LocalRabbit
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from services.probe.contract import ProbeCounted
from tests.integration.common.looking import ask, counted, failures, heard, tell
from tests.integration.common.wire import wait_for_consumer

pytestmark = pytest.mark.services("probe")

LI = Actor(UUID(int=1), "李雷", permissions=frozenset({"session.own", "probe.do"}))
THREADS = 8
SIZE = 504

# RabbitMQ writes down half a second late which quorum queues it has: killed before, it comes back
# with queues that hang for good. Ours stand for months; those of this test have just been made.
SYNC = "[dets:sync(T) || T <- dets:all()], ok"
ALARM = "{resource_limit, memory, node()}"
CLOSE_ALL = (
    '[rabbit_networking:close_connection(P, "test") || P <- rabbit_networking:connections()], ok'
)


@pytest.fixture(scope="module", autouse=True)
def _running(installation: dict[str, str], processes: Processes) -> None:
    processes.start("probe.rpc", "probe.events")
    wait_for_consumer(installation["AMQP_URI"], "probe.inbox")


@pytest.fixture
def node(rabbit: Any) -> LocalRabbit:
    if not isinstance(rabbit, LocalRabbit):
        pytest.skip("works inside a broker of its own: unset AMQP_URI to run it")
    return rabbit


@pytest.fixture
def server(postgres: Any) -> LocalPostgres:
    if not isinstance(postgres, LocalPostgres):
        pytest.skip("stops the server: unset DATABASE_URL to run it")
    return postgres


def count(client: RpcClient, key: str, timeout: float = 5) -> Any:
    return client.command(
        "probe",
        "count",
        {"key": key},
        actor=LI,
        command_id=f"c-{key}",
        request_id="r-1",
        timeout=timeout,
    )


class Callers:
    """Threads that give commands and repeat each by its id until it is answered."""

    def __init__(self, client: RpcClient, name: str) -> None:
        self._client = client
        self.keys = [f"{name} {number}" for number in range(SIZE)]
        self.done = 0
        self.unanswered = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS)
        self._shares: list[Future[None]] = [
            self._threads.submit(self._work, self.keys[share::THREADS]) for share in range(THREADS)
        ]

    def _work(self, keys: list[str]) -> None:
        for key in keys:
            self._insist(key)

    def _insist(self, key: str) -> None:
        deadline = time.monotonic() + 90
        while True:
            try:
                answer = count(self._client, key)
            except Unavailable:
                assert time.monotonic() < deadline, f"{key} was never answered"
                self._note(unanswered=1)
                time.sleep(0.05)  # a caller's pause, not a hope
            else:
                assert answer == {"key": key, "by": "李雷"}
                self._note(done=1)
                return

    def _note(self, done: int = 0, unanswered: int = 0) -> None:
        with self._lock:
            self.done += done
            self.unanswered += unanswered

    def wait_for(self, number: int) -> None:
        eventually(lambda: self.done >= number, timeout=60)

    def finish(self) -> None:
        """Raises what a thread has raised; a thread that hangs is an error as well."""
        for share in self._shares:
            share.result(150)
        self._threads.shutdown()


def assert_each_once(database: Database, keys: list[str]) -> None:
    rows = ask(database, "SELECT key, amount FROM counts WHERE key = ANY(:keys)", keys=keys)
    assert {row.key: row.amount for row in rows} == dict.fromkeys(keys, 1)
    assert_heard_once(database, keys)


def assert_heard_once(database: Database, keys: list[str]) -> None:
    eventually(
        lambda: len(heard(database)) >= 2 * len(keys) and not ask(database, "SELECT 1 FROM outbox"),
        timeout=60,
    )
    assert heard(database) == dict.fromkeys([*keys, *(f"echo {key}" for key in keys)], 1)
    assert not failures(database)


def forget(database: Database) -> None:
    """What earlier tests did, but not their commands' ids: a call that was sent twice while the
    broker was away may come the second time only now."""
    tell(database, "TRUNCATE heard, counts")


@pytest.fixture
def callers(client: RpcClient, probe: Database) -> Callable[[str], Callers]:
    forget(probe)
    return lambda name: Callers(client, name)


def test_a_broker_that_dies_and_comes_back_under_load_costs_nothing(
    callers: Callable[[str], Callers], probe: Database, node: LocalRabbit
) -> None:
    working = callers("broker")
    working.wait_for(100)
    node._evaluate(SYNC)
    node.kill()
    node.start()
    working.finish()
    assert_each_once(probe, working.keys)


def test_a_database_that_dies_and_comes_back_under_load_costs_nothing(
    callers: Callable[[str], Callers],
    probe: Database,
    server: LocalPostgres,
    processes: Processes,
) -> None:
    pids = [processes.pid(role) for role in ("probe.rpc", "probe.events")]
    working = callers("database")
    working.wait_for(100)
    server.kill()
    server.start()
    working.finish()
    probe.engine.dispose()  # the test's own connections have died as well
    assert_each_once(probe, working.keys)
    assert [processes.pid(role) for role in ("probe.rpc", "probe.events")] == pids


def test_connections_that_an_operator_closes_are_opened_again(
    callers: Callable[[str], Callers], probe: Database, node: LocalRabbit
) -> None:
    working = callers("closed")
    for number in (50, 150, 300):
        working.wait_for(number)
        node._evaluate(CLOSE_ALL)
    working.finish()
    assert_each_once(probe, working.keys)


def test_processes_say_that_the_broker_is_gone_and_come_back_by_themselves(
    client: RpcClient, probe: Database, processes: Processes, node: LocalRabbit
) -> None:
    forget(probe)
    roles = ("probe.rpc", "probe.events")
    pids = [processes.pid(role) for role in roles]
    node._evaluate(SYNC)
    node.kill()
    eventually(lambda: [processes.failing(role) for role in roles] == [["broker"]] * 2, 30)
    node.start()
    processes.wait_ready(*roles)
    assert [processes.pid(role) for role in roles] == pids
    assert count(client, "again", timeout=30) == {"key": "again", "by": "李雷"}
    assert_heard_once(probe, ["again"])


def is_refused(client: RpcClient, key: str) -> bool:
    """Whether the client knows that it need not try; it has a minute's time."""
    with pytest.raises(Unavailable) as refused:
        count(client, key, timeout=60)
    return refused.value.code == "broker.blocked" and refused.value.details == {}


def test_a_blocked_broker_is_known_at_once_and_nothing_is_lost(
    client: RpcClient, probe: Database, node: LocalRabbit
) -> None:
    forget(probe)
    keys = [f"blocked {number}" for number in range(200)]
    secret = "x" * 50_000  # together more than a socket takes
    count(client, "before")
    node._evaluate(f"rabbit_alarm:set_alarm({{{ALARM}, []}})")
    try:
        # The first finds it out; its call, or the answer, lies in a socket.
        with pytest.raises(Unavailable) as unknown:
            count(client, "during", timeout=2)
        assert unknown.value.details == {"outcome": "unknown", "command_id": "c-during"}
        eventually(lambda: is_refused(client, "after"))
        with probe.begin() as uow:
            for key in keys:
                uow.emit(
                    ProbeCounted, subject=key, data={"key": key, "amount": 1, "secret": secret}
                )
            uow.commit()
    finally:
        node._evaluate(f"rabbit_alarm:clear_alarm({ALARM})")
    eventually(lambda: count(client, "after"), trouble=(Unavailable,), timeout=60)
    assert count(client, "during") == {"key": "during", "by": "李雷"}
    assert [counted(probe, key) for key in ("before", "during", "after")] == [1, 1, 1]
    assert_heard_once(probe, [*keys, "before", "during", "after"])
