"""At a hundred thousand unfinished tickets boards and jobs read what they show, and no more."""

from hashlib import md5
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.errors import NotFound
from services.sla.queries.board import get_sla_board
from services.sla.queries.clocks import list_clocks
from services.sla.storage.ticket_copies import lock_stale, seqs_of
from tests.integration.ticketing.plans import most_rows_read, plan_of
from tests.support.actors import actor

TICKETS = 100_000
GROUPS = 40

_FILL = f"""
INSERT INTO tickets (ticket_id, number, seq, subject, kind, urgency, status, status_category,
    customer_id, assignee_id, group_id, department_id, region_id, created_at, facts_from, header,
    revision, book_revision, next_due_at, is_overdue, next_step_at)
SELECT md5('t' || n)::uuid, 'G' || n, 3, '无法登录', CASE WHEN n % 5 = 0 THEN 'complaint'
    ELSE 'inquiry' END, 'normal', 'assigned', 'open', md5('c' || n % 30000)::uuid,
    CASE WHEN n % 7 > 0 THEN md5('p' || n % 200)::uuid END, md5('g' || n % {GROUPS})::uuid,
    md5('d' || n % 8)::uuid, NULL, now() - n * interval '1 second',
    now() - n * interval '1 second', '{{}}', 1, 1,
    now() + (n - 3000) * interval '1 second', n < 3000, now() + n * interval '1 second'
FROM generate_series(1, {TICKETS}) AS n
"""


@pytest.fixture(scope="module")
def full(database: Database) -> Database:
    with database.engine.begin() as connection:
        connection.execute(text(_FILL))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE tickets"))
    return database


def _group(number: int) -> str:
    return str(UUID(md5(f"g{number}".encode()).hexdigest()))


def test_the_lists_of_a_board_are_read_along_an_index(full: Database):
    boss = actor("supervisor")
    plan = plan_of(full, lambda uow: get_sla_board(uow, boss, utc_now()))
    lists = [part for part in plan.split("Execution Time") if "Limit" in part]
    assert len(lists) == 2
    assert all(most_rows_read(part) <= 60 for part in lists)


def test_the_counts_of_a_board_come_from_an_index_alone(full: Database):
    boss = actor("supervisor")
    plan = plan_of(full, lambda uow: get_sla_board(uow, boss, utc_now()))
    [counts] = [part for part in plan.split("Execution Time") if "Aggregate" in part]
    assert "Index Only Scan using ix_tickets_" in counts
    assert "Seq Scan" not in counts
    assert "Heap Fetches: 0" in counts


def test_a_group_s_board_reads_that_group(full: Database):
    lead = actor("supervisor", tickets="group", pools=False, groups=[_group(3)])
    plan = plan_of(full, lambda uow: get_sla_board(uow, lead, utc_now()))
    assert most_rows_read(plan) <= 3 * TICKETS / GROUPS


def test_a_ticket_s_clocks_are_found_by_its_number(full: Database):
    def ask(uow):
        with pytest.raises(NotFound):
            list_clocks(uow, actor("supervisor"), "G0", utc_now())

    assert most_rows_read(plan_of(full, ask)) <= 1


def test_reconciling_and_recomputing_read_their_batch(full: Database):
    ids = [row[0] for row in _first(full, 50)]
    assert most_rows_read(plan_of(full, lambda uow: seqs_of(uow.session, ids))) <= 60
    assert most_rows_read(plan_of(full, lambda uow: lock_stale(uow.session, 2, 100))) <= 120
    assert most_rows_read(plan_of(full, lambda uow: lock_stale(uow.session, 1, 100))) <= 1


def _first(database: Database, count: int) -> list:
    with database.engine.connect() as connection:
        query = text("SELECT ticket_id FROM tickets ORDER BY random() LIMIT :n")
        return list(connection.execute(query, {"n": count}))
