"""What dispatch proposes and withdraws: made so, or refused with the reason that it is told."""

from dataclasses import replace

import pytest

from libs.common.errors import InvalidInput
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.placing import Colleague
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
    id_of,
    new_ticket,
    proposal,
    solved_ticket,
    team,
    waiting_ticket,
)

HOTLINE, REPAIRS = team("热线组"), team("维修组")
GONE = Colleague(is_active=False)


def test_a_proposal_assigns_by_its_own_id_and_says_how_it_came_about():
    ticket = new_ticket()
    proposed = proposal(ticket)
    assert ticket.refusal_of(proposed) is None
    carry(ticket, proposed)
    assert (ticket.assignee_id, ticket.status) == (LI.subject, "assigned")
    assert ticket.assignment_id == proposed.handing.assignment_id
    [fact], [entry] = ticket.facts, ticket.entries
    assert (fact.details["mode"], fact.details["epoch"]) == ("automatic", 1)
    assert entry.event is not None
    assert entry.event["mode"] == "automatic"
    assert entry.author_kind == "system"


def test_an_assignment_by_hand_says_so_to_others_and_not_in_the_timeline():
    ticket = assigned_ticket()
    ticket.assign(id_of(HAN), HAN.name, None, by(BOSS))
    assert ticket.facts[0].details["mode"] == "manual"
    assert ticket.entries[0].event is not None
    assert "mode" not in ticket.entries[0].event


def test_the_proposals_group_becomes_the_tickets():
    ticket = waiting_ticket(HOTLINE)
    carry(ticket, proposal(ticket, team=REPAIRS, colleague=Colleague((HOTLINE.group_id,), HOTLINE)))
    assert (ticket.group_id, ticket.department_id) == (REPAIRS.group_id, REPAIRS.department_id)
    assert ticket.entries[0].event is not None
    assert ticket.entries[0].event["group"]["name"] == "维修组"


def test_without_a_group_it_goes_where_the_assignee_works():
    ticket = new_ticket()
    carry(ticket, proposal(ticket, colleague=Colleague((REPAIRS.group_id,), REPAIRS)))
    assert ticket.group_id == REPAIRS.group_id


def test_whoever_could_have_taken_it_is_told_though_it_overflowed_into_another_group():
    ticket = waiting_ticket(HOTLINE)
    carry(ticket, proposal(ticket, team=REPAIRS))
    free = ticket.scope_while_free()
    assert free is not None
    assert (free["assignee"], free["group"]) == (None, HOTLINE.group_id)


def test_a_ticket_that_was_handed_on_was_free_for_nobody_but_its_present_group():
    ticket = waiting_ticket(HOTLINE)
    carry(ticket, proposal(ticket, team=REPAIRS))
    carry(ticket, proposal(ticket, HAN, mode="hand_over"))
    free = ticket.scope_while_free()
    assert free is not None
    assert free["group"] == REPAIRS.group_id


@pytest.mark.parametrize("make", [solved_ticket, closed_ticket])
def test_what_is_finished_is_refused_as_finished(make):
    ticket = make()
    assert ticket.refusal_of(proposal(ticket, HAN)) == "finished"


@pytest.mark.parametrize(
    "change",
    [
        lambda ticket: ticket.assign(id_of(HAN), HAN.name, None, by(HAN)),
        lambda ticket: ticket.transfer(REPAIRS, None, by(BOSS)),
    ],
)
def test_a_proposal_is_outdated_once_the_ticket_has_changed_hands(change):
    ticket = new_ticket()
    proposed = proposal(ticket)
    change(ticket)
    assert ticket.refusal_of(proposed) == "outdated"


def test_a_proposal_for_who_has_it_by_another_assignment_is_outdated():
    ticket = assigned_ticket(LI)
    assert ticket.refusal_of(proposal(ticket, LI)) == "outdated"


def test_who_has_left_gets_nothing():
    ticket = new_ticket()
    assert ticket.refusal_of(proposal(ticket, colleague=GONE)) == "assignee_inactive"
    with pytest.raises(InvalidInput) as refusal:
        ticket.assign(id_of(LI), LI.name, None, by(BOSS), GONE)
    assert list(refusal.value.details["errors"]) == ["assignee_id"]
    assert not ticket.entries


def test_a_hand_over_takes_it_from_who_has_it():
    ticket = accepted_ticket(LI)
    proposed = replace(proposal(ticket, HAN, mode="hand_over"), note="李雷离职")
    assert ticket.refusal_of(proposed) is None
    carry(ticket, proposed)
    assert (ticket.assignee_id, ticket.accepted_at) == (HAN.subject, None)
    assert ticket.facts[0].details["previous_assignee_id"] == LI.subject
    assert ticket.facts[0].details["note"] == "李雷离职"


def test_an_assignment_is_theirs_until_the_next():
    ticket = new_ticket()
    proposed = proposal(ticket)
    assert proposed.handing.assignment_id is not None
    carry(ticket, proposed)
    assert ticket.is_theirs(proposed.handing.assignment_id)
    ticket.assign(id_of(HAN), HAN.name, None, by(BOSS))
    assert not ticket.is_theirs(proposed.handing.assignment_id)


def test_a_withdrawal_puts_it_back_into_its_group_for_the_next():
    ticket = waiting_ticket(HOTLINE)
    carry(ticket, proposal(ticket))
    epoch = ticket.assignment_epoch
    cleared(ticket).withdraw(id_of(LI), epoch, "accept_timeout", None, by(RULES))
    assert (ticket.status, ticket.assignee_id) == ("unassigned", None)
    assert (ticket.group_id, ticket.assignment_epoch) == (HOTLINE.group_id, epoch + 1)
    assert facts(ticket) == entered(ticket) == ["ticket.returned"]
    assert ticket.facts[0].details == {
        "previous_assignee_id": LI.subject,
        "epoch": epoch + 1,
        "cause": "accept_timeout",
        "reason": None,
    }


def test_who_confirmed_at_the_last_moment_keeps_it():
    ticket = accepted_ticket(LI)
    epoch = ticket.assignment_epoch
    ticket.withdraw(id_of(LI), epoch, "accept_timeout", None, by(RULES))
    assert ticket.assignee_id == LI.subject
    ticket.withdraw(id_of(LI), epoch, "hand_over", None, by(RULES))
    assert ticket.assignee_id is None


@pytest.mark.parametrize(
    ("make", "assignee", "late"),
    [(assigned_ticket, HAN, 0), (assigned_ticket, LI, 1), (solved_ticket, LI, 0)],
)
def test_a_withdrawal_that_is_late_changes_nothing(make, assignee, late):
    ticket = make()
    before = ticket.version
    ticket.withdraw(id_of(assignee), ticket.assignment_epoch - late, "hand_over", None, by(RULES))
    assert ticket.version == before
    assert not ticket.entries
