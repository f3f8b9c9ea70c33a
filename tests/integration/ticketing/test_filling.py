"""A filled database, and the plans by which its lists are read."""

import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.supervisor.processes import ROOT
from services.ticketing.queries.headers import list_headers
from services.ticketing.queries.ticket_counts import count_tickets
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.storage.due_copies import keep_due_times
from services.ticketing.storage.ticket_finders import lock_with_successors
from tests.integration.ticketing.desk import Desk, agent
from tests.integration.ticketing.plans import most_rows_read, plan_of, tickets_read


@pytest.fixture(scope="module")
def count(is_long: bool) -> int:
    """How many tickets are filled in."""
    return 120_000 if is_long else 20_000


@pytest.fixture(scope="module")
def people(count: int) -> list[Actor]:
    """A thousand tickets for each."""
    return [agent(f"客服{i}") for i in range(count // 1000)]


@pytest.fixture(scope="module")
def filled(database: Database, people: list[Actor], count: int) -> Database:
    url = database.engine.url.render_as_string(hide_password=False)
    assignees = [f"{person.subject}={person.name}" for person in people]
    done = subprocess.run(
        [sys.executable, "-m", "services.ticketing.fill", str(count), "--assignee", *assignees],
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


def test_tickets_are_filled_in_with_numbers_and_whole_timelines(filled: Database, count: int):
    assert scalar(filled, "SELECT count(DISTINCT number) FROM tickets") == count
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


SORTS = ["-updated_at", "updated_at", "-created_at", "-urgency", "urgency", "number", "-number"]
SORTS = [*SORTS, "due", "-due"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_every_order_is_read_along_an_index(filled, desk, people, count, sort, role):
    actor = desk.boss if role == "supervisor" else people[0]
    plan = plan_of(filled, lambda uow: list_tickets(uow, actor, {}, sort))
    assert "Seq Scan" not in plan
    # An agent's few tickets may be sorted; the whole table may not.
    assert most_rows_read(plan) < count / 10, plan


@pytest.mark.parametrize("view", ["mine", "unassigned", "open", "overdue", "solved", "all"])
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
        {"due": "soon"},
        {"due": "overdue"},
        {"q": "退款"},
        {"q": "G20260101001"},
        {"q": "没有这个词"},
    ],
)
def test_common_filters_read_little(filled, desk, count, filters):
    plan = plan_of(filled, lambda uow: list_tickets(uow, desk.boss, filters))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) < count / 10, plan


@pytest.mark.parametrize("filters", [{"view": "open"}, {"due": "soon"}])
def test_what_is_due_next_is_read_along_the_index_of_due_times(filled, desk, filters):
    plan = plan_of(filled, lambda uow: list_tickets(uow, desk.boss, filters, "due"))
    assert "ix_tickets_due_open" in plan, plan
    assert most_rows_read(plan) < 200, plan


def test_the_longest_overdue_are_found_among_what_is_overdue(filled, desk, count):
    plan = plan_of(filled, lambda uow: list_tickets(uow, desk.boss, {"view": "overdue"}, "due"))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) < count / 10, plan


@pytest.mark.parametrize("words", ["空气净化器无法开机", "订单", "器", "王伟"])
def test_a_search_reads_newest_first_or_by_trigrams_but_never_all(filled, desk, count, words):
    plan = plan_of(filled, lambda uow: list_tickets(uow, desk.boss, {"q": words}))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) < count * 3 / 4, plan


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


def test_a_page_of_headers_is_read_along_the_key(filled):
    plan = plan_of(filled, lambda uow: list_headers(uow, 50))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) < 2000, plan


def test_due_times_of_a_batch_are_copied_by_index(filled):
    with filled.engine.connect() as connection:
        ids = list(connection.execute(text("SELECT ticket_id FROM tickets LIMIT 200")).scalars())
    due = {"next_due_at": None, "is_overdue": False, "revision": 1}
    states = [{"ticket_id": one, **due} for one in ids]
    plan = plan_of(filled, lambda uow: keep_due_times(uow.session, states))
    assert "Seq Scan" not in plan, plan
    assert tickets_read(plan) < 1000, plan


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_counters_stop_counting_at_a_thousand(filled, desk, people, role):
    actor = desk.boss if role == "supervisor" else people[0]
    # Of few solved tickets all entries of the index may be read to count somebody's.
    views = ["mine", "unassigned", "open", "overdue", "all"]
    plan = plan_of(filled, lambda uow: count_tickets(uow, actor, views))
    assert most_rows_read(plan) <= 2002, plan


def test_beyond_a_thousand_a_count_says_so(filled, desk, people):
    with filled.begin(read_only=True) as uow:
        assert count_tickets(uow, desk.boss)["all"] == {"value": 1000, "is_exact": False}
        assert count_tickets(uow, people[0])["mine"]["is_exact"]


@pytest.fixture(scope="module")
def scoped(filled: Database, people: list[Actor]) -> dict[str, Actor]:
    """People of all data scopes, by what they are called here."""
    with filled.engine.connect() as connection:
        units = {
            name: [str(one) for one in connection.execute(text(f"""
                SELECT {name}_id FROM tickets WHERE {name}_id IS NOT NULL
                GROUP BY 1 ORDER BY count(*)
            """)).scalars()]
            for name in ("group", "department", "region")
        }  # fmt: skip
    own = people[1].subject

    def somebody(level: str, **listed: list[str]) -> Actor:
        return Actor(own, "某人", scopes={"tickets": level, "pools": True, **listed})

    groups = units["group"][:2]
    return {
        "pool of a group": somebody("own", groups=groups),
        "groups": somebody("group", groups=groups),
        "3 departments": somebody("department", departments=units["department"][:3], groups=groups),
        "30 departments": somebody(
            "department", departments=units["department"][:30], groups=groups
        ),
        "region": somebody("region", regions=units["region"][:1], groups=groups),
    }


SCOPED = ["pool of a group", "groups", "3 departments", "30 departments", "region"]


@pytest.mark.parametrize("view", ["mine", "unassigned", "open", "overdue", "solved", "all"])
@pytest.mark.parametrize("name", SCOPED)
def test_every_scopes_lists_read_a_few_hundred_tickets(filled, scoped, name, view):
    plan = plan_of(filled, lambda uow: list_tickets(uow, scoped[name], {"view": view}))
    assert "Seq Scan" not in plan, plan
    assert tickets_read(plan) < 1000, plan


@pytest.mark.parametrize("view", ["mine", "open", "overdue"])
@pytest.mark.parametrize("name", SCOPED)
def test_every_scopes_due_times_are_read_without_the_rest(filled, count, scoped, name, view):
    plan = plan_of(filled, lambda uow: list_tickets(uow, scoped[name], {"view": view}, "due"))
    assert "Seq Scan" not in plan, plan
    assert tickets_read(plan) < count / 10, plan


@pytest.mark.parametrize("words", ["退款", "订单", "空气净化器无法开机", "没有这个词"])
@pytest.mark.parametrize("name", SCOPED)
def test_every_scopes_search_reads_a_part_of_the_tickets(filled, count, scoped, name, words):
    plan = plan_of(filled, lambda uow: list_tickets(uow, scoped[name], {"q": words}))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) < count / 5, plan


@pytest.mark.parametrize("name", SCOPED)
def test_every_scopes_counters_count_to_a_thousand(filled, scoped, name):
    views = ["mine", "unassigned", "open", "overdue"]
    plan = plan_of(filled, lambda uow: count_tickets(uow, scoped[name], views))
    assert "Seq Scan" not in plan, plan
    assert most_rows_read(plan) <= 2002, plan


@pytest.mark.parametrize("view", ["mine", "todo", "done", "open", "solved", "overdue", "follow_up"])
def test_a_counter_counts_what_the_list_shows(filled, people, view):
    person = people[0]
    with filled.begin() as uow:
        # Handed on, worked on by others, and asked for help: 待办 and 已办 are more than one's own.
        uow.session.execute(
            text(
                "UPDATE tickets SET assignee_id = :other WHERE ticket_id IN (SELECT ticket_id "
                "FROM tickets WHERE assignee_id = :one ORDER BY ticket_id LIMIT 300)"
            ),
            {"one": person.subject, "other": people[1].subject},
        )
        uow.session.execute(
            text(
                "UPDATE tickets SET collaborators = ARRAY[CAST(:one AS uuid)] WHERE ticket_id IN "
                "(SELECT ticket_id FROM tickets WHERE assignee_id = :other "
                "ORDER BY ticket_id DESC LIMIT 40)"
            ),
            {"one": person.subject, "other": people[2].subject},
        )
        counted = count_tickets(uow, person, [view])[view]
        shown = _all_of(uow, person, view)
    assert counted["value"] == min(len(shown), 1000)
    assert len(set(shown)) == len(shown) > 0


def _all_of(uow: UnitOfWork, person: Actor, view: str) -> list[str]:
    shown, cursor = [], None
    while True:
        page = list_tickets(uow, person, {"view": view}, limit=100, cursor=cursor)
        shown += [one["number"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            return shown


@pytest.mark.parametrize("unit", ["group", "department", "region"])
def test_the_tickets_of_a_unit_are_found_by_index(filled, desk, unit):
    one = scalar(filled, f"SELECT {unit}_id FROM tickets WHERE {unit}_id IS NOT NULL LIMIT 1")
    plan = plan_of(filled, lambda uow: list_tickets(uow, desk.boss, {unit: str(one)}))
    assert "Seq Scan" not in plan, plan
    assert tickets_read(plan) < 100, plan
