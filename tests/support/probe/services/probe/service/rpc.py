"""Calls of the probe."""

import time

from sqlalchemy import text

from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls, command, query
from libs.common.errors import Conflict
from services.probe.contract import ProbeCounted


class Service(OperatorCalls):
    """Counts by command."""

    name = "probe"
    database = DatabaseProvider()
    relay = Relay()

    @query("probe.ask")
    def get_count(self, call, *, key):
        """The amount counted under a key."""
        found = call.uow.session.execute(
            text("SELECT amount FROM counts WHERE key = :key"), {"key": key}
        )
        return found.scalar() or 0

    @query("probe.ask")
    def sleep(self, call, *, seconds):
        """Hold a worker, or the database for a string of seconds."""
        if isinstance(seconds, str):
            call.uow.session.execute(text("SELECT pg_sleep(:s)"), {"s": float(seconds)})
        else:
            time.sleep(seconds)
        return "slept"

    @query("probe.ask")
    def answer_oddly(self, call):
        """What JSON does not know."""
        return {"a", "set"}

    @command("probe.do")
    def count(self, call, *, key, amount=1, refuse=False):
        """Count, and tell it; `refuse` raises after the change."""
        call.uow.session.execute(
            text(
                "INSERT INTO counts VALUES (:key, :amount) "
                "ON CONFLICT (key) DO UPDATE SET amount = counts.amount + :amount"
            ),
            {"key": key, "amount": amount},
        )
        data = {"key": key, "amount": amount, "secret": "不外传"}
        call.uow.emit(ProbeCounted, subject=key, data=data)
        if refuse:
            raise Conflict("count.refused", "refused", {"errors": {"key": ["refused"]}, "n": 7})
        return {"key": key, "by": call.actor.name}

    @command("probe.do")
    def crash(self, call):
        """A bug."""
        raise ZeroDivisionError("a bug")
