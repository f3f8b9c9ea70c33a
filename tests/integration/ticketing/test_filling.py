"""A filled database, and the plans by which its lists are read."""

import re
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import event as sql_events
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database
from libs.common.supervisor.processes import ROOT
from services.ticketing.queries.ticket_counts import count_tickets
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.storage.ticket_finders import lock_with_successors
from tests.integration.ticketing.desk import AGENT_SCOPE, Desk, agent

COUNT = 20_000


@pytest.fixture(scope="module")
def people() -> list[Actor]:
    return [agent(f"客服{i}") for i in range(20)]


@pytest.fixture(scope="module")
def filled(database: Database, people: list[Actor]) -> Database:
    url = database.engine.url.render_as_string(hide_password=False)
    assignees = [f"{person.subject}={person.name}" for person in people]
    done = subprocess.run(
        [sys.executable, "-m", "services.ticketing.fill", str(COUNT), "--assignee", *assignees],
        cwd=ROOT,
        env={"TICKETING_DATABASE_URL": url, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    return database


def scalar(database: Database, query: str) -> Any:
    with database.engine.connect() as connection:
        return connection.execute(text(query)).scalar()


def test_tickets_are_filled_in_with_numbers_and_whole_timelines(filled: Database):
    assert scalar(filled, "SELECT count(DISTINCT number) FROM tickets") == COUNT
    assert scalar(filled, "SELECT count(DISTINCT status) FROM tickets") == 9
    torn = (
        "SELECT count(*) FROM tickets t LEFT JOIN (SELECT ticket_id, count(*) n, max(seq) last "
        "FROM timeline_entries GROUP BY ticket_id) e USING (ticket_id) "
        "WHERE e.n IS DISTINCT FROM t.last_entry_seq OR e.last IS DISTINCT FROM t.last_entry_seq"
    )
    assert scalar(filled, torn) == 0
    assert scalar(filled, "SELECT count(*) FROM tickets WHERE updated_at > now()") == 0


def test_filling_tells_nobody(filled: Database):
    assert scalar(filled, "SELECT count(*) FROM outbox") == 0


def test_serials_go_on_where_the_filling_ended(filled: Database, desk: Desk):
    assert desk.open()["number"]


def plan_of(database: Database, ask: Any) -> str:
    """How PostgreSQL reads what this query asks for."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "set_config" not in statement:
            statements.append((statement, parameters))

    sql_events.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.begin() as uow:
            ask(uow)
    finally:
        sql_events.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN ANALYZE {statement}", parameters).scalars().all()
            for statement, parameters in statements
        ]
    return "\n".join(line for plan in plans for line in plan)


def most_rows_read(plan: str) -> int:
    """The most rows that any step of the plan has read, kept or thrown away."""
    kept = [int(rows) for rows in re.findall(r"actual time=\S+ rows=(\d+)", plan)]
    thrown = [int(rows) for rows in re.findall(r"Rows Removed by Filter: (\d+)", plan)]
    return max(kept + thrown)


SORTS = ["-updated_at", "updated_at", "-created_at", "-urgency", "urgency", "number", "-number"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_every_order_is_read_along_an_index(filled, desk, people, sort, role):
    actor = desk.boss if role == "supervisor" else people[0]
    plan = plan_of(filled, lambda uow: list_tickets(uow, actor, {}, sort))
    assert "Seq Scan" not in plan
    # An agent's few tickets may be sorted; the whole table may not.
    assert most_rows_read(plan) < COUNT / 10, plan


@pytest.mark.parametrize("view", ["mine", "unassigned", "open", "solved", "all"])
@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_every_view_is_read_along_an_index_without_sorting(filled, desk, people, view, role):
    actor = desk.boss if role == "supervisor" else people[0]
    plan = plan_of(filled, lambda uow: list_tickets(uow, actor, {"view": view}))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) < 1000, plan


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "awaiting_customer"},
        {"status": "closed"},
        {"view": "open", "urgency": "critical"},
        {"assignee": "none"},
        {"q": "退款"},
        {"q": "G20260101001"},
        {"q": "没有这个词"},
    ],
)
def test_common_filters_read_little(filled, desk, filters):
    plan = plan_of(filled, lambda uow: list_tickets(uow, desk.boss, filters))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) < COUNT / 10, plan


@pytest.mark.parametrize("words", ["空气净化器无法开机", "订单", "器", "王伟"])
def test_a_search_reads_newest_first_or_by_trigrams_but_never_all(filled, desk, words):
    plan = plan_of(filled, lambda uow: list_tickets(uow, desk.boss, {"q": words}))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) < COUNT * 3 / 4, plan


def test_a_customers_and_an_assignees_tickets_are_found_by_index(filled, desk, people):
    customer = scalar(filled, "SELECT customer_id FROM tickets LIMIT 1")
    by_customer = {"customer_id": str(customer)}
    by_assignee = {"assignee": str(people[3].subject)}
    for filters in (by_customer, by_assignee):
        plan = plan_of(filled, lambda uow: list_tickets(uow, desk.boss, filters))  # noqa: B023
        assert "Seq Scan" not in plan, plan
        assert most_rows_read(plan) < 2000, plan


def test_the_tickets_of_a_batch_of_messages_are_locked_by_index(filled):
    with filled.engine.connect() as connection:
        ids = list(connection.execute(text("SELECT ticket_id FROM tickets LIMIT 20")).scalars())
    plan = plan_of(filled, lambda uow: lock_with_successors(uow.session, ids))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) < 100, plan


@pytest.mark.parametrize("scopes", [AGENT_SCOPE, {"tickets": "all"}])
def test_counters_stop_counting_at_a_thousand(filled, people, scopes):
    actor = Actor(people[0].subject, "李雷", "staff", ("agent",), scopes)
    plan = plan_of(filled, lambda uow: count_tickets(uow, actor))
    assert most_rows_read(plan) <= 2002, plan


def test_beyond_a_thousand_a_count_says_so(filled, desk, people):
    with filled.begin(read_only=True) as uow:
        assert count_tickets(uow, desk.boss)["all"] == {"value": 1000, "is_exact": False}
        assert count_tickets(uow, people[0])["mine"]["is_exact"]
