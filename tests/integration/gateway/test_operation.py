"""What operators see of the installation: whoever does not answer is shown as such."""

import os
from collections.abc import Iterator
from typing import Any

import pika
import pytest

from gateway.converters import SERVICES
from libs.common.database.roll_call import RollCall, list_processes
from libs.common.database.unit_of_work import Database
from libs.common.testing.eventually import eventually
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser

pytestmark = pytest.mark.services("gateway")

STATE: dict[str, Any] = {
    "outbox": {"rows": 3, "age_seconds": 1.5},
    "sent": {"events": 12, "since": "2026-11-21T08:00:00+00:00"},
    "failures": {"waiting": 1, "parked": 2, "oldest_at": "2026-11-21T08:00:00+00:00"},
    "timers": {"waiting": 40, "due": 1, "late_seconds": 0.2},
    "database_bytes": 9_000_000,
    "processes": [],
}


@pytest.fixture
def all_but_sla(services: FakeServices) -> FakeServices:
    for service in SERVICES:
        if service != "sla":
            services.answer(f"{service}.describe_operation", STATE)
    return services


@pytest.fixture
def roll_call(database: Database) -> Iterator[RollCall]:
    call = RollCall([database.engine], ["gateway.web"], lambda: 0.25).start()
    yield call
    call.stop()


def states(browser: Browser) -> dict[str, dict[str, Any]]:
    answer = browser.get("/operation")
    assert answer.status_code == 200, answer.text
    return {one["service"]: one for one in answer.json["services"]}


def test_every_service_tells_and_who_is_silent_is_named(
    administrator: Browser, all_but_sla: FakeServices
) -> None:
    found = states(administrator)
    assert list(found) == ["gateway", *SERVICES]
    assert found["ticketing"] == {"service": "ticketing", "is_answering": True, **STATE}
    assert found["sla"]["is_answering"] is False
    assert (found["sla"]["outbox"], found["sla"]["processes"]) == (None, [])


def test_the_gateway_asks_for_that_alone(administrator: Browser, all_but_sla: FakeServices) -> None:
    states(administrator)
    asked = all_but_sla.calls("ticketing.describe_operation")
    assert [(one.actor.kind, one.actor.permissions) for one in asked] == [
        ("gateway", frozenset({"operation.read"}))
    ]


def test_who_looks_often_asks_nobody_again(
    administrator: Browser, all_but_sla: FakeServices
) -> None:
    for _ in range(3):
        states(administrator)
    assert len(all_but_sla.calls("ticketing.describe_operation")) == 1


def test_processes_answer_for_themselves_until_they_leave(
    administrator: Browser, all_but_sla: FakeServices, database: Database, roll_call: RollCall
) -> None:
    def listed() -> list[Any]:
        with database.begin(read_only=True) as uow:
            return list_processes(uow.session.connection())

    eventually(listed)
    (process,) = states(administrator)["gateway"]["processes"]
    assert (process["roles"], process["pid"]) == (["gateway.web"], os.getpid())
    assert (process["hub_lag_seconds"], process["is_alive"]) == (0.25, True)
    roll_call.stop()
    eventually(lambda: not listed())


def test_queues_are_counted(
    administrator: Browser, all_but_sla: FakeServices, installation: dict[str, str]
) -> None:
    parameters = pika.URLParameters(installation["AMQP_URI"])
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("rpc-sla", durable=True)
        channel.queue_purge("rpc-sla")
        channel.basic_publish("", "rpc-sla", b"{}")
        queues = {one["name"]: one for one in administrator.get("/operation").json["queues"]}
        channel.queue_purge("rpc-sla")
    assert queues["rpc-sla"] == {"name": "rpc-sla", "messages": 1, "consumers": 0}
    assert "ticketing.inbox" in queues


def test_it_is_not_for_everybody(agent: Browser) -> None:
    assert agent.get("/operation").status_code == 403
