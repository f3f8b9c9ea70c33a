"""Calls over the real bus to a real process: typed errors, verified actors, deadlines, repeats."""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.bus.rpc_client import RpcClient
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, DeskError, Forbidden, InvalidInput, Unavailable
from libs.common.supervisor.processes import ROOT
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.common.looking import ask, counted
from tests.integration.common.wire import Wire, call_body, call_headers

pytestmark = pytest.mark.services("probe")

OWN = frozenset({"session.own", "probe.ask", "probe.do"})
LI = Actor(UUID(int=1), "李雷", permissions=OWN)
BOSS = Actor(UUID(int=2), "韩梅梅", permissions=OWN | {"failure.list", "failure.discard"})
ROLE = "probe.rpc"

STOCK_CLIENT = """
import os, warnings
warnings.simplefilter("ignore")
from nameko.standalone.rpc import ClusterRpcProxy
with ClusterRpcProxy({"AMQP_URI": os.environ["AMQP_URI"]}, timeout=15) as cluster:
    try:
        cluster.probe.count(key="stock")
    except Exception as error:
        print(type(error).__name__, error)
"""


@pytest.fixture(scope="module", autouse=True)
def _running(processes: Processes) -> None:
    processes.start(ROLE)


@pytest.fixture(scope="module")
def key(installation: dict[str, str]) -> bytes:
    return bytes.fromhex(installation["ACTOR_KEY"])


@pytest.fixture(scope="module")
def client(installation: dict[str, str], key: bytes) -> Iterator[RpcClient]:
    made = RpcClient(installation["AMQP_URI"], key, name="test")
    yield made
    made.close()


@pytest.fixture
def wire(installation: dict[str, str]) -> Iterator[Wire]:
    made = Wire(installation["AMQP_URI"])
    yield made
    made.close()


def query(client: RpcClient, method: str, *, actor: Actor = LI, **arguments: Any) -> Any:
    return client.query("probe", method, arguments, actor=actor, request_id="r-1", timeout=15)


def command(
    client: RpcClient,
    method: str,
    *,
    actor: Actor = LI,
    command_id: str | None = None,
    timeout: float = 15,
    **arguments: Any,
) -> Any:
    return client.command(
        "probe",
        method,
        arguments,
        actor=actor,
        command_id=command_id or str(uuid4()),
        request_id="r-1",
        timeout=timeout,
    )


def some_key() -> str:
    return uuid4().hex


class TestAnswers:
    def test_a_command_is_answered_to_the_actor_who_gave_it(
        self, client: RpcClient, probe: Database
    ) -> None:
        key = some_key()
        assert command(client, "count", key=key, amount=3) == {"key": key, "by": "李雷"}
        assert query(client, "get_count", key=key) == 3

    def test_a_repeat_gets_the_stored_answer(self, client: RpcClient, probe: Database) -> None:
        key = some_key()
        for _ in range(3):
            assert command(client, "count", command_id=f"c-{key}", key=key)["key"] == key
        assert counted(probe, key) == 1

    def test_an_error_keeps_type_code_and_details(self, client: RpcClient) -> None:
        with pytest.raises(Conflict) as refused:
            command(client, "count", key=some_key(), refuse=True)
        assert type(refused.value) is Conflict
        assert (refused.value.code, refused.value.message) == ("count.refused", "refused")
        assert refused.value.details == {"errors": {"key": ["refused"]}, "n": 7}

    def test_a_bug_is_an_internal_error_that_tells_nothing(self, client: RpcClient) -> None:
        with pytest.raises(DeskError) as failed:
            command(client, "crash")
        assert type(failed.value) is DeskError
        assert failed.value.code == "internal"
        assert "ZeroDivision" not in str(failed.value)

    def test_an_answer_that_is_no_json_harms_nobody(
        self, client: RpcClient, processes: Processes
    ) -> None:
        pid = processes.pid(ROLE)
        with pytest.raises(DeskError) as failed:
            query(client, "answer_oddly")
        assert failed.value.code == "internal"
        assert query(client, "ping") == {"pong": "probe"}
        assert processes.pid(ROLE) == pid

    def test_wrong_arguments_are_named(self, client: RpcClient) -> None:
        with pytest.raises(InvalidInput, match="colour") as refused:
            query(client, "get_count", key="a", colour="red")
        assert refused.value.code == "call.malformed"

    def test_many_threads_share_one_client(self, client: RpcClient, probe: Database) -> None:
        keys = [some_key() for _ in range(64)]
        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(lambda key: command(client, "count", key=key), keys))
        assert [answer["key"] for answer in answers] == keys

    def test_slow_calls_do_not_hold_up_others(self, client: RpcClient) -> None:
        with ThreadPoolExecutor(6) as threads:
            slow = [threads.submit(query, client, "sleep", seconds=s) for s in (1, 1, "1", "1")]
            assert query(client, "ping") == {"pong": "probe"}
            assert not any(done.done() for done in slow)
            assert [done.result(15) for done in slow] == ["slept"] * 4


class TestPermissions:
    def test_failures_are_seen_by_those_who_may(self, client: RpcClient) -> None:
        assert query(client, "list_failures", actor=BOSS) == []
        with pytest.raises(Forbidden) as refused:
            query(client, "list_failures")
        assert refused.value.code == "permission.missing"

    def test_without_the_permission_nothing_is_done_or_told(
        self, client: RpcClient, probe: Database
    ) -> None:
        key, nobody = some_key(), Actor(UUID(int=3), "路人", roles=("supervisor",))
        for method in ("get_count", "ping"):
            with pytest.raises(Forbidden):
                query(client, method, actor=nobody, key=key)
        with pytest.raises(Forbidden) as refused:
            command(client, "count", actor=nobody, command_id=f"c-{key}", key=key)
        assert refused.value.code == "permission.missing"
        assert counted(probe, key) == 0
        assert not ask(probe, "SELECT 1 FROM commands WHERE command_id = :id", id=f"c-{key}")

    def test_a_permission_is_good_for_its_own_action_only(
        self, client: RpcClient, probe: Database
    ) -> None:
        for method in ("replay_failure", "discard_failure"):
            with pytest.raises(DeskError) as refused:
                command(client, method, actor=BOSS, failure_id=4711)
            missing = method == "replay_failure"
            assert isinstance(refused.value, Forbidden) == missing
            assert refused.value.code == ("permission.missing" if missing else "failure.unknown")


def replace_claims(token: str, **changed: Any) -> str:
    """The token with other claims under the same signature."""
    body, _, signature = token.rpartition(".")
    claims = {**json.loads(base64.urlsafe_b64decode(body)), **changed}
    return f"{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()}.{signature}"


class TestActors:
    METHOD = "probe.count"

    def refusal(self, wire: Wire, headers: dict[str, Any], key: str, method: str = METHOD) -> str:
        answer = wire.call(method, call_body(key=key), headers)
        assert answer["result"] is None
        assert answer["error"]["exc_type"] == "Unauthenticated"
        return str(answer["error"]["exc_args"][0])

    def test_a_call_made_by_hand_with_our_key_is_answered(self, wire: Wire, key: bytes) -> None:
        name = some_key()
        headers = call_headers(self.METHOD, key, actor=LI, command_id=f"c-{name}")
        answer = wire.call(self.METHOD, call_body(key=name), headers)
        assert answer == {"result": {"key": name, "by": "李雷"}, "error": None}

    def test_without_a_valid_actor_nothing_is_done(
        self, wire: Wire, key: bytes, probe: Database
    ) -> None:
        name = some_key()
        good = {"actor": LI, "command_id": f"c-{name}"}
        misplaced = call_headers("probe.get_count", key, **good)
        stolen = call_headers(self.METHOD, key, **good)
        expired = call_headers(
            self.METHOD, key, **good, seconds=-1, deadline=stolen["nameko.deadline"]
        )
        token = stolen["nameko.actor"](call_body(key=name), wire.replies)
        raised = replace_claims(token, perms=["failure.list"], sub=None)
        codes = [
            self.refusal(wire, {}, name),
            self.refusal(wire, {**stolen, "nameko.actor": raised}, name),
            self.refusal(wire, {**stolen, "nameko.actor": "no.token"}, name),
            self.refusal(wire, call_headers(self.METHOD, b"o" * 32, **good), name),
            self.refusal(wire, misplaced, name),
            self.refusal(wire, expired, name),
            self.refusal(wire, {**stolen, "nameko.command_id": "c-another"}, name),
        ]
        assert codes == [
            "actor.forged",
            "actor.forged",
            "actor.forged",
            "actor.forged",
            "actor.misplaced",
            "actor.expired",
            "actor.misplaced",
        ]
        assert counted(probe, name) == 0

    def test_a_replayed_call_is_answered_and_not_done_again(
        self, wire: Wire, key: bytes, probe: Database
    ) -> None:
        name = some_key()
        headers = call_headers(self.METHOD, key, actor=LI, command_id=f"c-{name}")
        answers = [wire.call(self.METHOD, call_body(key=name), headers) for _ in range(2)]
        assert answers[0] == answers[1]
        changed = wire.call(self.METHOD, call_body(key=name, amount=100), headers)
        assert changed["error"]["exc_args"][0] == "command.id_reused"
        assert counted(probe, name) == 1

    def test_a_captured_call_is_of_no_use_with_other_arguments_or_for_another_s_ears(
        self, wire: Wire, key: bytes, environment: dict[str, str]
    ) -> None:
        method, body = "probe.get_count", call_body(key="a")
        assert wire.call(method, body, call_headers(method, key, actor=LI))["error"] is None
        captured = dict(wire.sent or {})
        answer = wire.call(method, call_body(key="b"), captured)
        assert answer["error"]["exc_args"][0] == "actor.misplaced"
        thief = Wire(environment["AMQP_URI"])
        assert thief.call(method, body, captured)["error"]["exc_args"][0] == "actor.misplaced"
        thief.close()
        assert wire.call(method, body, captured)["error"] is None, "the very same call"

    def test_a_captured_query_is_of_no_use_for_another_request(
        self, wire: Wire, key: bytes
    ) -> None:
        headers = call_headers("probe.get_count", key, actor=LI)
        assert wire.call("probe.get_count", call_body(key="a"), headers)["error"] is None
        for name, value in (("request_id", "r-2"), ("command_id", "c-2")):
            other = {**headers, f"nameko.{name}": value}
            assert self.refusal(wire, other, "a", "probe.get_count") == "actor.misplaced"
        assert self.refusal(wire, headers, "a") == "actor.misplaced"

    def test_an_actor_who_was_not_given_the_permission_is_refused_by_the_service(
        self, wire: Wire, key: bytes, probe: Database
    ) -> None:
        name = some_key()
        reader = Actor(UUID(int=3), "路人", permissions=frozenset({"probe.ask"}))
        headers = call_headers(self.METHOD, key, actor=reader, command_id=f"c-{name}")
        answer = wire.call(self.METHOD, call_body(key=name), headers)
        assert answer["error"]["exc_type"] == "Forbidden"
        assert answer["error"]["exc_args"][0] == "permission.missing"
        assert counted(probe, name) == 0

    def test_a_stock_client_gets_an_error_that_it_can_read(
        self, installation: dict[str, str], probe: Database
    ) -> None:
        done = subprocess.run(
            [sys.executable, "-c", STOCK_CLIENT],
            env={"AMQP_URI": installation["AMQP_URI"]},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout.startswith("RemoteError Unauthenticated actor.forged"), done.stderr
        assert counted(probe, "stock") == 0

    def test_a_process_without_the_key_does_not_start(self, installation: dict[str, str]) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "libs.common.launcher", ROLE],
            env={**os.environ, **installation, "ACTOR_KEY": ""},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode != 0
        assert "configuration: ACTOR_KEY must be set" in done.stderr


class TestMalformedCalls:
    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b"{", "application/json"),
            (b"\xff\xfe", "application/json"),
            (b"", "application/json"),
            (b"null", "application/json"),
            (b"[]", "application/json"),
            (b'"text"', "application/json"),
            (b"{}", "application/json"),
            (b'{"args": []}', "application/json"),
            (b'{"args": {}, "kwargs": {}}', "application/json"),
            (b'{"args": [], "kwargs": []}', "application/json"),
            (b'{"args": [], "kwargs": null}', "application/json"),
            (b'{"args": ["a"], "kwargs": {}}', "application/json"),
            (b'{"args": [], "kwargs": {"call": 1, "self": 2}}', "application/json"),
            (b"cos\nsystem\n(S'true'\ntR.", "application/x-python-serialize"),
            (b"key: a", "application/x-yaml"),
            (b"whatever", "no/such-type"),
            (b"{}", None),
        ],
        ids=repr,
    )
    def test_a_body_that_is_no_call_is_answered(
        self, wire: Wire, key: bytes, body: bytes, content_type: str | None
    ) -> None:
        headers = call_headers("probe.get_count", key, actor=LI)
        answer = wire.call("probe.get_count", body, headers, content_type=content_type)
        assert answer["error"]["exc_type"] == "InvalidInput"
        assert answer["error"]["exc_args"][0] == "call.malformed"

    @pytest.mark.parametrize("deadline", ["soon", "nan", "inf", "-inf", "1e400", "", "99e99"])
    def test_a_senseless_deadline_harms_nobody(self, wire: Wire, key: bytes, deadline: str) -> None:
        headers = call_headers("probe.get_count", key, actor=LI, deadline=deadline)
        answer = wire.call("probe.get_count", call_body(key="a"), headers)
        assert answer["error"] is None or answer["error"]["exc_type"] in (
            "InvalidInput",
            "Unavailable",
        )

    def test_an_unknown_method_is_named(self, wire: Wire, key: bytes) -> None:
        headers = call_headers("probe.explode", key, actor=LI)
        answer = wire.call("probe.explode", call_body(), headers)
        assert "explode" in answer["error"]["value"]

    def test_a_call_that_wants_no_answer_is_passed_over_in_silence(
        self, wire: Wire, key: bytes, client: RpcClient, processes: Processes
    ) -> None:
        pid = processes.pid(ROLE)
        for body in (b"{", call_body(key="a")):
            headers = call_headers("probe.get_count", key, actor=LI)
            wire.call("probe.get_count", body, headers, expects_reply=False)
        assert query(client, "ping") == {"pong": "probe"}
        assert processes.pid(ROLE) == pid

    @pytest.mark.parametrize("value", [7, ["x"], {"a": 1}, b"\xff", True], ids=repr)
    @pytest.mark.parametrize("name", ["request_id", "command_id", "actor", "deadline"])
    def test_wrong_headers_harm_nobody(
        self, wire: Wire, key: bytes, name: str, value: object
    ) -> None:
        headers = {**call_headers("probe.get_count", key, actor=LI), f"nameko.{name}": value}
        answer = wire.call("probe.get_count", call_body(key="a"), headers)
        assert answer["error"]["exc_type"] in ("Unauthenticated", "InvalidInput", "Unavailable")


class TestDeadlines:
    def test_a_command_that_takes_too_long_has_an_unknown_outcome(
        self, client: RpcClient, probe: Database
    ) -> None:
        key = some_key()
        with probe.begin() as holder:
            holder.session.execute(text("LOCK TABLE counts IN SHARE MODE"))
            with pytest.raises(Unavailable) as late:
                command(client, "count", command_id=f"c-{key}", timeout=0.7, key=key)
        assert late.value.details == {"outcome": "unknown", "command_id": f"c-{key}"}
        assert command(client, "count", command_id=f"c-{key}", key=key)["key"] == key
        assert counted(probe, key) == 1

    def test_a_query_that_takes_too_long_is_unavailable(self, client: RpcClient) -> None:
        with pytest.raises(Unavailable) as late:
            client.query("probe", "sleep", {"seconds": 3}, actor=LI, request_id="r-1", timeout=0.3)
        assert late.value.code == "service.unavailable"

    def test_a_statement_ends_with_the_call_s_deadline(
        self, client: RpcClient, probe: Database
    ) -> None:
        with pytest.raises(Unavailable):
            client.query(
                "probe", "sleep", {"seconds": "60"}, actor=LI, request_id="r-1", timeout=0.5
            )
        asleep = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active'"
        eventually(lambda: not ask(probe, asleep + " AND pid <> pg_backend_pid()"))

    def test_a_call_whose_time_has_passed_is_not_begun(
        self, wire: Wire, key: bytes, probe: Database
    ) -> None:
        name = some_key()
        headers = call_headers("probe.count", key, actor=LI, command_id=name, deadline="1000.5")
        answer = wire.call("probe.count", call_body(key=name), headers)
        assert answer["error"]["exc_type"] == "Unavailable"
        assert answer["error"]["exc_args"][0] == "call.expired"
        assert counted(probe, name) == 0


class TestCrashes:
    """The process dies; the broker gives the call to its successor."""

    @pytest.mark.parametrize("point", ["after_command_before_commit", "after_command_before_reply"])
    def test_a_command_has_one_effect_and_an_answer(
        self, client: RpcClient, probe: Database, processes: Processes, point: str
    ) -> None:
        key = some_key()
        processes.arm(point, ROLE)
        answer = command(client, "count", command_id=f"c-{key}", timeout=30, key=key)
        assert answer == {"key": key, "by": "李雷"}
        assert not processes.is_armed(point, ROLE)
        assert counted(probe, key) == 1
        stored = "SELECT 1 FROM commands WHERE command_id = :id AND sealed_result IS NOT NULL"
        assert len(ask(probe, stored, id=f"c-{key}")) == 1

    def test_a_caller_who_gave_up_repeats_by_the_id(
        self, client: RpcClient, probe: Database, processes: Processes
    ) -> None:
        key = some_key()
        processes.arm("after_command_before_reply", ROLE)
        with pytest.raises(Unavailable) as late:
            command(client, "count", command_id=f"c-{key}", timeout=0.5, key=key)
        assert late.value.details == {"outcome": "unknown", "command_id": f"c-{key}"}
        processes.wait_ready(ROLE)
        assert command(client, "count", command_id=f"c-{key}", key=key)["key"] == key
        assert counted(probe, key) == 1


class TestAbsence:
    def test_a_service_that_nobody_ever_started_is_known_at_once(self, client: RpcClient) -> None:
        with pytest.raises(Unavailable, match="nowhere") as absent:
            client.query("nowhere", "ping", {}, actor=LI, request_id="r-1", timeout=60)
        assert absent.value.code == "service.unavailable"

    def test_a_service_that_is_down_is_unavailable_and_then_works_again(
        self, client: RpcClient, probe: Database, processes: Processes
    ) -> None:
        abandoned, wanted = some_key(), some_key()
        processes.stop(ROLE)
        with pytest.raises(Unavailable) as down:
            client.query("probe", "ping", {}, actor=LI, request_id="r-1", timeout=0.3)
        assert down.value.code == "service.unavailable"
        with pytest.raises(Unavailable) as unknown:
            command(client, "count", command_id=abandoned, timeout=0.3, key=abandoned)
        assert unknown.value.code == "command.timeout"
        assert unknown.value.details == {"outcome": "unknown", "command_id": abandoned}
        answers: list[Any] = []
        waits = threading.Thread(
            target=lambda: answers.append(command(client, "count", timeout=60, key=wanted))
        )
        waits.start()
        processes.start(ROLE)
        waits.join(60)
        assert answers == [{"key": wanted, "by": "李雷"}]
        # What nobody waits for any more has not been done.
        assert (counted(probe, wanted), counted(probe, abandoned)) == (1, 0)


class TestClient:
    def test_a_client_connects_by_itself_and_ends(
        self, installation: dict[str, str], key: bytes
    ) -> None:
        made = RpcClient(installation["AMQP_URI"], key, name="short-lived")
        eventually(made.is_connected)
        made.close()
        eventually(lambda: not made.is_connected())
        eventually(
            lambda: not any(one.name.startswith("short-lived") for one in threading.enumerate())
        )

    def test_without_a_broker_a_call_is_unavailable(self, key: bytes) -> None:
        made = RpcClient("amqp://nobody:nothing@127.0.0.1:1/", key, name="lost")
        with pytest.raises(Unavailable) as lost:
            made.query("probe", "ping", {}, actor=LI, request_id="r-1", timeout=0.3)
        assert lost.value.code == "broker.unavailable"
        made.close()
