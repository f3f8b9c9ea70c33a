"""The bin: deleted, restored, purged; the number stays."""

import pytest

from libs.common.errors import DeskError, Forbidden
from services.ticketing.domain.rights import allowed_actions, allowed_moves
from services.ticketing.domain.urgency_words import Proposal
from tests.unit.ticketing.making import (
    BOSS,
    LI,
    accepted_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    solved_ticket,
)


def refusal_of(change) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def test_what_is_deleted_is_nobodys_and_closed_for_others():
    ticket = accepted_ticket()
    epoch = ticket.assignment_epoch
    act = by(BOSS)
    ticket.delete("测试数据", act)
    assert (ticket.status, ticket.status_category) == ("deleted", "closed")
    assert (ticket.assignee_id, ticket.deleted_at) == (None, act.now)
    assert ticket.assignment_epoch == epoch + 1
    assert facts(ticket) == entered(ticket) == ["ticket.deleted"]
    assert ticket.facts[0].details["reason"] == "测试数据"
    assert (allowed_actions(ticket, BOSS), allowed_moves(ticket, BOSS)) == ([], [])


def test_unfinished_work_waits_again_after_the_bin():
    ticket = accepted_ticket()
    ticket.delete("删错了", by(BOSS))
    ticket.restore(by(BOSS))
    assert (ticket.status, ticket.status_category) == ("unassigned", "new")
    assert (ticket.deleted_at, ticket.deletion) == (None, None)
    assert facts(ticket) == ["ticket.deleted", "ticket.restored"]


@pytest.mark.parametrize("make", [solved_ticket, closed_ticket])
def test_what_was_finished_is_so_again(make):
    ticket = make()
    status, closed_at = ticket.status, ticket.closed_at
    ticket.delete("删错了", by(BOSS))
    ticket.restore(by(BOSS))
    assert (ticket.status, ticket.closed_at) == (status, closed_at)


def test_only_who_may_delete_does():
    assert isinstance(refusal_of(lambda: accepted_ticket().delete("删", by(LI))), Forbidden)


def test_each_step_has_its_place():
    ticket = accepted_ticket()
    assert refusal_of(lambda: ticket.restore(by(BOSS))).code == "ticket.not_deleted"
    assert refusal_of(lambda: ticket.purge(by(BOSS))).code == "ticket.not_deleted"
    ticket.delete("删", by(BOSS))
    assert refusal_of(lambda: ticket.delete("删", by(BOSS))).code == "ticket.deleted"
    ticket.purge(by(BOSS))
    assert refusal_of(lambda: ticket.restore(by(BOSS))).code == "ticket.not_deleted"


def test_of_a_purged_ticket_the_number_stays_and_no_words():
    ticket = accepted_ticket()
    ticket.number = "G20261102001"
    ticket.edit({"urgency": "urgent"}, "客户在现场", by(LI))
    ticket.hear_hint(Proposal("critical", ("起火",)), by(LI))
    ticket.solve("已灭火", True, by(LI))
    ticket.delete("到期", by(BOSS))
    ticket.purge(by(BOSS))
    assert (ticket.number, ticket.status) == ("G20261102001", "purged")
    assert (ticket.subject, ticket.customer_name, ticket.solution) == ("-", "-", None)
    assert (ticket.urgency_reason, ticket.urgency_proposal) == (None, None)
    assert facts(ticket)[-1] == "ticket.purged"
