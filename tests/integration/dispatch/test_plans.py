"""A hundred thousand waiting tickets: drains and sweeps read as much as they need, not all."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import Database, UnitOfWork
from services.dispatch.storage.assignment_rows import last_agents, not_taken_away, unanswered
from services.dispatch.storage.ticket_copies import lock_by_number
from services.dispatch.storage.waiting_rows import (
    matched_by_older_rules,
    next_in_group,
    not_offered_yet,
    offered_too_long,
    take_woken_group,
)
from services.dispatch.storage.wakes import wake_everybody, wake_groups
from tests.integration.ticketing.plans import most_rows_read, plan_of

_WAITING = 100_000
_GROUPS = 8


@pytest.fixture(scope="module")
def groups(database: Database) -> list[UUID]:
    made, rule_id = sorted(uuid4() for _ in range(_GROUPS)), uuid4()
    with database.engine.begin() as connection:
        for group_id in made:
            connection.execute(
                text(
                    "INSERT INTO directory_groups (group_id, version, name, is_active) "
                    "VALUES (:id, 1, '组', true)"
                ),
                {"id": group_id},
            )
        connection.execute(
            text(
                "INSERT INTO tickets SELECT gen_random_uuid(), 'G' || n, 1, 0, 'unassigned', "
                "'new', CASE WHEN n % 50 = 0 THEN 'critical' ELSE 'normal' END, 'inquiry', 'mail', "
                "NULL, (:groups)[1 + n % :of], NULL, NULL, gen_random_uuid(), '', '{}', '{}', "
                "now() - n * interval '1 s', now(), NULL FROM generate_series(1, :n) AS n"
            ),
            {"groups": made, "of": _GROUPS, "n": _WAITING},
        )
        connection.execute(
            text(
                "INSERT INTO waiting (ticket_id, group_id, rule_id, mode, urgency_rank, since, "
                "rules_revision, tried) SELECT ticket_id, group_id, :rule_id, 'push', "
                "CASE urgency WHEN 'critical' THEN 3 ELSE 1 END, created_at, 1, '[]' FROM tickets"
            ),
            {"rule_id": rule_id},
        )
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    return made


def test_a_drain_reads_its_page(database: Database, groups: list[UUID]):
    with database.begin() as uow:
        now = uow.session.scalar(text("SELECT now()"))

    def page(after):
        return lambda uow: next_in_group(
            uow.session, groups[0], after=after, passed_over=[], now=now, limit=100
        )

    first_plan = plan_of(database, page(None))
    assert "ix_waiting_push" in first_plan
    assert most_rows_read(first_plan) <= 100
    with database.begin() as uow:
        last = page(None)(uow)[-1].waiting
    next_plan = plan_of(database, page(last))
    assert "ix_waiting_push" in next_plan
    assert most_rows_read(next_plan) <= 250


def test_a_group_is_taken_without_reading_its_list(database: Database, groups: list[UUID]):
    with database.begin() as uow:
        wake_groups(uow.session, groups)
        uow.commit()
    plan = plan_of(database, lambda uow: take_woken_group(uow.session))
    assert most_rows_read(plan) <= 2 * _GROUPS
    with database.begin() as uow:
        uow.session.execute(text("DELETE FROM wakes"))
        uow.commit()


def test_waking_and_sweeping_look_at_groups_only(database: Database, groups: list[UUID]):
    for wake in (wake_everybody, partial(wake_groups, group_ids=groups)):
        plan = plan_of(database, partial(_in_session, wake))
        assert most_rows_read(plan) <= _GROUPS
        assert "Seq Scan on waiting" not in plan


def test_jobs_that_find_nothing_read_nothing(database: Database, groups: list[UUID]):
    with database.begin() as uow:
        now = uow.session.scalar(text("SELECT now()"))
    for look in (
        partial(matched_by_older_rules, limit=200),
        partial(not_offered_yet, now=now, limit=100),
        partial(offered_too_long, now=now, limit=100),
        partial(unanswered, before=now, limit=100),
        partial(not_taken_away, before=now, limit=100),
        partial(last_agents, customer_ids=[uuid4()], since=now),
        partial(lock_by_number, number="G77"),
    ):
        assert most_rows_read(plan_of(database, partial(_in_session, look))) <= 1


def _in_session(ask: Callable[[Session], Any], uow: UnitOfWork) -> Any:
    return ask(uow.session)
