"""The judgement of lateness; what answers on a port is tested with a real one."""

import pytest

from libs.common.health import HealthServer, HubLag


def test_without_a_port_there_is_no_server() -> None:
    for port in (None, 0):
        with HealthServer(port, {}) as server:
            server.start()


def test_a_process_that_was_never_late_is_ready() -> None:
    lag = HubLag()
    lag.check()
    assert lag.longest() == 0


def test_a_long_delay_is_held_against_a_process_for_a_while() -> None:
    lag = HubLag(limit=2.0, memory=10.0)
    lag.record(100.0, 0.1)
    lag.record(103.0, 2.5)
    lag.record(112.9, 0.0)
    with pytest.raises(RuntimeError, match=r"2\.5 s late"):
        lag.check()
    lag.record(113.1, 0.0)
    lag.check()
