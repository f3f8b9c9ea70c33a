"""How soon tickets are read: one, lists, search, counters; at many tickets and at few.

    python -m tests.bench.ticket_reads [tickets] [--explain]

Tickets with their timelines are filled into a database of its own, as is their index of words;
readers are two processes of four threads, without a pause between an answer and the next question.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.config import Config
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.queries.ticket_counts import count_tickets
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.queries.ticket_pages import get_ticket
from services.ticketing.queries.ticket_search import search_tickets
from tests.bench.own_database import own_server
from tests.bench.table import print_table
from tests.integration.ticketing.plans import plan_of
from tests.support.actors import actor

MANY, FEW = 1_000_000, 10_000
PROCESSES, THREADS = 2, 4
# Tickets of an agent; the narrow scope is one of them, with a group's pool.
_OWN = 5_000
_PAGE_40 = 39

# What filled tickets are about: in a third of them, in one of thousands, in none; and together.
BROAD = ("退款", "订单", "您好", "客户", "重启 设备", "配件", "空气净化器")
NARROWER = ("退款 净化器", '"三个工作日"', "subject:投影仪 上海", "订单 -退款", "重复扣款")
RARE = ("{number}", "{order}", "{order} 退款", "不存在的词", "customer:{customer}")
FILTERS: Sequence[Mapping[str, Any]] = (
    {"view": "open"},
    {"view": "all"},
    {"status": "in_progress"},
    {"kind": "complaint", "urgency": "urgent"},
    {"status": "solved", "channel": "phone"},
    {"view": "overdue"},
)
SORTS = ("-updated_at", "-created_at")

Row = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What the readers know of the tickets: enough to ask for some."""

    boss: Actor
    agent: Actor
    numbers: Sequence[str]
    orders: Sequence[str]
    customers: Sequence[str]
    cursors: Mapping[tuple[str, int, str], str | None]


def measure_reads(
    seconds: float, many: int = MANY, few: int = FEW, explain: bool = False
) -> list[Row]:
    """Rows of the bench: filling, re-indexing, and each way of reading at both sizes."""
    rows: list[Row] = []
    for tickets in dict.fromkeys((few, many)):
        with own_server("ticketing") as url:
            rows += [one | {"tickets": tickets} for one in _filled(url, tickets)]
            rows += [one | {"tickets": tickets} for one in _measured(url, seconds, explain)]
    return [_compared(one, rows, few) for one in rows]


def _compared(row: Row, rows: Sequence[Row], few: int) -> Row:
    named = {**row, "name": f"{row['name']}, {row['tickets']:,}"}
    base = next((one for one in rows if one["name"] == row["name"]), None)
    if row["tickets"] != few and base and "p50" in row:
        times = row["p50"] / base["p50"]
        named["note"] = f"{row.get('note', '')}; {times:.1f} times that of {few:,}"
    return named


def _filled(url: str, tickets: int) -> list[Row]:
    env = {**os.environ, "DATABASE_URL": url, "DATABASE_POOL": "10"}
    agents = [f"{uuid7()}=客服{n:03d}" for n in range(max(tickets // _OWN, 20))]
    fill = [sys.executable, "-m", "services.ticketing.fill", str(tickets), "--assignee", *agents]
    rows = []
    for name, command in (
        ("fill", fill),
        ("re-index", [sys.executable, "-m", "services.ticketing.reindex", "--resume"]),
    ):
        if name == "re-index":
            _forget_due(url)
        began = time.perf_counter()
        subprocess.run(command, env=env, check=True)
        rate = tickets / (time.perf_counter() - began)
        rows.append({"name": f"tickets: {name}", "rate": rate, "floor": 1000})
    with closing(_open(url)) as database:
        connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with connection:
            connection.execute(text("VACUUM (ANALYZE)"))
    return rows


def _forget_due(url: str) -> None:
    """Or all tickets would be cut twice: as new ones, and by the run over all."""
    with closing(_open(url)) as database, database.engine.begin() as connection:
        connection.execute(text("TRUNCATE ticket_search_due"))


def _measured(url: str, seconds: float, explain: bool) -> list[Row]:
    with closing(_open(url)) as database:
        known = _learn(database)
        if explain:
            _explain(database, known)
    rows = []
    for name in ASKS:
        row = _ask_for(url, name, known, seconds)
        print(f"  {name}: p50 {row['p50']:.1f}, p95 {row['p95']:.1f} ms", flush=True)
        rows.append(row)
    return rows


def _learn(database: Database) -> Known:
    with database.engine.connect() as connection:
        ask = partial(_column, connection)
        agent_id, group_id = connection.execute(
            text(
                "SELECT assignee_id, (SELECT group_id FROM tickets WHERE group_id IS NOT NULL "
                "LIMIT 1) FROM tickets WHERE assignee_id IS NOT NULL LIMIT 1"
            )
        ).one()
        known = Known(
            boss=actor("supervisor"),
            agent=_agent(agent_id, group_id),
            numbers=ask("SELECT number FROM tickets TABLESAMPLE SYSTEM (5) LIMIT 2000"),
            orders=ask(
                "SELECT fields->>'order_number' FROM tickets TABLESAMPLE SYSTEM (5) "
                "WHERE fields ? 'order_number' LIMIT 2000"
            ),
            customers=ask("SELECT customer_name FROM tickets TABLESAMPLE SYSTEM (5) LIMIT 500"),
            cursors={},
        )
    return replace(known, cursors=_far_cursors(database, known))


def _column(connection: Any, query: str) -> list[str]:
    # The question mark is an operator of JSON here.
    return list(connection.exec_driver_sql(query).scalars())


def _agent(agent_id: UUID, group_id: UUID) -> Actor:
    scopes = {"tickets": "own", "pools": True, "groups": [str(group_id)]}
    return replace(actor("agent"), subject=agent_id, scopes=scopes)


def _far_cursors(database: Database, known: Known) -> dict[tuple[str, int, str], str | None]:
    """Where page 40 begins, or the last page of those who have fewer."""
    found: dict[tuple[str, int, str], str | None] = {}
    for who in ("all", "own"):
        for place, filters in enumerate(FILTERS):
            for sort in SORTS:
                found[who, place, sort] = _walk(database, _who(known, who), filters, sort)
    return found


def _walk(database: Database, who: Actor, filters: Mapping[str, Any], sort: str) -> str | None:
    cursor = None
    for _ in range(_PAGE_40):
        with database.begin(read_only=True) as uow:
            following = list_tickets(uow, who, filters, sort, 25, cursor)["next_cursor"]
        if following is None:
            break
        cursor = following
    return cursor


def _who(known: Known, who: str) -> Actor:
    return known.boss if who == "all" else known.agent


def _get(known: Known, who: str, uow: UnitOfWork, dice: random.Random) -> Any:
    return get_ticket(uow, _who(known, who), dice.choice(known.numbers))


def _list(known: Known, who: str, uow: UnitOfWork, dice: random.Random) -> Any:
    return list_tickets(uow, _who(known, who), dice.choice(FILTERS), dice.choice(SORTS))


def _far(known: Known, who: str, uow: UnitOfWork, dice: random.Random) -> Any:
    mine = [key for key in known.cursors if key[0] == who]
    key = dice.choice(mine)
    return list_tickets(uow, _who(known, who), FILTERS[key[1]], key[2], 25, known.cursors[key])


def _search(
    known: Known, who: str, queries: Sequence[str], uow: UnitOfWork, dice: random.Random
) -> Any:
    query = dice.choice(queries).format(
        number=dice.choice(known.numbers),
        order=dice.choice(known.orders),
        customer=dice.choice(known.customers),
    )
    return search_tickets(uow, _who(known, who), query, {})


def _count(known: Known, who: str, uow: UnitOfWork, dice: random.Random) -> Any:
    return count_tickets(uow, _who(known, who))


# By name: how it is asked, and what p95 must stay under.
ASKS: Mapping[str, tuple[Callable[..., Any], float]] = {
    "tickets: get": (partial(_get, who="all"), 40),
    "tickets: list, all": (partial(_list, who="all"), 80),
    "tickets: list, own": (partial(_list, who="own"), 80),
    "tickets: list page 40, all": (partial(_far, who="all"), 80),
    "tickets: list page 40, own": (partial(_far, who="own"), 80),
    "tickets: search broad, all": (partial(_search, who="all", queries=BROAD), 200),
    "tickets: search broad, own": (partial(_search, who="own", queries=BROAD), 200),
    "tickets: search both, all": (partial(_search, who="all", queries=NARROWER), 200),
    "tickets: search both, own": (partial(_search, who="own", queries=NARROWER), 200),
    "tickets: search rare, all": (partial(_search, who="all", queries=RARE), 200),
    "tickets: search rare, own": (partial(_search, who="own", queries=RARE), 200),
    "tickets: counters, all": (partial(_count, who="all"), 80),
    "tickets: counters, own": (partial(_count, who="own"), 80),
}


def _ask_for(url: str, name: str, known: Known, seconds: float) -> Row:
    given = [(url, name, known, seconds, seed) for seed in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        late = sorted(one for some in pool.map(_read_all, given) for one in some)
    at = {f"p{share}": late[int(len(late) * share / 100)] for share in (50, 95, 99)}
    most = ASKS[name][1]
    note = f"p95 at most {most:.0f}, longest {late[-1]:.0f} ms"
    return {"name": name, "rate": len(late) / seconds, **at, "p95_most": most, "note": note}


def _read_all(given: tuple[str, str, Known, float, int]) -> list[float]:
    url, name, known, seconds, seed = given
    with closing(_open(url)) as database, ThreadPoolExecutor(THREADS) as threads:
        read = partial(_read, database, name, known)
        # Each has its dictionary loaded and its connection open before it counts.
        list(threads.map(partial(read, 1.0), range(THREADS)))
        found = threads.map(partial(read, seconds), range(100 * seed, 100 * seed + THREADS))
        return [one for some in found for one in some]


def _read(database: Database, name: str, known: Known, seconds: float, seed: int) -> list[float]:
    dice, late, ask = random.Random(seed), [], ASKS[name][0]
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        began = time.perf_counter()
        with database.begin(read_only=True) as uow:
            orjson.dumps(ask(known, uow=uow, dice=dice))
        late.append((time.perf_counter() - began) * 1000)
    return late


def _explain(database: Database, known: Known) -> None:
    for name, (ask, _) in ASKS.items():
        plan = plan_of(database, partial(_ask_once, ask, known))
        print(f"\n--- {name}\n{plan}", flush=True)


def _ask_once(ask: Callable[..., Any], known: Known, uow: UnitOfWork) -> Any:
    return ask(known, uow=uow, dice=random.Random(1))


def _open(url: str) -> Database:
    return Database.connect("ticketing", Config.read({"DATABASE_URL": url, "DATABASE_POOL": "10"}))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ticket_reads")
    parser.add_argument("tickets", type=int, nargs="?", default=MANY)
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--explain", action="store_true", help="print the plans as well")
    options = parser.parse_args()
    print_table(measure_reads(options.seconds, options.tickets, options.few, options.explain))


if __name__ == "__main__":
    main()
