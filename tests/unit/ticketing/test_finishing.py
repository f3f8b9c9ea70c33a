"""Moves by hand, solving, closing and reopening."""

from uuid import uuid4

import pytest

from libs.common.errors import Conflict, InvalidInput
from services.ticketing.domain.rights import allowed_actions
from services.ticketing.domain.statuses import CATEGORY_OF, MOVES
from tests.unit.ticketing.making import (
    BOSS,
    LI,
    accepted_ticket,
    assigned_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    new_ticket,
    solved_ticket,
)


def test_a_move_is_told_with_both_statuses_and_the_reason():
    ticket = accepted_ticket()
    version = ticket.version
    ticket.change_status("awaiting_approval", "需采购审批", by(LI))
    expected = {
        "from_status": "in_progress",
        "to_status": "awaiting_approval",
        "reason": "需采购审批",
    }
    assert ticket.facts[0].details == expected
    assert ticket.entries[0].event == {"type": "ticket.status_changed", **expected}
    assert ticket.status_category == "on_hold"
    assert ticket.version == version + 1


@pytest.mark.parametrize("status", ["assigned", "solved", "unassigned", "archived"])
def test_moves_that_are_not_in_the_table_are_refused_with_those_that_are(status):
    ticket = accepted_ticket()
    with pytest.raises(Conflict) as refusal:
        ticket.change_status(status, None, by(LI))
    assert refusal.value.code == "status.move_refused"
    assert refusal.value.details["moves"] == list(MOVES["in_progress"])


def test_an_unknown_status_is_named():
    with pytest.raises(InvalidInput) as refusal:
        accepted_ticket().change_status("lost", None, by(LI))
    assert "status" in refusal.value.details["errors"]


def test_an_unconfirmed_ticket_does_not_move_on_without_the_confirmation():
    with pytest.raises(Conflict):
        assigned_ticket().change_status("in_progress", None, by(LI))


@pytest.mark.parametrize("make", [new_ticket, assigned_ticket, accepted_ticket])
def test_closing_unsolved_work_needs_a_reason(make):
    ticket = make()
    with pytest.raises(InvalidInput) as refusal:
        ticket.change_status("closed", None, by(BOSS))
    assert refusal.value.code == "field.required"
    ticket.change_status("closed", "客户撤销", by(BOSS))
    assert ticket.is_closed


def test_a_solved_ticket_is_closed_without_further_words():
    ticket = solved_ticket()
    act = by(LI)
    ticket.change_status("closed", None, act)
    assert ticket.closed_at == act.now


def test_archiving_follows_closing():
    ticket = closed_ticket()
    ticket.change_status("archived", None, by(LI))
    assert (ticket.status, ticket.status_category) == ("archived", "closed")


def test_every_move_in_the_table_leads_to_a_known_status():
    assert set(MOVES) == set(CATEGORY_OF)
    assert {to for moves in MOVES.values() for to in moves} <= set(CATEGORY_OF)


def test_a_solution_stands_on_the_ticket_and_in_the_timeline():
    ticket = accepted_ticket()
    act = by(LI)
    entry = ticket.solve("已补发商品", True, act)
    assert (ticket.status, ticket.solution, ticket.solved_at) == ("solved", "已补发商品", act.now)
    assert entry.text == "已补发商品"
    assert facts(ticket) == ["ticket.solved"]
    assert ticket.facts[0].details["notify_customer"] is True


def test_a_solution_that_the_customer_gets_counts_as_a_reply():
    told, untold = accepted_ticket(), accepted_ticket()
    told.solve("已补发", True, by(LI))
    untold.solve("重复工单", False, by(LI))
    assert told.first_replied_at is not None
    assert untold.first_replied_at is None


def test_whoever_solves_an_unconfirmed_ticket_of_the_own_has_accepted_it():
    ticket = assigned_ticket()
    ticket.solve("已指导客户", True, by(LI))
    assert facts(ticket) == ["ticket.accepted", "ticket.solved"]


def test_a_ticket_is_solved_once():
    with pytest.raises(Conflict) as refusal:
        solved_ticket().solve("又好了", True, by(LI))
    assert refusal.value.code == "ticket.solved"


def test_a_dissatisfied_customer_makes_staff_follow_up():
    ticket = solved_ticket()
    ticket.reopen("客户仍不满意", by(LI))
    assert ticket.status == "follow_up"
    assert ticket.solution is None
    assert ticket.facts[0].details == {"cause": "staff", "reason": "客户仍不满意"}
    assert entered(ticket) == ["ticket.reopened"]


def test_what_was_closed_by_mistake_is_taken_up_again():
    ticket = closed_ticket()
    ticket.reopen("关错了", by(LI))
    assert (ticket.status, ticket.closed_at, ticket.close_kind) == ("follow_up", None, None)
    assert ticket.facts[0].details == {"cause": "staff", "reason": "关错了"}
    assert entered(ticket) == ["ticket.reopened"]


def test_only_what_is_solved_or_closed_can_be_reopened():
    with pytest.raises(Conflict) as refusal:
        accepted_ticket().reopen("再看看", by(LI))
    assert refusal.value.code == "ticket.not_solved"


def test_what_another_ticket_carries_on_or_is_put_away_stays_closed():
    followed, merged, archived = closed_ticket(), closed_ticket(), closed_ticket()
    followed.followed_up_by = merged.merged_into = uuid4()
    archived.change_status("archived", None, by(LI))
    for ticket in (followed, merged, archived):
        assert "reopen" not in allowed_actions(ticket, LI)
        with pytest.raises(Conflict) as refusal:
            ticket.reopen("再看看", by(LI))
        assert refusal.value.code == "ticket.closed"
