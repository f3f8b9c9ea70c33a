"""Giving a ticket back to its group (退回)."""

import pytest

from libs.common.errors import DeskError
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    accepted_ticket,
    assigned_ticket,
    by,
    carry,
    cleared,
    closed_ticket,
    entered,
    facts,
    new_ticket,
    proposal,
    solved_ticket,
    team,
    waiting_ticket,
)

HOTLINE = team("热线组")


def refusal_of(ticket: Ticket, who=LI) -> str:
    with pytest.raises(DeskError) as refusal:
        ticket.return_to_group("不是我负责的", by(who))
    return refusal.value.code


@pytest.mark.parametrize("who", [LI, BOSS])
@pytest.mark.parametrize("make", [assigned_ticket, accepted_ticket])
def test_the_assignee_and_supervisors_give_a_ticket_back(make, who):
    ticket = make(LI)
    epoch, version = ticket.assignment_epoch, ticket.version
    ticket.return_to_group("不是我负责的", by(who))
    assert (ticket.assignee_id, ticket.accepted_at, ticket.status) == (None, None, "unassigned")
    assert (ticket.assignment_epoch, ticket.version) == (epoch + 1, version + 1)
    assert facts(ticket) == entered(ticket) == ["ticket.returned"]


def test_it_waits_in_the_group_where_it_was_with_the_reason_in_the_timeline():
    ticket = waiting_ticket(HOTLINE)
    carry(ticket, proposal(ticket))
    cleared(ticket).return_to_group("不是我负责的", by(LI))
    [entry] = ticket.entries
    assert entry.event == {
        "type": "ticket.returned",
        "previous": {"person_id": str(LI.subject), "name": "李雷"},
        "group": {"group_id": str(HOTLINE.group_id), "name": "热线组"},
        "cause": "returned",
        "reason": "不是我负责的",
    }
    assert ticket.group_id == HOTLINE.group_id


def test_the_operation_log_keeps_who_had_it_as_of_a_transfer():
    ticket = cleared(accepted_ticket(LI))
    ticket.return_to_group("不是我负责的", by(LI))
    trace = ticket.trace()
    assert trace["before"]["assignee"]["name"] == "李雷"
    assert trace["after"]["assignee"] is None
    assert trace["after"]["status"] == "unassigned"


def test_nobody_else_gives_it_back():
    assert refusal_of(assigned_ticket(LI), HAN) == "ticket.not_assignee"


def test_what_is_nobodys_cannot_be_given_back():
    assert refusal_of(new_ticket(), BOSS) == "ticket.unassigned"


@pytest.mark.parametrize(
    ("make", "code"), [(solved_ticket, "ticket.solved"), (closed_ticket, "ticket.closed")]
)
def test_what_is_finished_is_not_given_back(make, code):
    assert refusal_of(make()) == code
