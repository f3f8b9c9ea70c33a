"""Dispatch's proposals and withdrawals: carried out or answered, in whatever order, once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from libs.common.contracts.envelope import MAX_HOPS
from libs.common.errors import Conflict, InvalidInput
from services.ticketing.use_cases.passing import return_ticket, transfer_ticket
from services.ticketing.use_cases.working import (
    accept_ticket,
    assign_ticket,
    solve_ticket,
)
from tests.integration.ticketing.desk import Desk, agent, types
from tests.integration.ticketing.hearing import (
    colleague,
    deliver,
    hear,
    proposed,
    row,
    team,
    told,
    withdrawn,
)


def answers(desk: Desk, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    """What dispatch was told, without the rest of the ticket's events."""
    events = desk.events(ticket["ticket_id"])
    return [event for event in events if event["type"].startswith("assignment.")]


def take(desk: Desk, ticket: dict[str, Any], who: Any) -> dict[str, Any]:
    taken: dict[str, Any] = desk.change(
        assign_ticket,
        who,
        number=ticket["number"],
        assignee_id=who.subject,
        assignee_name=who.name,
    )
    return taken


def test_a_proposal_becomes_an_assignment_that_names_it(desk: Desk):
    hotline, ticket = team(desk), desk.open()
    proposal = proposed(ticket, colleague(desk, "李雷"), group_id=hotline)
    hear(desk, proposal)
    event = desk.events(ticket["ticket_id"])[-1]
    assert event["type"] == "ticket.assigned"
    assert event["causationid"] == str(proposal.id)
    data = event["data"]
    assert data["assignment_id"] == str(proposal.data["assignment_id"])
    assert (data["mode"], data["epoch"], data["assignment_epoch"]) == ("automatic", 1, 1)
    assert (data["status"], data["group_id"]) == ("assigned", str(hotline))
    assert data["actor"] == {"kind": "system", "id": None, "name": "系统"}
    entry = told(desk, ticket)[-1]
    assert (entry["assignee"]["name"], entry["mode"]) == ("李雷", "automatic")
    assert entry["note"] == "负载最低的在线客服"


def test_a_proposal_that_comes_again_is_confirmed_and_changes_nothing(desk: Desk):
    ticket = desk.open()
    proposal = proposed(ticket, colleague(desk))
    hear(desk, proposal)
    before = row(desk, ticket)
    hear(desk, proposal, proposal)
    assert row(desk, ticket) == before
    assert types(answers(desk, ticket)) == ["assignment.confirmed"] * 2
    assert answers(desk, ticket)[0]["data"] == {
        "assignment_id": str(proposal.data["assignment_id"]),
        "ticket_id": ticket["ticket_id"],
        "epoch": 1,
    }


def test_a_repeat_by_the_same_event_is_not_even_answered(desk: Desk):
    ticket = desk.open()
    proposal = proposed(ticket, colleague(desk))
    deliver(desk, proposal)
    deliver(desk, proposal, proposal)
    assert types(desk.events(ticket["ticket_id"])) == ["ticket.created", "ticket.assigned"]


def refusal(desk: Desk, ticket: dict[str, Any]) -> tuple[str, int]:
    [answer] = answers(desk, ticket)
    assert answer["type"] == "assignment.refused"
    return answer["data"]["reason"], answer["data"]["epoch"]


def test_a_ticket_that_somebody_has_taken_meanwhile_is_refused(desk: Desk):
    ticket, li = desk.open(), agent("李雷")
    proposal = proposed(ticket, colleague(desk, "韩梅梅"))
    take(desk, ticket, li)
    hear(desk, proposal)
    assert refusal(desk, ticket) == ("outdated", 1)
    assert desk.show(ticket["number"])["assignee"]["name"] == "李雷"


def test_a_ticket_that_went_to_another_group_meanwhile_is_refused(desk: Desk):
    ticket = desk.open()
    proposal = proposed(ticket, colleague(desk))
    desk.change(transfer_ticket, desk.boss, number=ticket["number"], group_id=team(desk, "维修组"))
    hear(desk, proposal)
    assert refusal(desk, ticket) == ("outdated", 1)


def test_a_solved_ticket_is_refused_as_finished(desk: Desk):
    ticket = desk.open()
    desk.change(solve_ticket, desk.boss, number=ticket["number"], text="好了")
    hear(desk, proposed(ticket, colleague(desk)))
    assert refusal(desk, ticket) == ("finished", 0)


@pytest.mark.parametrize("is_known", [True, False])
def test_who_has_left_or_is_a_stranger_gets_nothing(desk: Desk, is_known: bool):
    ticket, gone = desk.open(), colleague(desk, is_active=False)
    fields = {} if is_known else {"assignee_id": uuid4()}
    hear(desk, proposed(ticket, gone, **fields))
    assert refusal(desk, ticket) == ("assignee_inactive", 0)


def test_an_unknown_ticket_is_refused_as_unknown(desk: Desk):
    nothing = {"ticket_id": str(uuid4()), "number": "G20261121999"}
    hear(desk, proposed(nothing, colleague(desk)))
    assert refusal(desk, nothing) == ("unknown", 0)


def test_a_group_that_is_unknown_leaves_it_where_the_assignee_works(desk: Desk):
    ticket, repairs = desk.open(), team(desk, "维修组")
    worker = colleague(desk, group_ids=[repairs])
    hear(desk, proposed(ticket, worker, group_id=uuid4()))
    assert desk.show(ticket["number"])["group"]["name"] == "维修组"


def test_of_two_proposals_at_one_epoch_the_first_holds(desk: Desk):
    ticket = desk.open()
    first, second = (proposed(ticket, colleague(desk, name)) for name in ("李雷", "韩梅梅"))
    hear(desk, first, second)
    assert desk.show(ticket["number"])["assignee"]["name"] == "李雷"
    assert refusal(desk, ticket) == ("outdated", 1)


def test_whoever_wants_it_at_the_same_moment_is_told_that_it_is_taken(desk: Desk):
    """Also where it overflowed into a group that is not theirs."""
    hotline, repairs = team(desk, "热线组"), team(desk, "维修组")
    ticket = desk.open()
    desk.change(transfer_ticket, desk.boss, number=ticket["number"], group_id=hotline)
    hear(desk, proposed(ticket, colleague(desk, "李雷"), epoch=1, group_id=repairs))
    with pytest.raises(Conflict) as refused:
        take(desk, ticket, agent("韩梅梅", groups=[str(hotline)]))
    assert refused.value.code == "ticket.already_assigned"
    assert refused.value.details["assignee"]["name"] == "李雷"


def test_proposals_and_takers_race_and_one_of_them_wins(desk: Desk):
    tickets = [desk.open() for _ in range(6)]
    li = colleague(desk, "李雷")
    takers = [agent(f"客服{n}") for n in range(3)]
    ready = Barrier(len(takers) + 1)

    def want(who: Any) -> list[str]:
        ready.wait()
        outcomes = []
        for ticket in tickets:
            try:
                take(desk, ticket, who)
                outcomes.append("taken")
            except Conflict as error:
                outcomes.append(error.code)
        return outcomes

    def propose() -> None:
        ready.wait()
        hear(desk, *(proposed(ticket, li) for ticket in reversed(tickets)))

    with ThreadPoolExecutor(len(takers) + 1) as pool:
        proposing = pool.submit(propose)
        outcomes = [one for found in pool.map(want, takers) for one in found]
        proposing.result()
    assert set(outcomes) <= {"taken", "ticket.already_assigned"}
    automatic = [t for t in tickets if desk.show(t["number"])["assignee"]["name"] == "李雷"]
    assert outcomes.count("taken") + len(automatic) == len(tickets)
    for ticket in tickets:
        kinds = types(desk.events(ticket["ticket_id"]))
        assert kinds.count("ticket.assigned") == 1
        assert ("assignment.refused" in kinds) == (ticket not in automatic)


def test_a_withdrawal_returns_the_ticket_to_its_group_once(desk: Desk):
    hotline, ticket = team(desk), desk.open()
    proposal = proposed(ticket, colleague(desk), group_id=hotline)
    hear(desk, proposal)
    ending = withdrawn(proposal)
    hear(desk, ending, ending)
    hear(desk, ending)
    shown = desk.show(ticket["number"])
    assert (shown["status"], shown["assignee"]) == ("unassigned", None)
    assert shown["group"]["group_id"] == str(hotline)
    events = desk.events(ticket["ticket_id"])
    assert types(events)[-2:] == ["ticket.assigned", "ticket.returned"]
    data = events[-1]["data"]
    assert (data["cause"], data["epoch"], data["assignment_epoch"]) == ("accept_timeout", 2, 2)
    assert data["previous_assignee_id"] == str(proposal.data["assignee_id"])
    assert [event["type"] for event in told(desk, ticket)].count("ticket.returned") == 1


def test_who_has_confirmed_keeps_it_whatever_the_clock_thought(desk: Desk):
    ticket, li = desk.open(), agent("李雷")
    known = colleague(desk, person_id=li.subject, name="李雷")
    proposal = proposed(ticket, known)
    hear(desk, proposal)
    desk.change(accept_ticket, li, number=ticket["number"])
    hear(desk, withdrawn(proposal))
    assert desk.show(ticket["number"])["assignee"]["name"] == "李雷"


def test_a_hand_over_names_the_next_one_at_once(desk: Desk):
    ticket = desk.open()
    first, second = colleague(desk, "李雷"), colleague(desk, "韩梅梅")
    proposal = proposed(ticket, first)
    hear(desk, proposal)
    note = "李雷离职"
    hear(desk, proposed(ticket, second, epoch=1, mode="hand_over", note=note))
    assert desk.show(ticket["number"])["assignee"]["name"] == "韩梅梅"
    assert told(desk, ticket)[-1]["mode"] == "hand_over"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_and_repetition_ends_with_one_assignment_at_most(desk: Desk, order):
    ticket = desk.open()
    proposal = proposed(ticket, colleague(desk))
    events = [proposal, withdrawn(proposal), proposed(ticket, colleague(desk, "韩梅梅"), epoch=2)]
    for _ in range(3):
        hear(desk, *(events[place] for place in order))
    shown = desk.show(ticket["number"])
    assert shown["assignee"]["name"] == "韩梅梅"
    kinds = types(desk.events(ticket["ticket_id"]))
    assert (kinds.count("ticket.assigned"), kinds.count("ticket.returned")) == (2, 1)


def test_a_chain_that_is_too_long_is_kept_and_the_others_go_through(desk: Desk):
    first, second, li = desk.open(), desk.open(), colleague(desk)
    endless = replace(proposed(first, li), hops=MAX_HOPS)
    deliver(desk, endless, proposed(second, li))
    assert desk.show(second["number"])["assignee"]["name"] == "李雷"
    assert desk.show(first["number"])["assignee"] is None


def test_a_batch_takes_as_many_look_ups_as_one(desk: Desk):
    li, hotline = colleague(desk), team(desk)

    def statements(count: int) -> int:
        tickets = [desk.open() for _ in range(count)]
        with desk.counting_statements() as seen:
            hear(desk, *(proposed(ticket, li, group_id=hotline) for ticket in tickets))
        return len([one for one in seen if not one.startswith("UPDATE")])

    assert statements(8) == statements(1)


def test_a_colleague_who_has_left_is_refused_by_hand_too(desk: Desk):
    ticket, gone = desk.open(), colleague(desk, "李雷", is_active=False)
    with pytest.raises(InvalidInput) as refused:
        desk.change(
            assign_ticket,
            desk.boss,
            number=ticket["number"],
            assignee_id=gone.data["person_id"],
            assignee_name="李雷",
        )
    assert list(refused.value.details["errors"]) == ["assignee_id"]


def test_a_returned_ticket_tells_dispatch_why(desk: Desk):
    ticket, li = desk.open(), agent("李雷")
    take(desk, ticket, li)
    shown = desk.change(return_ticket, li, number=ticket["number"], reason="不是我负责的")
    assert (shown["status"], shown["assignee"]) == ("unassigned", None)
    event = desk.events(ticket["ticket_id"])[-1]
    assert (event["type"], event["data"]["cause"]) == ("ticket.returned", "returned")
    assert event["data"]["reason"] == "不是我负责的"
