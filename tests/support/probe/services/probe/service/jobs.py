"""Timers of the probe."""

from sqlalchemy import text

from libs.common.bus.every import every
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.timers import run_due_timers
from services.probe.contract import ProbeEchoed


def ring(uow, timer):
    """Write down that the timer rang."""
    if timer.fact.get("fails"):
        raise ValueError("a timer that fails")
    key = f"rang {timer.key}"
    uow.session.execute(text("INSERT INTO heard VALUES (:key)"), {"key": key})
    uow.emit(ProbeEchoed, subject=timer.key, data={"key": key})


class Service:
    """Rings."""

    name = "probe"
    database = DatabaseProvider()
    relay = Relay()

    @every(0.05)
    def run_timers(self):
        """Run what is due."""
        return run_due_timers(self.database, {"ring": ring})
