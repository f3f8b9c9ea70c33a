"""Calls over the real bus to a real process: typed errors, verified actors, deadlines, repeats."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.bus.rpc_client import RpcClient
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, DeskError, Forbidden, InvalidInput, Unavailable
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.common.calls import BOSS, LI, ROLE, command, query, some_key
from tests.integration.common.looking import ask, counted
from tests.integration.common.wire import Wire, call_body, call_headers

pytestmark = pytest.mark.services("probe")


@pytest.fixture(scope="module", autouse=True)
def _running(processes: Processes) -> None:
    processes.start(ROLE)


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
