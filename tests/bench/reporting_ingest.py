"""How many events reporting hears in a second: its real process, at servers of its own.

    python -m tests.bench.reporting_ingest

Lives are told in the order in which they happen, many tickets at once, as a backlog in the queue.
"""

import time
from contextlib import closing
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from libs.common.bus.connection import connect
from libs.common.bus.publisher import ConfirmingChannel, durable_json, publish_all
from libs.common.bus.topology import committed, declare, generate
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.contracts.envelope import REGISTRY, Event, dump_event
from libs.common.database.unit_of_work import Database
from tests.bench.own_servers import own_servers
from tests.bench.table import print_table
from tests.support.happenings import Life, World

TICKETS, WARM_UP = 4_000, 2_000
_CHUNK = 1_000


def measure_ingest(tickets: int = TICKETS) -> list[dict[str, Any]]:
    """One row of the bench."""
    events = _events(tickets)
    with own_servers("reporting") as (variables, processes):
        with connect(variables["AMQP_URI"], "bench") as connection:
            declare(connection.channel(), generate(committed()))
            channel = ConfirmingChannel(connection)
            for start in range(0, len(events), _CHUNK):
                publish_all(channel, [_letter(one) for one in events[start : start + _CHUNK]])
        with closing(Database.connect("reporting", Config.read(variables))) as database:
            processes.start("reporting.events")
            _wait(database, WARM_UP)
            begun, first = time.perf_counter(), _handled(database)
            _wait(database, len(events))
            took = time.perf_counter() - begun
    rate = (len(events) - first) / took
    note = f"{len(events)} events of {tickets} tickets, archived, kept, folded and counted"
    return [{"name": "reporting_ingest", "rate": rate, "floor": 1500, "note": note}]


def _events(tickets: int) -> list[Event]:
    """Lives that began within the last two hours."""
    world, now = World(1), utc_now()
    began = [now - timedelta(seconds=2 * world.random.randrange(3600)) for _ in range(tickets)]
    lives = [Life(world, at).live() for at in began]
    return sorted((e for life in lives for e in life.events), key=lambda event: event.time)


def _letter(event: Event) -> Any:
    schema = REGISTRY[event.type]
    body = dump_event(schema, event.id, event.subject, event.time, event.data)
    return (f"{schema.producer}.private", event.type, durable_json(body), True)


def _handled(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM inbox")).scalar_one())


def _wait(database: Database, count: int) -> None:
    deadline = time.monotonic() + 120
    while _handled(database) < count and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    print_table(measure_ingest())
