"""The real processes at the broker: events in, figures out, deaths between."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest

from libs.common.bus.connection import connect
from libs.common.bus.publisher import ConfirmingChannel, durable_json, publish_all
from libs.common.bus.rpc_client import RpcClient
from libs.common.bus.topology import committed, declare, generate
from libs.common.clock import utc_now
from libs.common.contracts.envelope import REGISTRY, Event, dump_event
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.reporting.counting import BOSS, ZONE
from tests.support.actors import actor
from tests.support.happenings import Life, World
from tests.support.recount import Recount, figure

pytestmark = pytest.mark.services("reporting")

METRICS = ["new", "solved", "unresolved", "transfers", "satisfaction_mean", "resolution_median"]
ADMINISTRATOR = actor("administrator")


class Outside:
    """The other services and the gateway, as far as reporting sees them."""

    def __init__(self, uri: str, key: bytes) -> None:
        self._uri = uri
        with connect(uri, "outside") as connection:
            declare(connection.channel(), generate(committed()))
        self.rpc = RpcClient(uri, key)

    def tell(self, events: list[Event]) -> None:
        letters = []
        for event in events:
            schema = REGISTRY[event.type]
            body = dump_event(schema, event.id, event.subject, event.time, event.data)
            letters.append((f"{schema.producer}.private", event.type, durable_json(body), True))
        with connect(self._uri, "outside") as connection:
            publish_all(ConfirmingChannel(connection), letters)

    def ask(self, method: str, **arguments: Any) -> Any:
        return self.rpc.query("reporting", method, arguments, actor=BOSS, request_id="r")


@pytest.fixture(scope="module")
def outside(installation: dict[str, str], processes: Processes) -> Iterator[Outside]:
    made = Outside(installation["AMQP_URI"], bytes.fromhex(installation["ACTOR_KEY"]))
    processes.start("reporting.rpc", "reporting.jobs")
    processes.start("reporting.events", replicas=2)
    with closing(made.rpc):
        yield made


def test_figures_are_exact_though_whoever_counts_dies_on_the_way(outside, processes):
    world = World(31)
    began = [utc_now() - timedelta(days=40) + timedelta(hours=n) for n in range(200)]
    events = [event for at in began for event in Life(world, at).live().events]
    world.random.shuffle(events)
    processes.arm("after_figures_kept", "reporting.events")
    outside.tell(events[: len(events) // 2])
    eventually(lambda: not processes.is_armed("after_figures_kept", "reporting.events"))
    processes.arm("after_commit_before_ack", "reporting.events")
    outside.tell(events[len(events) // 2 :])
    first, last = date(2020, 1, 1), date(2029, 12, 31)
    count = Recount(events, ZONE, utc_now().astimezone(ZONE).date())
    told = {name: figure(count, name, first, last, lambda keys: True) for name in METRICS}
    expected = pytest.approx([number for pair in told.values() for number in pair])
    period = {"unit": "custom", "from": str(first), "until": str(last)}

    def shown() -> list[float]:
        totals = outside.ask("get_report", metrics=METRICS, period=period)["totals"]
        return [totals[name][part] for name in METRICS for part in ("value", "count")]

    eventually(lambda: shown() == expected, timeout=60)
    given = {"actor": ADMINISTRATOR, "request_id": "r"}
    outside.rpc.command("reporting", "rebuild_figures", {}, command_id=str(uuid7()), **given)
    eventually(
        lambda: outside.rpc.query("reporting", "get_rebuild", {}, **given)["phase"] == "done",
        timeout=60,
    )
    assert shown() == expected
