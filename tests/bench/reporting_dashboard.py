"""How soon reporting answers with a million tickets of three years behind it.

    python -m tests.bench.reporting_dashboard [tickets]

Acts, stays and headers are made by SQL in a database of its own; the sums are made by the service.
"""

import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import text

from libs.common.bus.call import Call
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from services.reporting.service.rpc import Service
from services.reporting.use_cases.sum_up import sum_up_some
from tests.bench.own_servers import own_servers
from tests.bench.table import print_table
from tests.support.actors import actor

TICKETS, DAYS, REPEATS = 1_000_000, 1095, 5
ZONE = ZoneInfo("Asia/Shanghai")
METRICS = [
    "new", "solved", "unresolved", "first_reply_mean", "resolution_mean", "resolution_median",
    "resolution_p90", "overdue_rate", "fcr_rate", "satisfaction_mean",
]  # fmt: skip

# Ids that are the same for the same number, so that tables fit together.
_ID = "CAST(md5('{0}' || {1}) AS uuid)"
_TICKETS = f"""
INSERT INTO tickets (ticket_id, facts_from, number, seq, status, status_category, customer_id,
    assignee_id, group_id, region_id, score, created_at)
SELECT {_ID.format("t", "n")}, at, 'G' || n, 8, s, s, {_ID.format("c", "n % 50000")},
    {_ID.format("a", "n % 200")}, {_ID.format("g", "n % 20")}, {_ID.format("r", "n % 30")},
    1 + n % 5, at
FROM (SELECT n, now() - make_interval(secs => {DAYS} * 86400.0 * (1 - n::float / :tickets)) AS at,
    CASE WHEN n % 100 = 0 THEN 'assigned' WHEN n % 3 = 0 THEN 'solved' ELSE 'closed' END AS s
    FROM generate_series(1, :tickets) AS n) AS made
"""
_ACTS = """
INSERT INTO acts (ticket_id, what, nth, at, day, kind, channel, tier, region_id, group_id, agent_id,
    urgency, seconds, business_seconds, handling_seconds, score, nps, is_first, is_single_contact,
    is_reopened, was_overdue, is_settled, is_answered)
SELECT ticket_id, what, 1, created_at + later,
    ((created_at + later) AT TIME ZONE 'Asia/Shanghai')::date,
    (ARRAY['inquiry', 'complaint', 'repair', 'suggestion'])[1 + n % 4],
    (ARRAY['mail', 'phone', 'web_form', 'portal', 'manual'])[1 + n % 5],
    (ARRAY[NULL, 'normal', 'vip'])[1 + n % 3], region_id, group_id, assignee_id,
    (ARRAY['normal', 'urgent', 'critical'])[1 + n % 3],
    CASE WHEN what IN ('replied', 'solved') THEN extract(epoch FROM later) END,
    CASE WHEN what IN ('replied', 'solved') THEN extract(epoch FROM later) / 3 END,
    CASE WHEN what = 'solved' THEN extract(epoch FROM later) / 2 END,
    CASE WHEN what = 'rated' THEN 1 + n % 5 END, CASE WHEN what = 'rated' THEN n % 11 END,
    what = 'solved', what = 'solved' AND n % 3 > 0, what = 'solved' AND n % 17 = 0,
    what = 'solved' AND n % 11 = 0, false, what = 'surveyed' AND n % 2 = 0
FROM (
    SELECT tickets.*, what, chance, every,
        make_interval(secs => CASE what WHEN 'created' THEN 0
            WHEN 'replied' THEN 120 * exp(random() * 6) ELSE 3600 * exp(random() * 5) END) AS later
    FROM (SELECT *, substr(number, 2)::int AS n FROM tickets) AS tickets,
        (VALUES ('created', 1, 0), ('replied', 20, 1), ('solved', 50, 1), ('surveyed', 2, 1),
            ('rated', 4, 0), ('breached', 10, 0), ('transferred', 9, 0), ('reopened', 17, 0))
            AS acts (what, every, chance)
) AS made
WHERE created_at + later < now() AND CASE WHEN chance = 0 THEN n % every = 0 ELSE n % every > 0 END
"""
_STAYS = """
INSERT INTO stays (ticket_id, nth, started_at, start_day, end_day, status, kind, channel, tier,
    region_id, group_id, agent_id, urgency)
SELECT created.ticket_id, 1, created.at, created.day, solved.day, 'assigned', created.kind,
    created.channel, created.tier, created.region_id, created.group_id, created.agent_id,
    created.urgency
FROM acts AS created LEFT JOIN acts AS solved
    ON solved.ticket_id = created.ticket_id AND solved.what = 'solved'
WHERE created.what = 'created' AND created.day IS DISTINCT FROM solved.day
    AND (solved.day IS NOT NULL OR created.nth % 2 = 1)
"""


def measure_dashboard(tickets: int = TICKETS) -> list[dict[str, Any]]:
    """Rows of the bench: the dashboard, reports, and both of one agent's own tickets."""
    with own_servers("reporting") as (variables, _):
        config = Config.read(variables)
        with closing(Database.connect("reporting", config)) as database:
            _fill(database, tickets)
            service = Service()
            vars(service).update(database=database, config=config)
            return _measured(service)


def _fill(database: Database, tickets: int) -> None:
    started = time.perf_counter()
    made = "tickets, acts, stays"
    with database.begin(timeout=1800) as uow:
        for statement in (_TICKETS, _ACTS, _STAYS):
            uow.session.execute(text(statement), {"tickets": tickets})
        mark = "INSERT INTO marks (level, start) SELECT DISTINCT 1, day FROM acts"
        uow.session.execute(text(mark))
        uow.commit()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    print(f"  {made}: {time.perf_counter() - started:.0f} s", flush=True)
    started = time.perf_counter()
    while sum_up_some(database, ZONE, utc_now(), quiet=timedelta(seconds=-1)):
        pass
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    print(f"  sums: {time.perf_counter() - started:.0f} s", flush=True)


def _measured(service: Service) -> list[dict[str, Any]]:
    boss, rows = actor("supervisor"), []
    today = utc_now().astimezone(ZONE).date()
    whole = {"unit": "custom", "from": str(today - timedelta(DAYS)), "until": str(today)}
    periods = {unit: {"unit": unit} for unit in ("month", "quarter", "year")} | {"all time": whole}
    times: list[float] = []
    for name, period in periods.items():
        spent = [_ask(service, boss, "get_dashboard", period=period) for _ in range(REPEATS)]
        times += spent
        print(f"  dashboard, {name}: {max(spent) * 1000:.0f} ms", flush=True)
    rows.append({"name": "reporting_dashboard", **_spread(times), "note": _NOTE})
    times = []
    for name, period in periods.items():
        for by in ("kind", "channel", "group", "agent", "tier", "region", "month"):
            given = {"metrics": METRICS, "period": period, "by": by, "compare": "previous"}
            spent = [_ask(service, boss, "get_report", **given) for _ in range(REPEATS)]
            times += spent
            print(f"  report, {name} by {by}: {max(spent) * 1000:.0f} ms", flush=True)
    note = "10 metrics, compared, by seven dimensions in turn"
    rows.append({"name": "reporting: reports", **_spread(times), "note": note})
    return [*rows, _own(service, periods)]


_NOTE = "p95 must be under 300 ms; month, quarter, year and all of 3 years in turn"


def _own(service: Service, periods: dict[str, Any]) -> dict[str, Any]:
    with service.database.engine.connect() as connection:
        agent_id = connection.execute(text("SELECT assignee_id FROM tickets LIMIT 1")).scalar()
    agent = replace(actor("supervisor"), subject=agent_id, scopes={"tickets": "own"})
    times = []
    for name, period in periods.items():
        spent = [_ask(service, agent, "get_dashboard", period=period) for _ in range(REPEATS)]
        times += spent
        print(f"  an agent's dashboard, {name}: {max(spent) * 1000:.0f} ms", flush=True)
    note = "an agent's own 5,000 tickets, counted one by one"
    return {"name": "reporting: own dashboard", **_spread(times), "note": note}


def _ask(service: Service, asker: Any, method: str, **given: Any) -> float:
    call = Call(asker, utc_now(), time.time() + 60, "bench", str(uuid4()))
    started = time.perf_counter()
    getattr(service, method)(call, **given)
    return time.perf_counter() - started


def _spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: ordered[int(len(ordered) * share)] * 1000 for name, share in shares.items()}


if __name__ == "__main__":
    print_table(measure_dashboard(int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS))
