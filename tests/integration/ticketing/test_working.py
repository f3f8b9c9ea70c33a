"""Work on tickets through use cases and the database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from libs.common.actor import Actor
from libs.common.errors import Conflict, DeskError, Forbidden, NotFound, Stale
from services.ticketing.use_cases.working import (
    accept_ticket,
    add_note,
    assign_ticket,
    change_status,
    edit_ticket,
    reopen_ticket,
    reply,
    solve_ticket,
)
from tests.integration.ticketing.desk import Desk, agent, message, types


def take(desk: Desk, actor: Actor, number: str, **more: Any) -> dict[str, Any]:
    taken: dict[str, Any] = desk.change(
        assign_ticket,
        actor,
        number=number,
        assignee_id=actor.subject,
        assignee_name=actor.name,
        **more,
    )
    return taken


def refusal_of(desk: Desk, *arguments: Any, **named: Any) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        desk.change(*arguments, **named)
    return refusal.value


def test_a_ticket_is_taken_confirmed_answered_and_solved(desk: Desk):
    li = agent("李雷")
    came = message()
    desk.file(came)
    ticket_id = came.data["ticket_id"]
    number = desk.number_of(ticket_id)
    assert take(desk, li, number)["status"] == "assigned"
    assert desk.change(accept_ticket, li, number=number)["status"] == "in_progress"
    desk.change(add_note, li, number=number, text="已电话联系客户")
    desk.change(reply, li, number=number, text="请提供订单号", status="awaiting_customer")
    desk.file(message(ticket_id, text="订单号 123", opens=False))
    solved = desk.change(solve_ticket, li, number=number, text="已补发商品")
    assert (solved["status"], solved["solution"]) == ("solved", "已补发商品")
    closed = desk.change(change_status, li, number=number, status="closed")
    assert closed["closed_at"]
    events = desk.events(ticket_id)
    assert types(events) == [
        "ticket.created",
        "ticket.assigned",
        "ticket.accepted",
        "ticket.note_added",
        "ticket.replied",
        "ticket.status_changed",
        "ticket.message_received",
        "ticket.status_changed",
        "ticket.solved",
        "ticket.status_changed",
    ]
    assert [event["data"]["seq"] for event in events] == list(range(1, 11))
    entries = desk.show(number)["timeline"]["items"]
    assert [entry["event"]["type"] if entry["event"] else entry["kind"] for entry in entries] == [
        "ticket.created",
        "message",
        "ticket.assigned",
        "ticket.accepted",
        "note",
        "message",
        "ticket.status_changed",
        "message",
        "ticket.status_changed",
        "ticket.solved",
        "ticket.status_changed",
    ]


def test_of_two_takers_at_once_one_wins(desk: Desk):
    for _ in range(5):
        number = desk.open()["number"]
        takers = [agent(f"客服{i}") for i in range(4)]
        barrier = Barrier(len(takers))

        def try_to_take(taker: Actor) -> str:
            barrier.wait()  # noqa: B023
            try:
                return str(take(desk, taker, number)["assignee"]["person_id"])  # noqa: B023
            except Conflict as refusal:
                return refusal.code

        with ThreadPoolExecutor(len(takers)) as pool:
            outcomes = list(pool.map(try_to_take, takers))
        assert sorted(outcomes)[-3:] == ["ticket.already_assigned"] * 3
        winner = desk.show(number)["assignee"]["person_id"]
        assert winner in outcomes


def test_the_second_taker_is_told_so_though_the_ticket_is_out_of_sight(desk: Desk):
    number = desk.open()["number"]
    take(desk, agent("李雷"), number)
    han = agent("韩梅梅")
    refusal = refusal_of(
        desk, assign_ticket, han, number=number, assignee_id=han.subject, assignee_name="韩梅梅"
    )
    assert isinstance(refusal, Conflict)
    assert refusal.code == "ticket.already_assigned"


@pytest.mark.parametrize(
    ("use_case", "arguments"),
    [
        (accept_ticket, {}),
        (reply, {"text": "您好"}),
        (add_note, {"text": "备注"}),
        (change_status, {"status": "closed"}),
        (solve_ticket, {"text": "好了"}),
        (reopen_ticket, {"reason": "没好"}),
        (edit_ticket, {"version": 1, "changes": {"subject": "新"}}),
        (assign_ticket, {"assignee_id": uuid4(), "assignee_name": "别人"}),
    ],
)
def test_another_agents_ticket_does_not_exist_for_an_agent(desk: Desk, use_case, arguments):
    number = desk.open()["number"]
    take(desk, agent("李雷"), number)
    refusal = refusal_of(desk, use_case, agent("韩梅梅"), number=number, **arguments)
    assert isinstance(refusal, NotFound)


def test_an_unassigned_ticket_can_be_seen_but_not_worked_on(desk: Desk):
    number = desk.open()["number"]
    han = agent("韩梅梅")
    assert desk.show(number, han)["number"] == number
    assert isinstance(refusal_of(desk, reply, han, number=number, text="您好"), Forbidden)


def test_an_unknown_number_is_not_found(desk: Desk):
    refusal = refusal_of(desk, accept_ticket, desk.boss, number="G19990101001")
    assert isinstance(refusal, NotFound)


def test_an_edit_from_an_older_state_is_stale_and_says_the_present_version(desk: Desk):
    ticket = desk.open()
    number, version = ticket["number"], ticket["version"]
    desk.change(
        edit_ticket, desk.boss, number=number, version=version, changes={"subject": "新主题"}
    )
    refusal = refusal_of(
        desk, edit_ticket, desk.boss, number=number, version=version, changes={"subject": "旧"}
    )
    assert isinstance(refusal, Stale)
    assert refusal.details == {"version": version + 1}
    assert desk.show(number)["subject"] == "新主题"


def test_of_two_editors_at_once_one_is_stale(desk: Desk):
    ticket = desk.open()
    barrier = Barrier(2)

    def edit(subject: str) -> str:
        barrier.wait()
        try:
            desk.change(
                edit_ticket,
                desk.boss,
                number=ticket["number"],
                version=ticket["version"],
                changes={"subject": subject},
            )
        except Stale as refusal:
            return refusal.code
        return subject

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(edit, ["甲", "乙"]))
    assert "version.stale" in outcomes
    assert desk.show(ticket["number"])["subject"] in outcomes


def test_replies_need_no_version_and_none_is_lost(desk: Desk):
    number = desk.open()["number"]
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda i: desk.change(reply, desk.boss, number=number, text=f"回复{i}"), range(16)
            )
        )
    ticket = desk.show(number)
    entries = ticket["timeline"]["items"]
    assert [entry["seq"] for entry in entries] == list(range(1, 19))
    assert len({entry["text"] for entry in entries if entry["direction"] == "out"}) == 16
    seqs = [event["data"]["seq"] for event in desk.events(ticket["ticket_id"])]
    assert seqs == list(range(1, 18))
    assert ticket["version"] == 1


def test_edits_are_stored_and_searchable(desk: Desk):
    ticket = desk.open()
    desk.change(
        edit_ticket,
        desk.boss,
        number=ticket["number"],
        version=1,
        changes={"fields": {"型号": "X1"}, "tags": ["VIP"], "urgency": "critical"},
        reason="客户要求",
    )
    shown = desk.show(ticket["number"])
    assert (shown["fields"], shown["tags"], shown["urgency"]) == (
        {"型号": "X1"},
        ["VIP"],
        "critical",
    )
    assert shown["timeline"]["items"][-1]["event"]["reason"] == "客户要求"


@pytest.mark.parametrize(
    ("use_case", "arguments"),
    [
        (solve_ticket, {"text": "好了"}),
        (change_status, {"status": "closed", "reason": "重复"}),
        (edit_ticket, {"version": None, "changes": {"subject": "新"}}),
    ],
)
def test_a_command_takes_few_statements(desk: Desk, use_case, arguments):
    number = desk.open()["number"]
    with desk.counting_statements() as seen:
        desk.change(use_case, desk.boss, number=number, **arguments)
    # Limits, the locked ticket, its entry, its new state, the outbox, the company's own statuses;
    # closing asks the settings.
    assert len(seen) <= 6 + (use_case is change_status)


@pytest.mark.parametrize("use_case", [reply, add_note])
def test_what_is_written_takes_one_more_for_its_draft(desk: Desk, use_case):
    number = desk.open()["number"]
    with desk.counting_statements() as seen:
        desk.change(use_case, desk.boss, number=number, text="您好")
    assert len(seen) <= 6


def test_a_ticket_and_its_timeline_are_read_by_two_statements(desk: Desk):
    number = desk.open()["number"]
    with desk.counting_statements() as seen:
        desk.show(number)
    assert len(seen) == 3  # the transaction's limits are the third
