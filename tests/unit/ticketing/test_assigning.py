"""Taking, assigning and confirming."""

import pytest

from libs.common.errors import Conflict, DeskError, Forbidden
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    accepted_ticket,
    assigned_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    id_of,
    new_ticket,
    solved_ticket,
)


def take(ticket: Ticket, actor=LI):
    ticket.assign(id_of(actor), actor.name, None, by(actor))


def refusal_of(change) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def test_an_agent_takes_an_unassigned_ticket_and_has_yet_to_confirm():
    ticket = new_ticket()
    take(ticket)
    assert ticket.assignee_id == LI.subject
    assert ticket.status == "assigned"
    assert ticket.accepted_at is None


def test_the_second_taker_is_told_who_was_first():
    ticket = new_ticket()
    take(ticket, LI)
    refusal = refusal_of(lambda: take(ticket, HAN))
    assert isinstance(refusal, Conflict)
    assert refusal.code == "ticket.already_assigned"
    assert refusal.details["assignee"]["name"] == "李雷"


def test_taking_twice_is_refused_too():
    ticket = new_ticket()
    take(ticket)
    assert refusal_of(lambda: take(ticket)).code == "ticket.already_assigned"


def test_an_agent_assigns_nobody_else():
    ticket = new_ticket()
    refusal = refusal_of(lambda: ticket.assign(id_of(HAN), "韩梅梅", None, by(LI)))
    assert isinstance(refusal, Forbidden)
    assert refusal.code == "ticket.assign_forbidden"


def test_a_supervisor_assigns_anybody_with_a_note():
    ticket = new_ticket()
    ticket.assign(id_of(HAN), "韩梅梅", "客户为VIP客户,需优先处理", by(BOSS))
    [fact] = ticket.facts
    assert fact.type == "ticket.assigned"
    assert fact.details["note"] == "客户为VIP客户,需优先处理"
    assert fact.details["previous_assignee_id"] is None
    [entry] = ticket.entries
    assert entry.event is not None
    assert entry.event["assignee"]["name"] == "韩梅梅"
    assert entry.author_name == "王主管"


def test_a_reassignment_raises_the_epoch_and_must_be_confirmed_anew():
    ticket = accepted_ticket(LI)
    epoch, version = ticket.assignment_epoch, ticket.version
    ticket.assign(id_of(HAN), "韩梅梅", None, by(BOSS))
    assert ticket.assignment_epoch == epoch + 1
    assert ticket.version == version + 1
    assert ticket.status == "assigned"
    assert ticket.accepted_at is None
    assert ticket.facts[0].details["previous_assignee_id"] == LI.subject


def test_each_assignment_has_an_id_of_its_own():
    ticket = assigned_ticket(LI)
    first = ticket.assignment_id
    ticket.assign(id_of(HAN), "韩梅梅", None, by(BOSS))
    assert ticket.assignment_id not in (None, first)


@pytest.mark.parametrize(
    ("make", "code"), [(solved_ticket, "ticket.solved"), (closed_ticket, "ticket.closed")]
)
def test_what_is_finished_refuses_an_assignee(make, code):
    ticket = make()
    assert refusal_of(lambda: ticket.assign(id_of(HAN), "韩", None, by(BOSS))).code == code


def test_only_the_confirmation_puts_a_ticket_in_progress():
    ticket = assigned_ticket(LI)
    act = by(LI)
    ticket.accept(act)
    assert ticket.status == "in_progress"
    assert ticket.accepted_at == act.now
    assert facts(ticket) == ["ticket.accepted"]
    assert entered(ticket) == ["ticket.accepted"]


@pytest.mark.parametrize("somebody", [HAN, BOSS])
def test_nobody_but_the_assignee_confirms(somebody):
    ticket = assigned_ticket(LI)
    assert refusal_of(lambda: ticket.accept(by(somebody))).code == "ticket.not_assignee"


def test_a_ticket_is_confirmed_once():
    ticket = accepted_ticket(LI)
    refusal = refusal_of(lambda: ticket.accept(by(LI)))
    assert isinstance(refusal, Conflict)
    assert refusal.code == "ticket.already_accepted"


def test_a_ticket_that_is_nobodys_cannot_be_confirmed():
    ticket = new_ticket()
    assert refusal_of(lambda: ticket.accept(by(LI))).code == "ticket.not_assignee"
