"""Fills the database of ticketing with made-up tickets, oldest first, spread over a year.

python -m services.ticketing.fill 100000 --assignee ID=NAME ID=NAME …
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.database.partitions import ensure_partitions
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from services.ticketing.domain.placing import Team
from services.ticketing.domain.ticket import Ticket
from services.ticketing.fill.stories import Storyteller
from services.ticketing.use_cases.fill_tickets import fill_tickets

_BATCH = 500


def main() -> None:
    """Fill, and say how fast."""
    options = _options()
    config = Config.read()
    database = Database.connect("ticketing", config)
    _prepare_partitions(database, options.days)
    started = time.perf_counter()
    # One batch is invented while the one before is written.
    with ThreadPoolExecutor(1) as writer:
        last: Future[None] | None = None
        for tickets in _batches(options):
            if last:
                last.result()
            last = writer.submit(_write, database, tickets, config.business_zone)
        if last:
            last.result()
    seconds = time.perf_counter() - started
    print(f"{options.count} tickets in {seconds:.1f} s: {options.count / seconds:.0f}/s")
    # As autovacuum would have by and by: a table that grew slowly is in this state.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) tickets, timeline_entries"))


def _prepare_partitions(database: Database, days: int) -> None:
    """Months that are over have partitions only if the system ran then."""
    with database.begin() as uow:
        start = utc_now() - timedelta(days=days)
        connection = uow.session.connection()
        ensure_partitions(connection, "timeline_entries", start=start, months=days // 30 + 2)
        uow.commit()


def _batches(options: argparse.Namespace) -> Iterator[list[Ticket]]:
    agents = [_agent(text) for text in options.assignee] or _invented_agents()
    teams = _invented_teams(options.groups, options.departments, options.regions)
    random, now = Random(options.seed), utc_now()
    teller = Storyteller(options.seed, max(options.count // 5, 1), agents, teams, now)
    # Nothing begins in the last days, so that nothing happens in the future.
    instants = sorted(
        now - timedelta(days=random.uniform(4, options.days)) for _ in range(options.count)
    )
    for begin in range(0, options.count, _BATCH):
        yield [teller.tell(instant) for instant in instants[begin : begin + _BATCH]]


def _write(database: Database, tickets: list[Ticket], zone: ZoneInfo) -> None:
    with database.begin(timeout=60) as uow:
        fill_tickets(uow, tickets, zone)
        uow.commit()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.ticketing.fill")
    parser.add_argument("count", type=int)
    parser.add_argument("--assignee", nargs="*", action="extend", default=[], metavar="ID=NAME")
    parser.add_argument("--groups", type=int, default=60)
    parser.add_argument("--departments", type=int, default=40)
    parser.add_argument("--regions", type=int, default=12)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _agent(text: str) -> Actor:
    person_id, _, name = text.partition("=")
    return Actor(UUID(person_id), name or "客服", "staff", ("agent",))


def _invented_agents() -> list[Actor]:
    return [Actor(uuid7(), f"客服{number:02d}", "staff", ("agent",)) for number in range(1, 21)]


def _invented_teams(groups: int, departments: int, regions: int) -> list[Team]:
    """Groups, spread evenly over departments and regions."""
    department_ids = [uuid7() for _ in range(departments)]
    region_ids = [uuid7() for _ in range(regions)]
    return [
        Team(
            group_id=uuid7(),
            name=f"第{place + 1}组",
            department_id=department_ids[place % departments],
            region_id=region_ids[place % regions],
        )
        for place in range(groups)
    ]


if __name__ == "__main__":
    main()
