"""Rows of the bench about dispatch: how long a choice takes, how much one replica assigns.

On a database of its own beside the running system's, which is dropped afterwards; the choice alone
needs none. `measure_dispatch(url)` gives the rows; alone: `python -m tests.bench.dispatch URL`.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from libs.common.bus.handling import Handler, Handling
from libs.common.clock import utc_now
from libs.common.conditions import parse_condition
from libs.common.config import Config
from libs.common.contracts.envelope import REGISTRY, Event, dump_event
from libs.common.database.engine import open_engine
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from libs.common.migrate import create_database, upgrade
from services.dispatch.domain.candidates import Candidate
from services.dispatch.domain.choosing import Ask, Board, Pool
from services.dispatch.domain.rules import Rule
from services.dispatch.use_cases.drain import drain_group
from services.dispatch.use_cases.follow_tickets import follow_tickets
from tests.integration.dispatch.floor import ZONE, Floor

_AGENTS = 1000
_DECISIONS = 500
_TICKETS = 2000
_KINDS = ("inquiry", "complaint", "repair", "suggestion")
_BATCH = 200  # as the consumer takes them from the queue


def measure_dispatch(url: str) -> list[dict[str, Any]]:
    """All rows; `url` is DATABASE_URL, whose user may create databases."""
    with _scratch(url) as database:
        return [_decisions(), _drain(database), _pipeline(database)]


def _decisions() -> dict[str, Any]:
    """The choice alone, explanation included, among 1,000 people of one group."""
    group_id, now = uuid7(), utc_now()
    people = [Candidate(uuid7(), f"客服{n}", capacity=10, seniority=n % 6) for n in range(_AGENTS)]
    board = Board({group_id: Pool.of("一线", people)}, critical_excess=2, now=now)
    rule = Rule(uuid7(), "全部", parse_condition({"all": []}, known=None), group_id)
    times = []
    for _ in range(_DECISIONS):
        started = time.perf_counter()
        board.decide(Ask(rule=rule, group_id=group_id, weight=1))
        times.append(time.perf_counter() - started)
    note = "p95 must be under 10 ms; 1,000 people who are all free, best 20 explained"
    return {"name": "dispatch: one decision", **_spread(times), "note": note}


def _drain(database: Database) -> dict[str, Any]:
    """One ticket that waits is decided and written: read people, choose, reserve, commit."""
    floor = _staff(database, groups=1, people=_AGENTS, capacity=100)
    times = []
    for _ in range(60):
        floor.ticket()
        started = time.perf_counter()
        drain_group(database, floor.now)
        times.append(time.perf_counter() - started)
    note = "one transaction for one ticket, 1,000 people in the group read from the database"
    return {"name": "dispatch: drain of one", **_spread(times[5:]), "note": note}


def _pipeline(database: Database) -> dict[str, Any]:
    """New → waiting → decided → confirmed: what one replica does for each ticket, in one thread."""
    floor = _staff(database, groups=8, people=200, capacity=1000)
    handling = _handling(floor)
    lives = [floor.quiet_ticket(kind=_KINDS[n % len(_KINDS)]) for n in range(_TICKETS)]
    created = [_body(life.create()) for life in lives]
    started = time.perf_counter()
    _apply(handling, created)
    queued = time.perf_counter()
    while drain_group(database, floor.now):
        pass
    drained = time.perf_counter()
    answers = [floor.lives[UUID(one["ticket_id"])].answer(one) for one in _proposals(floor)]
    bodies = [_body(event) for event in answers]
    answered = time.perf_counter()
    _apply(handling, bodies)
    ended = time.perf_counter()
    took = ended - started - (answered - drained)
    parts = (
        f"queued {_TICKETS / (queued - started):.0f}/s, decided {_TICKETS / (drained - queued):.0f}"
        f"/s, confirmed {_TICKETS / (ended - answered):.0f}/s; 200 people in 8 groups"
    )
    rate = len(answers) / took
    return {"name": "dispatch: assignments", "rate": rate, "floor": 150, "note": parts}


def _staff(database: Database, *, groups: int, people: int, capacity: int) -> Floor:
    """People who are there, and two rules for every group that read kind, tags and subject."""
    floor = Floor(database)
    floor.run("DELETE FROM rules")
    for number in range(groups):
        group_id = floor.group(f"第{number}组")
        with database.engine.begin() as connection:
            given = {"n": people // groups, "group": [group_id]}
            connection.execute(_PEOPLE, given)
        kind = _KINDS[number % len(_KINDS)]
        parts = [
            {"field": "kind", "op": "is", "value": kind},
            {"field": "tags", "op": "has_none", "value": [f"t{number}"]},
            {"field": "subject", "op": "not_contains", "value": "崩溃"},
        ]
        floor.rule(group_id, {"all": parts} if groups > 1 else {"all": []})
    floor.run(
        "INSERT INTO presence SELECT person_id, 'online', now(), :late FROM directory_people "
        "ON CONFLICT DO NOTHING",
        late=floor.now + timedelta(hours=1),
    )
    floor.settings(default_capacity=capacity)
    return floor


_PEOPLE = text(
    "INSERT INTO directory_people (person_id, version, name, is_active, login, kind, role, "
    "language, group_ids, led_group_ids) "
    "SELECT gen_random_uuid(), 1, '客服' || n, true, 'CS' || n, "
    "'staff', 'agent', 'zh-CN', :group, '{}' FROM generate_series(1, :n) AS n"
)


def _handling(floor: Floor) -> Handling:
    made = Handling(floor.database)
    handler = Handler(
        "follow_tickets", lambda uow, events: follow_tickets(uow, events, floor.now, ZONE)
    )
    for event_type in ("ticket.created", "ticket.assigned"):
        made.add(event_type, handler)
    return made


def _apply(handling: Handling, bodies: list[bytes]) -> None:
    for start in range(0, len(bodies), _BATCH):
        handling.apply(bodies[start : start + _BATCH])


def _body(event: Event) -> bytes:
    return dump_event(REGISTRY[event.type], event.id, event.subject, event.time, event.data)


def _proposals(floor: Floor) -> list[dict[str, Any]]:
    return [
        one for one in floor.told("assignment.proposed") if UUID(one["ticket_id"]) in floor.lives
    ]


def _spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: ordered[int(len(ordered) * share)] * 1000 for name, share in shares.items()}


@contextmanager
def _scratch(url: str) -> Iterator[Database]:
    target = make_url(url)
    prefix = f"{target.database}_bench_{uuid7().hex[-8:]}"
    named = target.set(database=prefix).render_as_string(hide_password=False)
    own = Config.read({"DATABASE_URL": named}).database_url("dispatch")
    create_database(own)
    upgrade("dispatch", own)
    database = Database(open_engine(own, application="bench", pool_size=5), "dispatch")
    try:
        yield database
    finally:
        database.close()
        admin = create_engine(
            make_url(own).set(database="postgres"),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{make_url(own).database}"'))


if __name__ == "__main__":
    from tests.bench.table import print_table

    print_table(measure_dispatch(sys.argv[1]))
