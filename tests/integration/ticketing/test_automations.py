"""Automations: once for each cause, whatever rules do in between, and by one worker alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from services.ticketing.use_cases.run_automations import forget_old_runs
from tests.integration.ticketing.desk import Ask, Desk, created
from tests.integration.ticketing.hearing import row, told
from tests.integration.ticketing.ruling import (
    URGENT,
    age,
    automation,
    clear,
    edit,
    fresh_tag,
    run,
    settle,
    tag,
    tagged,
    trigger,
)

NOTE = {"type": "add_note", "text": "已超过一天无人回复"}


@pytest.fixture(autouse=True)
def no_rules(desk: Desk) -> Iterator[None]:
    yield
    clear(desk)


def old(desk: Desk, ask: Ask, name: str, hours: float = 2) -> dict[str, Any]:
    """A tagged ticket whose beginning and last change lie so far back."""
    ticket = edit(ask, created(ask), tags=[name])
    age(desk, ticket, hours, "created_at", "updated_at", "touched_at", "status_changed_at")
    return ticket


def notes(desk: Desk, ticket: dict[str, Any]) -> int:
    query = "SELECT count(*) FROM timeline_entries WHERE ticket_id = :id AND kind = 'note'"
    found: int = desk.scalar(query, id=ticket["ticket_id"])
    return found


def test_it_acts_when_its_time_has_come_and_only_once(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    automation(ask, NOTE, URGENT, name="超时升级", condition=tagged(name))
    due, young = old(desk, ask, name), old(desk, ask, name, 0.5)
    assert run(desk) == 1
    assert (notes(desk, due), notes(desk, young)) == (1, 0)
    edits = [event for event in told(desk, due) if event["type"] == "ticket.edited"]
    assert edits[-1]["reason"] == "超时升级"
    assert run(desk) == 0
    # Whatever happens to the ticket, it was created but once.
    edit(ask, due, subject="换个主题")
    assert run(desk, utc_now() + timedelta(minutes=40)) == 1  # the young one
    assert (notes(desk, due), notes(desk, young)) == (1, 1)


def test_two_workers_at_once_handle_each_ticket_once(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    made = automation(ask, NOTE, condition=tagged(name))
    tickets = [old(desk, ask, name) for _ in range(12)]
    with ThreadPoolExecutor(4) as workers:
        ran = list(workers.map(lambda _: run(desk), range(4)))
    assert sum(ran) + run(desk) == len(tickets)
    assert [notes(desk, ticket) for ticket in tickets] == [1] * len(tickets)
    shown = ask("get_rule", kind="automation", rule_id=made["rule_id"])
    assert shown["runs"]["value"] == len(tickets)


def test_its_own_changes_are_no_new_cause(desk: Desk, ask: Ask) -> None:
    """Both move what they count from, and yet come to an end until somebody touches it."""
    name = fresh_tag()
    forth = {"all": [tagged(name), {"field": "status", "op": "is", "value": "in_progress"}]}
    back = {"all": [tagged(name), {"field": "status", "op": "is", "value": "follow_up"}]}
    given = {"anchor": "status_changed", "delay_minutes": 60}
    automation(ask, {"type": "set_status", "status": "follow_up"}, condition=forth, **given)
    automation(ask, {"type": "set_status", "status": "in_progress"}, condition=back, **given)
    ticket = edit(ask, created(ask), tags=[name])
    boss = desk.boss
    ask(
        "assign_ticket",
        number=ticket["number"],
        assignee_id=str(boss.subject),
        assignee_name=boss.name,
    )
    ask("accept_ticket", number=ticket["number"])
    now = utc_now()
    moves = [run(desk, now + timedelta(hours=2 * turn)) for turn in range(1, 8)]
    assert sum(moves) == 2
    age(desk, ticket, -30, "touched_at")  # somebody does something after all that
    assert run(desk, now + timedelta(hours=40)) == 1


def test_a_customers_message_is_a_new_cause(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    automation(ask, NOTE, anchor="customer_message", condition=tagged(name))
    ticket = edit(ask, created(ask), tags=[name])
    age(desk, ticket, 5, "last_customer_message_at", "touched_at")
    assert (run(desk), run(desk)) == (1, 0)
    age(desk, ticket, 2, "last_customer_message_at")
    age(desk, ticket, -0.1, "touched_at")
    assert (run(desk), run(desk)) == (1, 0)
    assert notes(desk, ticket) == 2


def test_solved_tickets_are_closed_after_their_time(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    closed = {"type": "set_status", "status": "closed"}
    automation(ask, closed, anchor="solved", condition=tagged(name), name="三天自动关闭")
    ticket, boss = edit(ask, created(ask), tags=[name]), desk.boss
    ask(
        "assign_ticket",
        number=ticket["number"],
        assignee_id=str(boss.subject),
        assignee_name=boss.name,
    )
    ask("solve_ticket", number=ticket["number"], text="已处理")
    assert run(desk) == 0
    age(desk, ticket, 2, "solved_at")
    assert run(desk) == 1
    assert row(desk, ticket).status == "closed"
    assert desk.events(ticket["ticket_id"])[-1]["data"]["reason"] == "三天自动关闭"
    # Closed tickets are left alone.
    automation(ask, NOTE, condition=tagged(name))
    age(desk, ticket, 9, "created_at")
    assert run(desk) == 0


def test_triggers_hear_what_automations_do(desk: Desk, ask: Ask) -> None:
    name, after = fresh_tag(), fresh_tag()
    automation(ask, URGENT, condition=tagged(name))
    trigger(ask, tag(after), condition={"field": "urgency", "op": "is", "value": "urgent"})
    ticket = old(desk, ask, name)
    run(desk)
    settle(desk, ticket)
    assert after in row(desk, ticket).tags


def test_one_that_cannot_be_read_holds_up_no_other(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    broken = automation(ask, NOTE, condition=tagged(name))
    automation(ask, NOTE, condition=tagged(name))
    with desk.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE rules SET condition = :raw WHERE rule_id = :id"),
            {"raw": '{"field": "planet", "op": "is", "value": "x"}', "id": broken["rule_id"]},
        )
    ticket = old(desk, ask, name)
    assert run(desk) == 1
    assert notes(desk, ticket) == 1
    [first, _] = ask("list_rules", kind="automation")["items"]
    assert first["problem"] == "condition.field: is not a field that conditions know"


@pytest.mark.parametrize("anchor", ["created", "touched", "status_changed", "customer_message"])
def test_a_trial_shows_what_the_next_round_does(desk: Desk, ask: Ask, anchor: str) -> None:
    name = fresh_tag()
    ticket = old(desk, ask, name)
    age(desk, ticket, 2, "last_customer_message_at")
    edit(ask, created(ask), tags=[name])
    values = {"condition": tagged(name), "anchor": anchor, "delay_minutes": 60}
    found = ask("try_rule", kind="automation", values=values)
    assert [one["number"] for one in found["items"]] == [ticket["number"]]
    assert found["count"] == {"value": 1, "is_exact": True}
    automation(ask, NOTE, **values)
    assert run(desk) == 1


def test_a_round_reads_along_the_index_of_what_is_not_closed(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    automation(ask, NOTE, condition=tagged(name))
    with desk.counting_statements() as seen:
        run(desk)
    [found] = [one for one in seen if "rule_marks" in one]
    assert "tickets.status_category != 'closed'" in found
    plan = "SET LOCAL enable_seqscan = off; EXPLAIN SELECT ticket_id FROM tickets WHERE "
    with desk.database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            plan + "status_category != 'closed' AND created_at <= now() "
            "ORDER BY created_at, ticket_id LIMIT 200"
        ).scalars()
        assert any("ix_tickets_alive" in line for line in rows)


def test_old_runs_are_forgotten_and_causes_are_not(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    made = automation(ask, NOTE, condition=tagged(name))
    old(desk, ask, name)
    run(desk)
    forget_old_runs(desk.database, utc_now() + timedelta(days=91))
    shown = ask("get_rule", kind="automation", rule_id=made["rule_id"])
    assert (shown["runs"]["value"], shown["last_run_at"]) == (0, None)
    assert run(desk) == 0
