"""Triggers: once for each event, in their order, never in a circle."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from libs.common.bus.handling import Handler, Handling
from libs.common.config import Config
from libs.common.errors import DeskError, InvalidInput, NotFound, Stale
from services.ticketing.service.events import Service
from tests.integration.ticketing.desk import Ask, Desk, agent, created
from tests.integration.ticketing.hearing import body, row, team, told
from tests.integration.ticketing.ruling import (
    URGENT,
    clear,
    edit,
    events_of,
    fresh_tag,
    hear,
    settle,
    tag,
    tagged,
    trigger,
)


@pytest.fixture(autouse=True)
def no_rules(desk: Desk) -> Iterator[None]:
    yield
    clear(desk)


def tags_of(desk: Desk, ticket: dict[str, Any]) -> list[str]:
    found: list[str] = row(desk, ticket).tags
    return found


def edits(desk: Desk, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    return [event for event in told(desk, ticket) if event["type"] == "ticket.edited"]


def test_a_new_ticket_that_fits_is_changed_in_the_triggers_name(desk: Desk, ask: Ask) -> None:
    complaints = {"field": "kind", "op": "is", "value": "complaint"}
    trigger(ask, URGENT, tag("投诉"), name="加急投诉", events=["created"], condition=complaints)
    fits, other = created(ask, kind="complaint"), created(ask)
    for ticket in (fits, other):
        settle(desk, ticket)
    assert (row(desk, fits).urgency, row(desk, other).urgency) == ("urgent", "normal")
    assert [event["reason"] for event in edits(desk, fits)] == ["加急投诉"] * 2
    shown = desk.show(fits["number"])["timeline"]["items"]
    assert {one["author"]["kind"] for one in shown if one["kind"] == "event"} == {"agent", "system"}
    bodies = desk.events(fits["ticket_id"])
    assert [one["data"]["seq"] for one in bodies] == list(range(1, len(bodies) + 1))
    assert {one.get("causationid") for one in bodies[1:]} == {bodies[0]["id"]}


def test_an_event_that_comes_again_changes_nothing(desk: Desk, ask: Ask) -> None:
    trigger(ask, {"type": "add_note", "text": "请先致电客户"}, events=["created"])
    ticket = created(ask)
    [event] = events_of(desk, ticket)
    hear(desk, event)
    hear(desk, event, event)
    hear(desk, event)
    notes = [e for e in desk.show(ticket["number"])["timeline"]["items"] if e["kind"] == "note"]
    assert len(notes) == 1


def test_a_redelivered_body_is_handled_once(desk: Desk, ask: Ask) -> None:
    trigger(ask, {"type": "add_note", "text": "请先致电客户"}, events=["created"])
    ticket = created(ask)
    [event] = events_of(desk, ticket)
    service = Service()
    vars(service).update(config=Config.read({}))
    handled = Handling(desk.database)
    handled.add(event.type, Handler("run_triggers", service.run_triggers))
    for _ in range(3):
        handled.apply([body(event), body(event)])
    assert row(desk, ticket).last_entry_seq == 3  # created, its message, the note


def test_two_that_undo_one_another_come_to_an_end(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    trigger(ask, tag(name), name="加", condition={"none": [tagged(name)]})
    trigger(ask, tag(name, away=True), name="减", condition=tagged(name))
    ticket = created(ask)
    edit(ask, ticket, tags=["x"])
    assert settle(desk, ticket) < 5
    assert {event["reason"] for event in edits(desk, ticket)} == {None, "加", "减"}
    before = len(edits(desk, ticket))
    # A new cause begins a new chain.
    edit(ask, ticket, tags=["y"])
    settle(desk, ticket)
    assert len(edits(desk, ticket)) > before + 1


def test_a_trigger_does_not_run_on_what_it_has_done(desk: Desk, ask: Ask) -> None:
    trigger(ask, {"type": "add_note", "text": "又一条"}, events=["updated"])
    ticket = created(ask)
    edit(ask, ticket, tags=["x"])
    settle(desk, ticket)
    kinds = [entry["kind"] for entry in desk.show(ticket["number"])["timeline"]["items"]]
    assert kinds.count("note") == 1


def test_a_long_chain_stops_and_says_so(desk: Desk, ask: Ask) -> None:
    steps = [f"{fresh_tag()}-{place}" for place in range(8)]
    for before, after in itertools.pairwise(steps):
        is_next = {"all": [tagged(before), {"none": [tagged(after)]}]}
        trigger(ask, tag(after), name=f"到 {after}", condition=is_next)
    ticket = created(ask)
    # In the reverse of their order each waits for the next event.
    listed = ask("list_rules", kind="trigger")["items"]
    ask("order_rules", kind="trigger", rule_ids=[one["rule_id"] for one in reversed(listed)])
    edit(ask, ticket, tags=[steps[0]])
    settle(desk, ticket)
    reached = [one for one in steps if one in tags_of(desk, ticket)]
    assert 1 < len(reached) < len(steps)
    stopped = [event for event in told(desk, ticket) if event["type"] == "trigger.stopped"]
    assert [event["reason"] for event in stopped] == [f"到 {steps[len(reached)]}"]
    assert max(event.hops for event in events_of(desk, ticket)) < 8


def test_what_the_state_does_not_allow_is_said_and_stops_nothing(desk: Desk, ask: Ask) -> None:
    moved = {"type": "set_status", "status": "awaiting_customer"}
    made = trigger(ask, moved, tag("后续"), events=["created"])
    ticket = created(ask)
    settle(desk, ticket)
    assert tags_of(desk, ticket) == ["后续"]
    [skipped] = [event for event in told(desk, ticket) if event["type"] == "action.skipped"]
    assert (skipped["action"], skipped["code"]) == ("set_status", "status.move_refused")
    [ran] = ask("list_rule_runs", kind="trigger", rule_id=made["rule_id"])["items"]
    assert (ran["done"], ran["cause"]) == (["add_tags"], "created")
    assert ran["skipped"] == [{"action": "set_status", "code": "status.move_refused"}]
    assert ran["ticket"] == {"number": ticket["number"], "subject": ticket["subject"]}


def test_the_state_is_judged_when_the_trigger_runs(desk: Desk, ask: Ask) -> None:
    """An earlier trigger's change is seen by a later one on the same event."""
    name = fresh_tag()
    trigger(ask, tag(name), events=["created"])
    trigger(ask, URGENT, events=["created"], condition=tagged(name))
    ticket = created(ask)
    settle(desk, ticket)
    assert row(desk, ticket).urgency == "urgent"


def test_one_that_is_switched_off_does_nothing(desk: Desk, ask: Ask) -> None:
    made = trigger(ask, URGENT, events=["created"])
    off = {"name": "停用", "events": ["created"], "actions": [URGENT], "is_active": False}
    version = made["version"]
    ask("replace_rule", kind="trigger", rule_id=made["rule_id"], version=version, values=off)
    ticket = created(ask)
    settle(desk, ticket)
    assert row(desk, ticket).urgency == "normal"


def test_solved_tickets_may_be_acted_on(desk: Desk, ask: Ask) -> None:
    trigger(ask, tag("待回访"), events=["solved"])
    ticket = created(ask)
    ask(
        "assign_ticket",
        number=ticket["number"],
        assignee_id=str(desk.boss.subject),
        assignee_name=desk.boss.name,
    )
    ask("solve_ticket", number=ticket["number"], text="已处理")
    settle(desk, ticket)
    assert tags_of(desk, ticket) == ["待回访"]


def test_a_lost_event_of_another_ticket_stops_nothing(desk: Desk, ask: Ask) -> None:
    trigger(ask, URGENT, events=["created"])
    ticket = created(ask)
    [event] = events_of(desk, ticket)
    unknown = {**event.data, "ticket_id": uuid4()}
    hear(desk, replace(event, id=uuid4(), data=unknown), event)
    assert row(desk, ticket).urgency == "urgent"


def test_without_a_trigger_that_listens_nothing_is_locked(desk: Desk, ask: Ask) -> None:
    trigger(ask, URGENT, events=["rated"])
    ticket = created(ask)
    events = events_of(desk, ticket)
    with desk.counting_statements() as seen:
        hear(desk, *events)
    assert len(seen) == 2  # the triggers, and the transaction's limits


def test_triggers_are_kept_ordered_and_versioned(desk: Desk, ask: Ask) -> None:
    first, second = trigger(ask, URGENT, name="一"), trigger(ask, URGENT, name="二")
    assert [first["position"], second["position"]] == [1, 2]
    ids = [second["rule_id"], first["rule_id"]]
    ordered = ask("order_rules", kind="trigger", rule_ids=ids)
    assert [one["name"] for one in ordered["items"]] == ["二", "一"]
    assert ordered["audit"]["after"] == {"rule_ids": ids}
    with pytest.raises(InvalidInput) as refusal:
        ask("order_rules", kind="trigger", rule_ids=[ids[0], ids[0]])
    assert set(refusal.value.details["errors"]) == {"rule_ids[1]", "rule_ids"}
    given = {"kind": "trigger", "rule_id": first["rule_id"]}
    values = {"name": "新名", "events": ["created"], "actions": [URGENT]}
    changed = ask("replace_rule", **given, version=first["version"], values=values)
    assert (changed["name"], changed["version"]) == ("新名", 2)
    assert changed["audit"]["before"] == {"name": "一", "events": ["edited"]}
    with pytest.raises(Stale):
        ask("remove_rule", **given, version=1)
    ask("remove_rule", **given, version=2)
    with pytest.raises(NotFound):
        ask("get_rule", **given)
    with pytest.raises(NotFound):
        ask("get_rule", kind="automation", rule_id=second["rule_id"])


def test_what_the_organisation_lacks_is_refused_and_later_shown(desk: Desk, ask: Ask) -> None:
    to_team = {"type": "transfer", "group_id": str(uuid4())}
    with pytest.raises(InvalidInput) as refusal:
        trigger(ask, to_team)
    assert list(refusal.value.details["errors"]) == ["actions[0].group_id"]
    made = trigger(ask, {"type": "transfer", "group_id": str(team(desk))})
    assert made["problem"] is None
    desk.scalar("SELECT 1")
    with desk.database.begin() as uow:
        uow.session.connection().exec_driver_sql("UPDATE directory_groups SET is_active = false")
        uow.commit()
    shown = ask("get_rule", kind="trigger", rule_id=made["rule_id"])
    assert shown["problem"] == "actions[0].group_id: is not among the groups"


def test_runs_are_paged_and_hide_tickets_outside_the_scope(desk: Desk, ask: Ask) -> None:
    made = trigger(ask, URGENT, events=["created"])
    for _ in range(3):
        settle(desk, created(ask))
    wanted = {"kind": "trigger", "rule_id": made["rule_id"], "limit": 2}
    page = ask("list_rule_runs", **wanted)
    rest = ask("list_rule_runs", **wanted, cursor=page["next_cursor"])
    ids = [one["run_id"] for one in (*page["items"], *rest["items"])]
    assert len(set(ids)) == 3
    assert ids == sorted(ids, reverse=True)
    assert rest["next_cursor"] is None
    shown = ask("get_rule", kind="trigger", rule_id=made["rule_id"])
    assert shown["runs"] == {"value": 3, "is_exact": True}
    assert shown["last_run_at"]
    narrow = agent(pools=False)
    reader = replace(narrow, permissions=narrow.permissions | {"trigger.read"})
    hidden = ask("list_rule_runs", actor=reader, **wanted)["items"]
    assert [one["ticket"] for one in hidden] == [None, None]


def test_a_trial_shows_what_would_match_in_the_scope(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    for _ in range(3):
        edit(ask, created(ask), tags=[name])
    given = {"kind": "trigger", "values": {"condition": tagged(name)}}
    found = ask("try_rule", **given)
    assert found["count"] == {"value": 3, "is_exact": True}
    assert len(found["items"]) == 3
    narrow = agent(pools=False)
    reader = replace(narrow, permissions=narrow.permissions | {"trigger.read"})
    assert ask("try_rule", actor=reader, **given) == {
        "count": {"value": 0, "is_exact": True},
        "items": [],
    }


@pytest.mark.parametrize("method", ["list_rules", "create_rule", "order_rules"])
def test_agents_have_nothing_to_do_with_triggers(ask: Ask, method: str) -> None:
    with pytest.raises(DeskError) as refusal:
        ask(method, actor=agent(), kind="trigger")
    assert refusal.value.code == "permission.missing"
