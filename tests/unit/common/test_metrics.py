"""What the shared mechanisms report is counted under the documented names."""

import pytest
from prometheus_client import REGISTRY

from libs.common import metrics
from libs.common.errors import Conflict


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_handled_events_are_counted_by_outcome() -> None:
    labels = {"service": "m", "type": "ticket.created", "outcome": "duplicate"}
    before = value("tidedesk_handled_events_total", **labels)
    metrics.count_handled("m", "ticket.created", "duplicate", 3)
    assert value("tidedesk_handled_events_total", **labels) == before + 3


def test_gauges_keep_the_last_word() -> None:
    metrics.set_outbox("m", rows=7, age_seconds=1.5)
    metrics.set_outbox("m", rows=2, age_seconds=0.5, lane="urgent")
    metrics.set_inbox_failures("m", waiting=4, parked=1)
    metrics.set_hub_lag(0.25)
    assert value("tidedesk_outbox_rows", service="m", lane="normal") == 7
    assert value("tidedesk_outbox_age_seconds", service="m", lane="urgent") == 0.5
    assert value("tidedesk_inbox_failures", service="m", parked="no") == 4
    assert value("tidedesk_inbox_failures", service="m", parked="yes") == 1
    assert value("tidedesk_hub_lag_seconds") == 0.25


def test_a_timed_block_knows_how_it_ended() -> None:
    with metrics.timed_rpc("m", "get_ticket"):
        pass
    with pytest.raises(Conflict), metrics.timed_rpc("m", "get_ticket"):
        raise Conflict("ticket.closed")
    with pytest.raises(ZeroDivisionError), metrics.timed_handler("m", "route"):
        raise ZeroDivisionError
    with metrics.timed_handler("m", "route") as timing:
        timing.outcome = "parked"
    rpc, handler = "tidedesk_rpc_seconds_count", "tidedesk_handler_seconds_count"
    assert value(rpc, service="m", method="get_ticket", outcome="ok") == 1
    assert value(rpc, service="m", method="get_ticket", outcome="refused") == 1
    assert value(handler, service="m", handler="route", outcome="failed") == 1
    assert value(handler, service="m", handler="route", outcome="parked") == 1


def test_lag_against_a_faster_clock_counts_as_none() -> None:
    metrics.observe_queue_lag("m", "m.events", -2.0)
    assert value("tidedesk_queue_lag_seconds_sum", service="m", queue="m.events") == 0


def test_counters_of_rare_things_count() -> None:
    metrics.count_relayed("m", "confirmed", 5)
    metrics.count_gap("m")
    metrics.count_stopped_chain("m", "ticket.edited")
    metrics.observe_outbound("m", "2xx", 0.1)
    assert value("tidedesk_relayed_events_total", service="m", outcome="confirmed") == 5
    assert value("tidedesk_sequence_gaps_total", service="m") == 1
    assert value("tidedesk_stopped_chains_total", service="m", type="ticket.edited") == 1
    assert value("tidedesk_outbound_seconds_count", purpose="m", outcome="2xx") == 1


class Pool:
    def __init__(self, used: int, idle: int, most: int) -> None:
        self.used, self.idle, self.most = used, idle, most

    def checkedout(self) -> int:
        return self.used

    def checkedin(self) -> int:
        return self.idle

    def size(self) -> int:
        return self.most


def test_pools_of_one_service_count_together_while_they_stand() -> None:
    standing: list[Pool | None] = [Pool(3, 2, 10)]
    metrics.show_pool("pools", lambda: standing[0])
    other = Pool(1, 0, 5)
    metrics.show_pool("pools", lambda: other)
    used = {"service": "pools", "state": "used"}
    assert value("tidedesk_pool_connections", **used) == 4
    assert value("tidedesk_pool_connections", service="pools", state="idle") == 2
    assert value("tidedesk_pool_limit", service="pools") == 15
    standing[0] = None
    assert value("tidedesk_pool_connections", **used) == 1
    assert value("tidedesk_pool_limit", service="pools") == 5
