"""Due times on tickets, breaches and steps in timelines, and what policies have done about them."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.clock import utc_now
from services.ticketing.use_cases.working import assign_ticket, solve_ticket
from tests.integration.ticketing.desk import Desk, types
from tests.integration.ticketing.hearing import (
    abnormal,
    breached,
    changed,
    colleague,
    deliver,
    hear,
    row,
    step,
    team,
    told,
)

URGENT = {"type": "set_urgency", "urgency": "critical"}
DIRECTOR = {"type": "assign", "to": "title", "title": "技术总监"}


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
@pytest.mark.parametrize("in_one_batch", [True, False])
def test_the_highest_revision_says_when_a_ticket_is_due(desk: Desk, order, in_one_batch):
    ticket, now = desk.open(), utc_now()
    events = [
        changed(ticket, n, next_due_at=now + timedelta(hours=n), is_overdue=n == 3) for n in order
    ]
    batches = [events] if in_one_batch else [[event] for event in events]
    for batch in [*batches, *batches]:
        hear(desk, *batch)
    found = row(desk, ticket)
    assert (found.next_due_at, found.is_overdue) == (now + timedelta(hours=3), True)
    assert found.sla_revision == 3


def test_a_due_time_is_nobodys_edit(desk: Desk):
    ticket = desk.open()
    before = row(desk, ticket)
    hear(desk, changed(ticket, next_due_at=utc_now(), is_overdue=True))
    after = row(desk, ticket)
    assert (after.version, after.updated_at, after.seq) == (
        before.version,
        before.updated_at,
        before.seq,
    )
    assert len(desk.events(ticket["ticket_id"])) == 1


def test_a_clock_that_has_stopped_leaves_no_due_time(desk: Desk):
    ticket = desk.open()
    hear(desk, changed(ticket, 1, next_due_at=utc_now()), changed(ticket, 2))
    assert row(desk, ticket).next_due_at is None


def test_a_batch_of_due_times_is_one_update(desk: Desk):
    tickets = [desk.open() for _ in range(10)]
    with desk.counting_statements() as seen:
        hear(desk, *(changed(ticket, next_due_at=utc_now()) for ticket in reversed(tickets)))
    assert len(seen) == 2  # and the transaction's limits


def test_a_due_time_of_an_unknown_ticket_stops_nothing(desk: Desk):
    ticket = desk.open()
    unknown = {**ticket, "ticket_id": ticket["customer"]["customer_id"]}
    events = [make(unknown) for make in (changed, breached, step, abnormal)]
    hear(desk, *events, changed(ticket, next_due_at=utc_now()))
    assert row(desk, ticket).next_due_at


@given(data=st.data())
@settings(max_examples=20)
def test_any_deliveries_of_any_history_end_alike(desk: Desk, data):
    ticket, now = desk.open(), utc_now()
    history = [
        changed(ticket, 1, next_due_at=now),
        breached(ticket, 2, next_due_at=now),
        step(ticket, URGENT, revision=3, next_due_at=now, is_overdue=True),
        changed(ticket, 4, next_due_at=now + timedelta(hours=1)),
    ]
    repeated = history + data.draw(st.lists(st.sampled_from(history), max_size=4))
    deliveries = data.draw(st.permutations(repeated))
    cut = data.draw(st.integers(0, len(deliveries)))
    hear(desk, *deliveries[:cut])
    hear(desk, *deliveries[cut:])
    found = row(desk, ticket)
    assert (found.next_due_at, found.is_overdue) == (now + timedelta(hours=1), False)
    assert found.urgency == "critical"
    kinds = [event["type"] for event in told(desk, ticket)]
    assert sorted(kinds) == ["clock.breached", "step.reached", "ticket.created", "ticket.edited"]
    assert len(desk.events(ticket["ticket_id"])) == 2


def test_a_breach_is_shown_with_its_target_and_policy(desk: Desk):
    ticket = desk.open()
    event = breached(ticket)
    hear(desk, event)
    assert row(desk, ticket).is_overdue
    assert told(desk, ticket)[-1] == {
        "type": "clock.breached",
        "target": "first_reply",
        "cycle": 1,
        "due_at": event.data["due_at"].isoformat(),
        "policy_name": "默认",
    }


def test_each_step_of_a_clock_is_shown_once(desk: Desk):
    ticket = desk.open()
    first = step(ticket, step="chase#1", phase="after")
    second = step(ticket, step="chase#2", phase="after", clock_id=first.data["clock_id"])
    hear(desk, second, first, second)
    hear(desk, first)
    assert [event.get("step") for event in told(desk, ticket)[1:]] == ["chase#2", "chase#1"]


def test_an_escalation_gives_it_to_the_director_with_the_reason_in_the_timeline(desk: Desk):
    ticket = desk.open()
    colleague(desk, "赵总监", title="技术总监")
    event = step(ticket, DIRECTOR, URGENT, policy_name="APP 崩溃")
    hear(desk, event)
    shown = desk.show(ticket["number"])
    assert (shown["assignee"]["name"], shown["urgency"]) == ("赵总监", "critical")
    assigned, edited = told(desk, ticket)[-2:]
    assert (assigned["mode"], assigned["note"]) == ("escalation", "APP 崩溃 · escalate")
    assert edited["reason"] == "APP 崩溃 · escalate"
    events = desk.events(ticket["ticket_id"])
    assert types(events)[1:] == ["ticket.assigned", "ticket.edited"]
    assert events[1]["data"]["mode"] == "escalation"
    assert {one["causationid"] for one in events[1:]} == {str(event.id)}


def test_a_step_by_the_same_event_is_carried_out_once(desk: Desk):
    ticket = desk.open()
    event = step(ticket, {"type": "add_note", "text": "超过时限"})
    deliver(desk, event)
    deliver(desk, event, event)
    items = desk.show(ticket["number"])["timeline"]["items"]
    assert [entry["kind"] for entry in items].count("note") == 1


def test_the_leader_of_the_tickets_group_steps_in(desk: Desk):
    hotline, ticket = team(desk), desk.open()
    colleague(desk, "王组长", group_ids=[hotline], led_group_ids=[hotline])
    colleague(desk, "李雷", group_ids=[hotline])
    moved = {"type": "transfer", "group_id": str(hotline)}
    hear(desk, step(ticket, moved, {"type": "assign", "to": "group_lead"}))
    shown = desk.show(ticket["number"])
    assert (shown["assignee"]["name"], shown["group"]["name"]) == ("王组长", "热线组")


def test_a_lead_who_has_it_already_keeps_it(desk: Desk):
    hotline, ticket = team(desk), desk.open()
    leads = [
        colleague(desk, name, group_ids=[hotline], led_group_ids=[hotline]) for name in "甲乙丙"
    ]
    for lead in leads:
        desk.change(
            assign_ticket,
            desk.boss,
            number=ticket["number"],
            assignee_id=lead.data["person_id"],
            assignee_name=lead.data["name"],
        )
        hear(desk, step(ticket, {"type": "assign", "to": "group_lead"}))
        assert desk.show(ticket["number"])["assignee"]["name"] == lead.data["name"]


def skipped(desk: Desk, ticket: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (event["action"], event["code"])
        for event in told(desk, ticket)
        if event["type"] == "action.skipped"
    ]


def test_what_no_longer_applies_is_skipped_in_the_timeline_and_the_rest_is_done(desk: Desk):
    ticket = desk.open()
    moved = {"type": "set_status", "status": "follow_up"}
    nobody = {"type": "assign", "to": "title", "title": "没有这个职位"}
    unknown = {"type": "send_rocket", "to": "moon"}
    hear(desk, step(ticket, moved, nobody, unknown, URGENT))
    assert skipped(desk, ticket) == [
        ("set_status", "status.move_refused"),
        ("assign", "person.unknown"),
        ("send_rocket", "field.invalid"),
    ]
    assert desk.show(ticket["number"])["urgency"] == "critical"


def test_a_step_that_comes_after_the_solution_changes_nothing(desk: Desk):
    ticket = desk.open()
    desk.change(solve_ticket, desk.boss, number=ticket["number"], text="好了")
    hear(desk, step(ticket, DIRECTOR, URGENT))
    assert desk.show(ticket["number"])["assignee"] is None
    assert skipped(desk, ticket) == [
        ("assign", "ticket.finished"),
        ("set_urgency", "ticket.finished"),
    ]


def test_an_abnormality_is_shown_once_and_its_actions_are_done_once(desk: Desk):
    ticket = desk.open()
    event = abnormal(ticket, {"type": "add_tags", "tags": ["多次投诉"]})
    hear(desk, event, event)
    hear(desk, event)
    found, edited = told(desk, ticket)[-2:]
    assert (found["type"], found["abnormality"]) == ("abnormality.found", "repeated_complaint")
    assert found["facts"] == {"count": 2, "days": 30}
    assert edited["changes"] == [{"field": "tags", "from": [], "to": ["多次投诉"]}]
    assert len(told(desk, ticket)) == 3
