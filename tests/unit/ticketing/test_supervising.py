"""督办: a deadline, reminders, and no closing without the leader's sign-off."""

from datetime import datetime, timedelta

import pytest

from libs.common.errors import Conflict, DeskError, Forbidden, InvalidInput
from services.ticketing.domain.rights import allowed_moves
from services.ticketing.domain.ticket import Ticket
from tests.support.actors import actor
from tests.unit.ticketing.making import (
    BOSS,
    LI,
    NOON,
    accepted_ticket,
    by,
    cleared,
    closed_ticket,
    entered,
    facts,
    from_customer,
    solved_ticket,
)

DUE = NOON + timedelta(days=30)


def refusal_of(change) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def supervised(ticket: Ticket, due_at: datetime = DUE, hours: int = 4) -> Ticket:
    ticket.supervise(due_at, hours, "重点客户", by(BOSS, NOON))
    return cleared(ticket)


def test_it_says_who_until_when_and_how_often():
    ticket = accepted_ticket()
    ticket.supervise(DUE, 4, "重点客户", by(BOSS, NOON))
    assert ticket.is_supervised
    assert ticket.supervision["leader"]["name"] == "王主管"
    assert ticket.reminded_next_at == NOON + timedelta(hours=4)
    assert facts(ticket) == entered(ticket) == ["ticket.supervised"]
    assert ticket.facts[0].header["is_supervised"] is True
    assert ticket.entries[0].event["note"] == "重点客户"


def test_one_supervision_at_a_time_of_what_is_not_closed():
    again = supervised(accepted_ticket())
    refusal = refusal_of(lambda: again.supervise(DUE, 4, None, by(BOSS, NOON)))
    assert refusal.code == "ticket.supervised_already"
    refusal = refusal_of(lambda: closed_ticket().supervise(DUE, 4, None, by(BOSS, NOON)))
    assert refusal.code == "ticket.closed"


@pytest.mark.parametrize(
    ("due_at", "hours", "field"), [(NOON, 4, "due_at"), (DUE, 0, "every_hours")]
)
def test_a_deadline_lies_ahead_and_reminders_have_a_rhythm(due_at, hours, field):
    act = by(BOSS, NOON)
    refusal = refusal_of(lambda: accepted_ticket().supervise(due_at, hours, None, act))
    assert isinstance(refusal, InvalidInput)
    assert field in refusal.details["errors"]


def test_agents_do_not_supervise():
    refusal = refusal_of(lambda: accepted_ticket().supervise(DUE, 4, None, by(LI, NOON)))
    assert isinstance(refusal, Forbidden)


@pytest.mark.parametrize("make", [accepted_ticket, solved_ticket])
def test_it_is_not_closed_without_the_sign_off(make):
    ticket = supervised(make())
    refusal = refusal_of(lambda: ticket.change_status("closed", "好了", by(BOSS)))
    assert (type(refusal), refusal.code) == (Conflict, "ticket.supervised")
    assert "closed" not in allowed_moves(ticket, BOSS)
    ticket.sign_off("方案可行", by(BOSS))
    ticket.change_status("closed", "好了", by(BOSS))
    assert ticket.is_closed


def test_it_may_be_solved_and_time_does_not_close_it():
    ticket = supervised(accepted_ticket())
    ticket.solve("已更换", True, by(LI))
    assert refusal_of(lambda: ticket.close_by_time(by(BOSS))).code == "ticket.not_solved"


def test_only_the_leader_signs_off():
    other = actor("supervisor", "赵主管")
    ticket = supervised(accepted_ticket())
    refusal = refusal_of(lambda: ticket.sign_off("可以", by(other)))
    assert (type(refusal), refusal.code) == (Forbidden, "ticket.not_leader")
    ticket.cancel_supervision("原督办人已离职", by(other))
    assert (ticket.is_supervised, ticket.supervision) == (False, None)
    assert ticket.facts[0].details["outcome"] == "cancelled"


def test_nothing_to_sign_off_or_cancel_where_nobody_supervises():
    ticket = accepted_ticket()
    for end in (ticket.sign_off, ticket.cancel_supervision):
        assert refusal_of(lambda: end("好", by(BOSS))).code == "ticket.not_supervised"  # noqa: B023


def test_reminders_come_by_the_rhythm_and_at_the_deadline():
    ticket = supervised(accepted_ticket(), NOON + timedelta(hours=6), 4)
    ticket.remind(by(BOSS, NOON + timedelta(hours=4)))
    assert ticket.reminded_next_at == NOON + timedelta(hours=6)
    ticket.remind(by(BOSS, NOON + timedelta(hours=6)))
    assert [fact.details["is_late"] for fact in ticket.facts] == [False, True]
    assert [fact.details["reminders"] for fact in ticket.facts] == [1, 2]
    assert ticket.reminded_next_at == NOON + timedelta(hours=10)


def test_nobody_is_reminded_of_what_is_solved_but_may_be_again():
    ticket = supervised(solved_ticket())
    ticket.remind(by(BOSS, NOON + timedelta(hours=4)))
    assert (ticket.facts, ticket.entries) == ([], [])
    assert ticket.reminded_next_at == NOON + timedelta(hours=8)


def test_a_timer_of_a_supervision_that_ended_does_nothing():
    ticket = accepted_ticket()
    ticket.remind(by(BOSS, NOON))
    assert ticket.facts == []
    assert ticket.reminded_next_at is None


def test_a_withdrawn_request_is_supervised_no_more():
    ticket = supervised(accepted_ticket())
    ticket.withdraw_request("不需要了", from_customer(ticket))
    assert not ticket.is_supervised
    assert facts(ticket) == ["ticket.status_changed", "ticket.supervision_ended"]
