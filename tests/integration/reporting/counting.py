"""Reporting at work in a test: hears, sums up, answers; each in its own transaction."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.bus.call import Call
from libs.common.config import Config
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import Database
from libs.common.directory.copying import keep_directory
from services.reporting.service.rpc import Service
from services.reporting.storage.archive import make_months
from services.reporting.use_cases.hear_events import hear_customers, hear_events
from services.reporting.use_cases.rebuild import run_rebuild
from services.reporting.use_cases.sum_up import sum_up_some
from tests.support.actors import actor

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2027, 3, 20, 4, tzinfo=UTC)
BOSS = actor("supervisor", "王主管")
_TABLES = (
    "archive", "facts", "tickets", "customer_states", "acts", "stays", "cells", "spreads", "marks",
    "rebuild_again", "commands", "ticket_categories",
)  # fmt: skip


class Counting:
    """Runs use cases as the shell would."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.service = Service()
        # As nameko injects dependencies into its workers.
        vars(self.service).update(database=database, config=Config.read({}))

    def empty(self) -> None:
        self.do(f"TRUNCATE {', '.join(_TABLES)}")
        self.do("UPDATE rebuild SET phase = 'none'")

    def load_months(self) -> None:
        """Partitions for lives that began long ago."""
        with self.database.begin() as uow:
            make_months(uow.session.connection(), datetime(2025, 11, 1, tzinfo=UTC), 24)
            uow.commit()

    def hear(self, events: Iterable[Event]) -> None:
        """One batch of whatever arrives together."""
        told = list(events)
        customers = [event for event in told if event.type.startswith("customer.")]
        others = [event for event in told if not event.type.startswith("customer.")]
        with self.database.begin(timeout=60) as uow:
            if others:
                hear_events(uow, others, ZONE)
            if customers:
                hear_customers(uow, customers, ZONE)
            uow.commit()

    def learn(self, *events: Event) -> None:
        """Copy directory events."""
        with self.database.begin() as uow:
            keep_directory(uow.session, events)
            uow.commit()

    def sum_up(self, now: datetime = NOW) -> None:
        """Until all sums hold that can."""
        while sum_up_some(self.database, ZONE, now, quiet=timedelta(days=-9999)):
            pass

    def rebuild_steps(self, count: int = 100_000) -> int:
        """Some steps of a rebuild; returns how many there were."""
        for done in range(count):
            if not run_rebuild(self.database, ZONE):
                return done
        return count

    def ask(self, method: str, /, asker: Actor = BOSS, now: datetime = NOW, **given: Any) -> Any:
        """Call a method as the gateway would."""
        call = Call(
            actor=asker,
            now=now,
            deadline=time.time() + 60,
            request_id="r",
            command_id=str(uuid4()),
        )
        return orjson.loads(orjson.dumps(getattr(self.service, method)(call, **given)))

    def rows(self, query: str, **given: Any) -> Sequence[Any]:
        with self.database.engine.connect() as connection:
            return connection.execute(text(query), given).mappings().all()

    def do(self, statement: str, **given: Any) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(text(statement), given)
