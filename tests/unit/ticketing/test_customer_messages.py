"""What a customer's further message does to a ticket."""

from datetime import timedelta

import pytest

from libs.common.errors import Conflict
from tests.unit.ticketing.making import (
    BOSS,
    LI,
    NOON,
    accepted_ticket,
    assigned_ticket,
    by,
    cleared,
    closed_ticket,
    entered,
    facts,
    from_customer,
    id_of,
    message,
    new_ticket,
    opening,
    solved_ticket,
)


@pytest.mark.parametrize("make", [new_ticket, assigned_ticket, accepted_ticket])
def test_a_message_is_appended_and_moves_nothing_while_work_is_going_on(make):
    ticket = make()
    status, version = ticket.status, ticket.version
    ticket.receive_message(message(), from_customer(ticket))
    assert facts(ticket) == ["ticket.message_received"]
    assert entered(ticket) == ["message"]
    assert (ticket.status, ticket.version) == (status, version)


def test_the_customers_answer_ends_the_waiting_for_it():
    ticket = accepted_ticket()
    ticket.change_status("awaiting_customer", None, by(LI))
    cleared(ticket).receive_message(message(), from_customer(ticket))
    assert ticket.status == "in_progress"
    assert facts(ticket) == ["ticket.message_received", "ticket.status_changed"]
    assert entered(ticket) == ["message", "ticket.status_changed"]


def test_an_answer_after_a_reassignment_leaves_the_new_assignee_to_confirm():
    ticket = accepted_ticket()
    ticket.change_status("awaiting_customer", None, by(LI))
    ticket.assign(id_of(BOSS), BOSS.name, None, by(BOSS))
    ticket.receive_message(message(), from_customer(ticket))
    assert ticket.status == "assigned"


@pytest.mark.parametrize("status", ["awaiting_approval", "follow_up"])
def test_a_message_does_not_interrupt_what_waits_for_somebody_else(status):
    ticket = accepted_ticket()
    ticket.change_status(status, None, by(LI))
    ticket.receive_message(message(), from_customer(ticket))
    assert ticket.status == status


def test_the_customers_answer_reopens_a_solved_ticket():
    ticket = solved_ticket()
    version = ticket.version
    ticket.receive_message(message("又坏了"), from_customer(ticket))
    assert ticket.status == "in_progress"
    assert ticket.solution is None
    assert ticket.solved_at is None
    assert ticket.version == version + 1
    assert facts(ticket) == ["ticket.message_received", "ticket.reopened"]
    assert ticket.facts[1].details["cause"] == "customer"


def test_a_solved_ticket_that_nobody_ever_had_is_unassigned_when_it_reopens():
    ticket = new_ticket()
    ticket.solve("重复工单", False, by(BOSS))
    ticket.receive_message(message(), from_customer(ticket))
    assert ticket.status == "unassigned"


def test_an_automatic_reply_is_kept_but_never_reopens():
    ticket = solved_ticket()
    ticket.receive_message(message("我在休假", is_auto_reply=True), from_customer(ticket))
    assert ticket.status == "solved"
    assert facts(ticket) == ["ticket.message_received"]
    assert ticket.entries[0].is_auto_reply


def test_an_automatic_reply_never_ends_the_waiting_for_the_customer():
    ticket = accepted_ticket()
    ticket.change_status("awaiting_customer", None, by(LI))
    ticket.receive_message(message(is_auto_reply=True), from_customer(ticket))
    assert ticket.status == "awaiting_customer"


def test_a_closed_ticket_takes_no_message():
    ticket = closed_ticket()
    with pytest.raises(Conflict) as refusal:
        ticket.receive_message(message(), from_customer(ticket))
    assert refusal.value.code == "ticket.closed"


def test_a_closed_ticket_keeps_an_automatic_reply_and_stays_closed():
    ticket = closed_ticket()
    ticket.receive_message(message(is_auto_reply=True), from_customer(ticket))
    assert ticket.is_closed
    assert entered(ticket) == ["message"]


def test_a_closed_ticket_says_who_carries_it_on():
    ticket, successor = closed_ticket(), new_ticket()
    successor.number = "G20261102007"
    came = message()
    assert came.message_id is not None
    ticket.follow_up(successor, came.message_id, from_customer(ticket))
    assert ticket.followed_up_by == successor.ticket_id
    assert ticket.facts[0].details == {
        "old_ticket_id": ticket.ticket_id,
        "new_ticket_id": successor.ticket_id,
        "message_id": came.message_id,
    }
    assert ticket.entries[0].event == {
        "type": "ticket.followed_up",
        "ticket_id": str(successor.ticket_id),
        "number": "G20261102007",
    }


def test_the_opener_that_comes_second_still_gives_the_ticket_its_header():
    ticket = new_ticket(subject="Re: 您好")
    came = opening(subject="冰箱不制冷", kind="repair", urgency="urgent", fields={"model": "BX-1"})
    ticket.adopt_opening(came, from_customer(ticket))
    assert (ticket.subject, ticket.kind, ticket.urgency) == ("冰箱不制冷", "repair", "urgent")
    assert ticket.fields == {"model": "BX-1"}


def test_the_opener_changes_nothing_that_staff_have_touched():
    ticket = assigned_ticket()
    before = len(ticket.entries)
    ticket.adopt_opening(opening(subject="冰箱不制冷"), from_customer(ticket))
    assert ticket.subject == "电脑无法开机"
    assert len(ticket.entries) == before


def test_what_the_openers_form_said_is_told_where_it_comes_too_late():
    ticket = assigned_ticket()
    came = opening(fields={"model": "BX-1", "colour": ""})
    ticket.adopt_opening(came, from_customer(ticket))
    assert ticket.fields == {}
    entry = ticket.entries[-1]
    assert (entry.kind, entry.text) == ("event", "model: BX-1")
    assert entry.event == {
        "type": "ticket.values_left_out",
        "left_out": [{"name": "model", "code": "came_late"}],
    }


def test_no_entry_is_older_than_its_ticket():
    ticket = new_ticket()
    early = message(received_at=NOON - timedelta(days=40))
    ticket.receive_message(early, from_customer(ticket))
    assert ticket.entries[0].created_at == ticket.created_at


def test_a_late_message_does_not_turn_the_clock_back():
    ticket = new_ticket()
    ticket.receive_message(message(received_at=NOON + timedelta(hours=3)), from_customer(ticket))
    ticket.receive_message(message(received_at=NOON + timedelta(hours=1)), from_customer(ticket))
    assert ticket.last_customer_message_at == NOON + timedelta(hours=3)
