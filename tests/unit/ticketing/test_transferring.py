"""Passing tickets to groups (转交)."""

from dataclasses import replace

import pytest

from libs.common.errors import Conflict, DeskError, Forbidden
from services.ticketing.domain.placing import Colleague
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    accepted_ticket,
    assigned_ticket,
    by,
    cleared,
    closed_ticket,
    entered,
    facts,
    id_of,
    new_ticket,
    solved_ticket,
    team,
)

REPAIRS = team("维修组")


def refusal_of(change) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def test_a_transferred_ticket_waits_in_the_group_for_somebody():
    ticket = accepted_ticket(LI)
    epoch, version = ticket.assignment_epoch, ticket.version
    ticket.transfer(REPAIRS, "硬件故障,请维修组跟进", by(BOSS))
    assert (ticket.status, ticket.status_category) == ("unassigned", "new")
    assert (ticket.assignee_id, ticket.assignee_name, ticket.assignment_id) == (None, None, None)
    assert ticket.accepted_at is None
    assert (ticket.group_id, ticket.group_name) == (REPAIRS.group_id, "维修组")
    assert ticket.assignment_epoch == epoch + 1
    assert ticket.version == version + 1
    assert facts(ticket) == entered(ticket) == ["ticket.transferred"]


def test_the_event_says_from_where_to_where_and_whose_it_was():
    ticket = accepted_ticket(LI)
    ticket.transfer(REPAIRS, "请跟进", by(BOSS))
    [fact] = ticket.facts
    assert fact.details == {
        "from_group_id": None,
        "to_group_id": REPAIRS.group_id,
        "previous_assignee_id": LI.subject,
        "epoch": ticket.assignment_epoch,
        "note": "请跟进",
    }
    [entry] = ticket.entries
    assert entry.event == {
        "type": "ticket.transferred",
        "group": {"group_id": str(REPAIRS.group_id), "name": "维修组"},
        "from_group": None,
        "previous": {"person_id": str(LI.subject), "name": "李雷"},
        "note": "请跟进",
    }


def test_a_ticket_goes_on_from_group_to_group():
    ticket, hotline = new_ticket(), team("热线组")
    ticket.transfer(hotline, None, by(BOSS))
    ticket.transfer(REPAIRS, None, by(BOSS))
    assert ticket.facts[-1].details["from_group_id"] == hotline.group_id
    assert ticket.group_id == REPAIRS.group_id


def test_the_group_that_has_it_already_is_refused_unless_somebody_has_it():
    ticket = new_ticket()
    ticket.transfer(REPAIRS, None, by(BOSS))
    refusal = refusal_of(lambda: ticket.transfer(REPAIRS, None, by(BOSS)))
    assert isinstance(refusal, Conflict)
    assert refusal.code == "ticket.already_in_group"
    ticket.assign(id_of(LI), "李雷", None, by(LI))
    ticket.transfer(REPAIRS, None, by(BOSS))
    assert ticket.assignee_id is None


@pytest.mark.parametrize(
    ("make", "code"), [(solved_ticket, "ticket.solved"), (closed_ticket, "ticket.closed")]
)
def test_what_is_finished_is_not_passed_on(make, code):
    ticket = make()
    assert refusal_of(lambda: ticket.transfer(REPAIRS, None, by(BOSS))).code == code


def test_agents_pass_on_their_own_tickets_alone():
    ticket = assigned_ticket(LI)
    assert isinstance(refusal_of(lambda: ticket.transfer(REPAIRS, None, by(HAN))), Forbidden)
    ticket.transfer(REPAIRS, None, by(LI))
    assert ticket.assignee_id is None


def test_whoever_may_not_transfer_is_refused():
    poorer = replace(LI, permissions=LI.permissions - {"ticket.transfer"})
    ticket = assigned_ticket(LI)
    assert isinstance(refusal_of(lambda: ticket.transfer(REPAIRS, None, by(poorer))), Forbidden)


def test_a_customers_message_to_a_waiting_ticket_moves_nothing():
    ticket = new_ticket()
    ticket.transfer(REPAIRS, None, by(BOSS))
    assert cleared(ticket).status == "unassigned"


def test_who_could_have_taken_it_is_told_until_the_first_has_confirmed():
    ticket = new_ticket()
    assert ticket.scope_while_free() is None
    ticket.transfer(REPAIRS, None, by(BOSS))
    ticket.assign(id_of(LI), "李雷", None, by(LI))
    free = ticket.scope_while_free()
    assert free is not None
    assert (free["assignee"], free["group"]) == (None, REPAIRS.group_id)
    ticket.accept(by(LI))
    assert ticket.scope_while_free() is None


def test_the_first_taker_takes_it_from_no_group_whatever_group_it_then_is_in():
    ticket = new_ticket()
    ticket.assign(id_of(LI), "李雷", None, by(LI), Colleague((REPAIRS.group_id,), REPAIRS))
    assert ticket.group_id == REPAIRS.group_id
    free = ticket.scope_while_free()
    assert free is not None
    assert (free["assignee"], free["group"]) == (None, None)
