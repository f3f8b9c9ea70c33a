"""Boards say how groups stand, to those who may know, in a fixed number of statements."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.errors import Forbidden, NotFound
from services.dispatch.queries.boards import get_board, get_group_board
from tests.integration.dispatch.calling import agent, counting_statements, refusal_of, supervisor
from tests.integration.dispatch.floor import Floor
from tests.integration.ticketing.plans import plan_of
from tests.support.asking import Ask
from tests.support.directory import group as told_group


def line(ask: Ask, group_id: UUID, **given: Any) -> dict[str, Any]:
    [found] = [
        one for one in ask("get_board", **given)["groups"] if one["group_id"] == str(group_id)
    ]
    return found


def test_a_board_counts_people_work_and_what_waits(ask: Ask, floor: Floor):
    group = floor.group("售后")
    busy, free = floor.person(group, capacity=4), floor.person(group)
    floor.person(group, state="busy")
    floor.person(group, state="offline")
    floor.person(floor.group("别处"))
    lives = [floor.ticket(group_id=group, urgency=urgency) for urgency in ("normal", "urgent")]
    first = floor.ticket(
        group_id=group, urgency="critical", created_at=floor.now - timedelta(hours=1)
    )
    held, accepted = floor.ticket(group_id=group), floor.ticket(group_id=group)
    floor.hear(held.assign(busy), accepted.assign(free))
    floor.hear(accepted.accept())
    shown = line(ask, group)
    since = first.header["created_at"].isoformat().replace("+00:00", "Z")
    assert shown["waiting"].pop("oldest_since") == since
    assert shown == {
        "group_id": str(group),
        "name": "售后",
        "members": 4,
        "online": 2,
        "available": 2,
        "load": 2,
        "capacity": 34,
        "waiting": {"total": 3, "critical": 1, "urgent": 1, "normal": 1},
        "offers": 0,
        "unaccepted": 1,
    }
    assert len(lives) == 2


def test_a_board_shows_all_groups_in_use_by_name_or_one(ask: Ask, floor: Floor):
    second, first = floor.group("乙组"), floor.group("丙组")
    gone = told_group(name="甲组", is_active=False)
    floor._copy(gone)
    assert {one["name"] for one in ask("get_board")["groups"]} == {"乙组", "丙组"}
    [only] = ask("get_board", group_id=second)["groups"]
    assert only["name"] == "乙组"
    assert line(ask, first)["waiting"]["total"] == line(ask, first)["members"] == 0
    for unknown in (uuid4(), gone.data["group_id"]):
        refusal = refusal_of(lambda: ask("get_board", group_id=unknown))  # noqa: B023
        assert isinstance(refusal, NotFound)


def test_a_groups_board_shows_its_people_and_the_first_that_waits(ask: Ask, floor: Floor):
    group = floor.group("售后")
    person = floor.person(group, name="李雷", capacity=0)
    floor.person(group, name="韩梅", state="away")
    floor.rule(group, name="投诉")
    older = floor.ticket(subject="一般")
    pressing = floor.ticket(urgency="critical", subject="特急")
    due = floor.now + timedelta(hours=2)
    floor.hear(floor.due(pressing, 3, due))
    shown = ask("get_group_board", group_id=group)
    assert [one["subject"] for one in shown["waiting"]["items"]] == ["特急", "一般"]
    item = shown["waiting"]["items"][0]
    assert item["rule_name"] == "投诉"
    assert item["next_due_at"] == due.isoformat().replace("+00:00", "Z")
    assert set(item) == {
        "ticket_id", "number", "subject", "urgency", "since", "mode", "rule_name", "next_due_at",
    }  # fmt: skip
    assert shown["waiting"]["total"] == 2
    assert older.number == shown["waiting"]["items"][1]["number"]
    people = {one["name"]: one for one in shown["people"]}
    assert people["韩梅"]["reasons"] == ["away"]
    assert (people["韩梅"]["state"], people["韩梅"]["is_available"]) == ("away", False)
    assert people["李雷"] == {
        "person_id": str(person),
        "name": "李雷",
        "state": "online",
        "is_available": True,
        "reasons": [],
        "load": 0,
        "capacity": 0,
        "active": 0,
        "grabbed": 0,
        "last_assigned_at": None,
    }


def test_open_offers_are_counted(ask: Ask, floor: Floor):
    group = floor.group()
    floor.rule(group, mode="grab")
    life = floor.ticket()
    floor.run("UPDATE waiting SET offer_id = gen_random_uuid()")
    assert line(ask, group)["offers"] == 1
    assert floor.place(life) is not None


def narrow(level: str, **units: UUID) -> Actor:
    """A supervisor of some units only."""
    scopes = {"tickets": level, "pools": False}
    listed = {name: [str(one)] for name, one in units.items()}
    boss = supervisor()
    return Actor(boss.subject, boss.name, scopes=scopes | listed, permissions=boss.permissions)


def test_who_leads_some_groups_sees_those_and_no_others(ask: Ask, floor: Floor):
    department = uuid4()
    mine = told_group(name="甲组", department_id=department)
    floor._copy(mine)
    mine_id, other_id = mine.data["group_id"], floor.group("乙组")
    for group_id in (mine_id, other_id):
        floor.ticket(group_id=group_id)
    floor.run(
        "UPDATE tickets SET department_id = :one WHERE group_id = :two", one=department, two=mine_id
    )
    for lead in (narrow("group", groups=mine_id), narrow("department", departments=department)):
        [shown] = ask("get_board", lead)["groups"]
        assert (shown["name"], shown["waiting"]["total"]) == ("甲组", 1)
        assert len(ask("get_group_board", lead, group_id=mine_id)["waiting"]["items"]) == 1
        refusal = refusal_of(lambda: ask("get_group_board", lead, group_id=other_id))  # noqa: B023
        assert isinstance(refusal, NotFound)
    assert ask("get_board", narrow("none"))["groups"] == []


def test_boards_are_for_those_who_may_read_them(ask: Ask, floor: Floor):
    group = floor.group()
    for given in ({}, {"group_id": group}):
        method = "get_group_board" if given else "get_board"
        refusal = refusal_of(lambda: ask(method, agent(), **given))  # noqa: B023
        assert isinstance(refusal, Forbidden)


@pytest.fixture
def crowded(floor: Floor) -> Floor:
    """1,000 people in 20 groups, 10,000 waiting tickets, 10,000 assigned ones and old ones."""
    groups = [floor.group(f"组{number:02}") for number in range(20)]
    floor.run(_CROWD, groups=groups, now=floor.now)
    for statement in _QUEUES:
        floor.run(statement, groups=groups, now=floor.now)
    with floor.database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    return floor


_CROWD = """
WITH people AS (
    INSERT INTO directory_people (person_id, version, name, is_active, login, kind, role,
        language, group_ids, led_group_ids)
    SELECT gen_random_uuid(), 1, '客服' || n, true, 'CS' || n, 'staff', 'agent', 'zh',
        ARRAY[(CAST(:groups AS uuid[]))[1 + n % 20]], '{}'
    FROM generate_series(1, 1000) AS n RETURNING person_id
), states AS (
    INSERT INTO presence (person_id, state, since, heartbeat_at)
    SELECT person_id, 'online', :now, :now FROM people
)
INSERT INTO loads (person_id, load, active) SELECT person_id, 10, 10 FROM people
"""
_TICKETS = """
INSERT INTO tickets (ticket_id, number, seq, epoch, status, status_category, urgency, kind, channel,
    customer_id, group_id, assignee_id, subject, tags, custom_fields, created_at, occurred_at)
SELECT md5('{label}' || n)::uuid, '{label}' || n, 1, 0, '{status}', '{category}', 'normal',
    'inquiry', 'mail', gen_random_uuid(), (CAST(:groups AS uuid[]))[1 + n % 20], {assignee},
    '订单漏发', '{{}}', '{{}}', :now, :now FROM generate_series(1, {count}) AS n
"""
_PEOPLE = "(SELECT person_id FROM directory_people ORDER BY person_id OFFSET n % 1000 LIMIT 1)"
_QUEUES = (
    _TICKETS.format(label="W", status="unassigned", category="new", assignee="NULL", count=10_000),
    _TICKETS.format(
        label="A", status="assigned", category="open", assignee="gen_random_uuid()", count=10_000
    ),
    _TICKETS.format(
        label="S", status="solved", category="solved", assignee="gen_random_uuid()", count=30_000
    ),
    """
    INSERT INTO waiting (ticket_id, group_id, mode, urgency_rank, since, rules_revision, trigger)
    SELECT ticket_id, group_id, 'push', 1 + abs(hashtext(number)) % 3, :now, 1, 'new'
    FROM tickets WHERE number LIKE 'W%' AND :groups IS NOT NULL
    """,
    """
    INSERT INTO assignments (assignment_id, ticket_id, customer_id, person_id, group_id, epoch,
        state, mode, weight, accepted_at, ended_at)
    SELECT gen_random_uuid(), ticket_id, customer_id, assignee_id, group_id, 1,
        CASE status WHEN 'solved' THEN 'ended' ELSE 'active' END, 'automatic', 1, NULL,
        CASE status WHEN 'solved' THEN CAST(:now AS timestamptz) END
    FROM tickets WHERE assignee_id IS NOT NULL AND :groups IS NOT NULL
    """,
)


def test_a_crowded_board_takes_as_few_statements_as_an_empty_one(
    ask: Ask, crowded: Floor, database: Database
):
    with counting_statements(database) as seen:
        groups = ask("get_board")["groups"]
    assert len(groups) == 20
    assert sum(one["waiting"]["total"] for one in groups) == 10_000
    assert sum(one["unaccepted"] for one in groups) == 10_000
    assert sum(one["members"] for one in groups) == 1_000
    assert len(seen) <= 6
    with counting_statements(database) as seen:
        shown = ask("get_group_board", group_id=groups[0]["group_id"])
    assert len(shown["people"]) == 50
    assert len(shown["waiting"]["items"]) == 50
    assert len(seen) <= 6


def test_one_groups_board_does_not_read_the_others_tickets(crowded: Floor, database: Database):
    [group] = [
        row.group_id for row in crowded.rows("SELECT group_id FROM directory_groups LIMIT 1")
    ]
    plan = plan_of(database, lambda uow: get_group_board(uow, supervisor(), utc_now(), group))
    assert "Seq Scan on waiting" not in plan, plan
    assert "Seq Scan on tickets" not in plan, plan
    assert "ix_waiting_order" in plan


def test_a_board_looks_at_no_assignment_that_has_ended(crowded: Floor, database: Database):
    plan = plan_of(database, lambda uow: get_board(uow, supervisor(), utc_now()))
    assert "Seq Scan on assignments" not in plan, plan
