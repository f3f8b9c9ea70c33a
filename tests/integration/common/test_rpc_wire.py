"""Calls that did not come from our client: whom they say they are from, and what no call is."""

import base64
import json
import os
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest

from libs.common.actor import Actor
from libs.common.bus.rpc_client import RpcClient
from libs.common.database.unit_of_work import Database
from libs.common.supervisor.processes import ROOT
from libs.common.testing.processes import Processes
from tests.integration.common.calls import LI, ROLE, query, some_key
from tests.integration.common.looking import counted
from tests.integration.common.wire import Wire, call_body, call_headers

pytestmark = pytest.mark.services("probe")


@pytest.fixture(scope="module", autouse=True)
def _running(processes: Processes) -> None:
    processes.start(ROLE)


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
