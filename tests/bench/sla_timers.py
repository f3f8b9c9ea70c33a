"""How late sla tells what is due: 100,000 running clocks, two replicas, servers of its own.

    python -m tests.bench.sla_timers

What is measured is the way from a due time to a consumer at the broker that hears of it.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import pika
from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.rows import put_rows
from libs.common.database.unit_of_work import Database
from libs.common.timers import schedule_timers
from tests.bench.own_servers import own_servers
from tests.bench.table import print_table

CLOCKS, PER_SECOND, SECONDS, OVERDUE, REPLICAS = 100_000, 100, 40, 5_000, 2
STEADY = PER_SECOND * SECONDS
_DAY = timedelta(hours=24)
_CHUNK = 5_000
_POLICY = UUID("5a000000-0000-7000-8000-000000000004")  # the shipped default
_TOLD = ("#warned", "first_reply_soon")

Row = dict[str, Any]


def measure_timers() -> list[Row]:
    """Rows of the bench: steps that come due steadily, and those of a downtime."""
    with own_servers("sla") as (variables, processes):
        database = Database.connect("sla", Config.read(variables))
        _fill(database, _later(), told=False)
        _settle_down(database)
        with _listener(variables["AMQP_URI"]) as heard:
            processes.start("sla.jobs", replicas=REPLICAS)
            start = datetime.now(UTC) + timedelta(seconds=10)
            soon = [start + timedelta(seconds=n / PER_SECOND) for n in range(STEADY)]
            _fill(database, soon, told=True)
            steady = _steady(heard, start)
            processes.stop("sla.jobs")
            _fill(database, [datetime.now(UTC) - timedelta(minutes=5)] * OVERDUE, told=True)
            heard.clear()
            processes.start("sla.jobs", replicas=REPLICAS)
            caught_up = _caught_up(heard)
        database.close()
    return [steady, caught_up]


def _later() -> list[datetime]:
    """Due times from an hour on, through a day: their reminders are the background."""
    now, count = datetime.now(UTC), CLOCKS - STEADY
    return [now + timedelta(hours=1) + n * (_DAY / count) for n in range(count)]


def _settle_down(database: Database) -> None:
    """As autovacuum would have done by then."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _steady(heard: "list[tuple[str, float]]", start: datetime) -> Row:
    deadline = start.timestamp() + SECONDS + 20
    while len(heard) < STEADY and time.time() < deadline:
        time.sleep(0.2)
    late = sorted(seconds for _, seconds in heard)
    twice = sum(times - 1 for times in Counter(key for key, _ in heard).values())
    at = {f"p{share}": late[int(len(late) * share / 100)] * 1000 for share in (50, 95, 99)}
    note = f"latest {late[-1] * 1000:.0f} ms, {STEADY - len(late)} lost, {twice} twice"
    name = f"sla: breaches of {CLOCKS} clocks"
    return {"name": name, "rate": len(late) / SECONDS, **at, "note": note}


def _caught_up(heard: "list[tuple[str, float]]") -> Row:
    deadline = time.time() + 60
    while len(heard) < OVERDUE and time.time() < deadline:
        time.sleep(0.05)
    # All were due at one instant.
    late = sorted(seconds for _, seconds in heard)
    took = late[-1] - late[0]
    twice = len(heard) - len({key for key, _ in heard})
    note = f"{len(heard)} of {OVERDUE} after a downtime, {twice} twice"
    return {"name": "sla: catching up", "rate": len(heard) / took, "note": note}


@contextmanager
def _listener(uri: str) -> Iterator["list[tuple[str, float]]"]:
    """Each breach that is heard of: its clock, and how late it was when it arrived (seconds)."""
    heard: list[tuple[str, float]] = []
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, "sla.events", "clock.breached")

    def hear(_channel: Any, _method: Any, _properties: Any, body: bytes) -> None:
        now, told = time.time(), json.loads(body)["data"]
        due_at = datetime.fromisoformat(told["due_at"]).timestamp()
        heard.append((told["clock_id"], now - due_at))

    channel.basic_consume(queue, hear, auto_ack=True)
    stop = threading.Event()

    def consume() -> None:
        while not stop.is_set():
            connection.process_data_events(time_limit=0.1)

    thread = threading.Thread(target=consume)
    thread.start()
    yield heard
    stop.set()
    thread.join()
    connection.close()


def _fill(database: Database, due: list[datetime], *, told: bool) -> None:
    """Tickets whose first reply is due then, as if they had been heard of a day before.

    `told`: the reminder before has been told already.
    """
    for begin in range(0, len(due), _CHUNK):
        tickets = [_Ticket(uuid4(), at, told) for at in due[begin : begin + _CHUNK]]
        with database.begin(timeout=60) as uow:
            session = uow.session
            for table, rows in _rows(tickets).items():
                if rows:
                    put_rows(session, table, list(rows[0]), rows)
            schedule_timers(session, "ticket", {str(one.key): one.next_at for one in tickets})
            uow.commit()


class _Ticket:
    """One that came a day before its first reply is due."""

    def __init__(self, key: UUID, due_at: datetime, told: bool) -> None:
        self.key, self.due_at, self.told = key, due_at, told
        self.clock_id = uuid5(key, "first_reply:1")
        self.came_at = due_at - _DAY
        self.next_at = due_at if told else due_at - timedelta(minutes=15)

    def header(self) -> dict[str, Any]:
        return {
            "type": "ticket.created",
            "kind": "inquiry",
            "urgency": "normal",
            "channel": "mail",
            "status": "unassigned",
            "status_category": "new",
            "customer_id": self.key,
            "assignee_id": None,
            "group_id": None,
            "region_id": None,
            "subject": "无法登录",
            "tags": [],
            "custom_fields": {},
            "accepted_at": None,
            "created_at": self.came_at,
            "actor_kind": "customer",
            "assignment_epoch": 0,
            "is_auto_reply": False,
            "notify_customer": False,
        }

    def row(self) -> dict[str, Any]:
        header = self.header()
        copied = ("kind", "urgency", "status", "status_category", "customer_id", "subject")
        return {
            "ticket_id": self.key,
            "number": f"B{self.key.hex}",
            "seq": 1,
            **{name: header[name] for name in (*copied, "created_at")},
            "facts_from": self.came_at,
            "header": header,
            "revision": 1,
            "book_revision": 1,
            "next_due_at": self.due_at,
            "is_overdue": False,
            "next_step_at": self.next_at,
        }

    def fact(self) -> dict[str, Any]:
        at = {"ticket_id": self.key, "seq": 1, "occurred_at": self.came_at}
        return {**at, "is_seen": False, "fact": self.header()}

    def clock(self) -> dict[str, Any]:
        return {
            "clock_id": self.clock_id,
            "ticket_id": self.key,
            "target": "first_reply",
            "cycle": 1,
            "state": "running",
            "started_at": self.came_at,
            "due_at": self.due_at,
            "target_seconds": 86400,
            "policy_id": _POLICY,
            "revision": 1,
            "is_breached": False,
            "is_paused": False,
            "pauses": [],
            "assignment_epoch": 0,
        }

    def steps(self) -> list[dict[str, Any]]:
        at = {"clock_id": self.clock_id, "ticket_id": self.key, "told_at": self.came_at}
        return [{**at, "step": step} for step in _TOLD] if self.told else []


def _rows(tickets: list[_Ticket]) -> dict[str, list[dict[str, Any]]]:
    return {
        "tickets": [one.row() for one in tickets],
        "ticket_facts": [one.fact() for one in tickets],
        "clocks": [one.clock() for one in tickets],
        "clock_steps": [step for one in tickets for step in one.steps()],
    }


def main() -> None:
    """Measure, print, and keep beside the other figures."""
    rows = measure_timers()
    print_table(rows)
    Path(".run").mkdir(exist_ok=True)
    Path(".run/sla_timers.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
