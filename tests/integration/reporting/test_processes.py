"""The real processes at the broker: events in, figures out, deaths between."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest

from libs.common.clock import utc_now
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.reporting.counting import BOSS, ZONE
from tests.support.actors import actor
from tests.support.happenings import Life, World
from tests.support.outside import Outside
from tests.support.recount.figures import Recount, figure

pytestmark = pytest.mark.services("reporting")

METRICS = ["new", "solved", "unresolved", "transfers", "satisfaction_mean", "resolution_median"]
ADMINISTRATOR = actor("administrator")


@pytest.fixture(scope="module")
def outside(installation: dict[str, str], processes: Processes) -> Iterator[Outside]:
    made = Outside(installation, "reporting", BOSS)
    processes.start("reporting.rpc", "reporting.jobs")
    processes.start("reporting.events", replicas=2)
    with closing(made):
        yield made


def test_figures_are_exact_though_whoever_counts_dies_on_the_way(outside, processes):
    world = World(31)
    began = [utc_now() - timedelta(days=40) + timedelta(hours=n) for n in range(200)]
    events = [event for at in began for event in Life(world, at).live().events]
    world.random.shuffle(events)
    processes.arm("after_figures_kept", "reporting.events")
    outside.tell(*events[: len(events) // 2])
    eventually(lambda: not processes.is_armed("after_figures_kept", "reporting.events"))
    processes.arm("after_commit_before_ack", "reporting.events")
    outside.tell(*events[len(events) // 2 :])
    first, last = date(2020, 1, 1), date(2029, 12, 31)
    count = Recount(events, ZONE, utc_now().astimezone(ZONE).date())
    told = {name: figure(count, name, first, last, lambda keys: True) for name in METRICS}
    expected = pytest.approx([number for pair in told.values() for number in pair])
    period = {"unit": "custom", "from": str(first), "until": str(last)}

    def shown() -> list[float]:
        totals = outside.ask("get_report", metrics=METRICS, period=period)["totals"]
        return [totals[name][part] for name in METRICS for part in ("value", "count")]

    eventually(lambda: shown() == expected, timeout=60)
    outside.command("rebuild_figures", ADMINISTRATOR)
    eventually(
        lambda: outside.ask("get_rebuild", ADMINISTRATOR)["phase"] == "done",
        timeout=60,
    )
    assert shown() == expected
