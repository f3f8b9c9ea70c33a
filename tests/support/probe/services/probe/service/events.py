"""Subscriptions of the probe."""

from sqlalchemy import text

from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.subscribe import subscribe
from services.probe.contract import ProbeCounted, ProbeEchoed


class Service:
    """Hears counts in batches."""

    name = "probe"
    database = DatabaseProvider()
    relay = Relay()

    @subscribe(ProbeCounted, batch=True)
    def hear_counts(self, uow, events):
        """Write down each count; a key that begins with `bad` is a bug."""
        for event in events:
            if event.data["key"].startswith("bad"):
                raise ValueError(f"cannot hear {event.data['key']}")
            uow.emit(ProbeEchoed, subject=event.subject, data=event.data, cause=event)
        keys = [{"key": event.data["key"]} for event in events]
        uow.session.execute(text("INSERT INTO heard VALUES (:key)"), keys)

    @subscribe(ProbeEchoed)
    def hear_echo(self, uow, event):
        """Write down that the echo came."""
        uow.session.execute(
            text("INSERT INTO heard VALUES (:key)"), {"key": f"echo {event.data['key']}"}
        )
