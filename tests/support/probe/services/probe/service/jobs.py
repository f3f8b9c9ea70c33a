"""Timers of the probe."""

from sqlalchemy import text

from libs.common.bus.every import every
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.timers import run_due_timers


def ring(uow, timer):
    """Write down that the timer rang."""
    if timer.fact.get("fails"):
        raise ValueError("a timer that fails")
    uow.session.execute(text("INSERT INTO heard VALUES (:key)"), {"key": f"rang {timer.key}"})


class Service:
    """Rings."""

    name = "probe"
    database = DatabaseProvider()
    relay = Relay()

    @every(0.05)
    def run_timers(self):
        """Run what is due."""
        return run_due_timers(self.database, {"ring": ring})
