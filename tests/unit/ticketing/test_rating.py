"""What customers say of solutions, and what becomes of their tickets (待跟进)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import Conflict, Forbidden, InvalidInput
from services.ticketing.domain.rating import STAFF, SURVEY, Judgement, check_judgement
from services.ticketing.domain.rights import allowed_actions, allowed_moves
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    NOON,
    accepted_ticket,
    assigned_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    from_customer,
    new_ticket,
    solved_ticket,
)

LATER = NOON + timedelta(days=1)


def judgement(is_satisfied: bool | None, score: int | None = None, **fields: Any) -> Judgement:
    given: dict[str, Any] = {"source": SURVEY, "judged_at": LATER, "survey_id": uuid4()}
    return Judgement(is_satisfied=is_satisfied, score=score, **given | fields)


def rate(ticket: Ticket, said: Judgement) -> None:
    ticket.rate(uuid4(), said, from_customer(ticket))


def test_a_low_score_reopens_a_solved_ticket_into_follow_up():
    ticket = solved_ticket()
    rate(ticket, judgement(False, 1, words="还是坏的"))
    assert (ticket.status, ticket.score, ticket.is_dissatisfied) == ("follow_up", 1, True)
    assert ticket.dissatisfied_at == LATER
    assert facts(ticket) == ["ticket.rated", "ticket.reopened"]
    assert ticket.facts[1].details["cause"] == "low_score"
    assert ticket.solution is None
    assert ticket.solved_at is None


def test_a_low_score_reopens_a_closed_ticket_too():
    ticket = closed_ticket()
    rate(ticket, judgement(False, 2))
    assert (ticket.status, ticket.closed_at) == ("follow_up", None)


def test_what_nobody_had_accepted_waits_again_for_its_assignee():
    ticket = assigned_ticket()
    ticket.solve("远程处理", True, by(BOSS))
    rate(ticket, judgement(False, 1))
    assert ticket.status == "assigned"


def test_what_is_nobodys_waits_again_for_somebody():
    ticket = new_ticket()
    ticket.solve("已答复", True, by(BOSS))
    rate(ticket, judgement(False, 1))
    assert ticket.status == "unassigned"


def test_a_good_score_stands_on_the_ticket_and_moves_nothing():
    ticket = solved_ticket()
    rate(ticket, judgement(True, 5, nps=9, reasons=("fast",), words="很快"))
    assert (ticket.status, ticket.score, ticket.is_dissatisfied) == ("solved", 5, False)
    entry = ticket.entries[-1]
    assert entry.text == "很快"
    assert entry.event == {
        "type": "ticket.rated",
        "source": "survey",
        "score": 5,
        "is_satisfied": True,
        "nps": 9,
        "reasons": ["fast"],
        "told_by": None,
    }
    assert entry.author_kind == "customer"


def test_the_event_carries_the_score_in_its_header():
    ticket = solved_ticket()
    rate(ticket, judgement(False, 2))
    rated, reopened = ticket.facts
    assert (rated.header["score"], rated.header["is_dissatisfied"]) == (2, True)
    assert rated.details["rated_score"] == 2
    assert reopened.header["is_dissatisfied"] is True


def test_a_score_in_between_leaves_the_mark_as_it_is():
    ticket = solved_ticket()
    rate(ticket, judgement(None, 3))
    assert (ticket.score, ticket.is_dissatisfied, ticket.status) == (3, False, "solved")
    rate(ticket, judgement(False, 1, judged_at=LATER + timedelta(hours=1)))
    rate(ticket, judgement(None, 3, judged_at=LATER + timedelta(hours=2)))
    assert (ticket.score, ticket.is_dissatisfied) == (3, True)


def test_the_later_judgement_counts_in_whichever_order_they_are_heard():
    early, late = judgement(False, 1), judgement(True, 5, judged_at=LATER + timedelta(hours=1))
    ticket = solved_ticket()
    rate(ticket, late)
    rate(ticket, early)
    assert (ticket.score, ticket.is_dissatisfied, ticket.status) == (5, False, "solved")
    assert facts(ticket) == ["ticket.rated", "ticket.rated"]


def test_a_judgement_of_an_earlier_solution_marks_but_does_not_reopen():
    ticket = solved_ticket()
    first = ticket.solved_seq
    ticket.reopen("客户来电", by(LI))
    ticket.solve("换新", True, by(LI))
    rate(ticket, judgement(False, 1, solved_seq=first))
    assert (ticket.status, ticket.is_dissatisfied) == ("solved", True)
    rate(ticket, judgement(False, 1, solved_seq=ticket.solved_seq, judged_at=LATER))
    assert ticket.status == "follow_up"


def test_a_low_score_for_a_ticket_in_work_only_marks_it():
    ticket = accepted_ticket()
    rate(ticket, judgement(False, 1))
    assert (ticket.status, ticket.is_dissatisfied) == ("in_progress", True)
    assert facts(ticket) == ["ticket.rated"]


def test_a_ticket_is_not_closed_while_its_customer_is_not_satisfied():
    ticket = solved_ticket()
    rate(ticket, judgement(False, 1))
    ticket.solve("换新", True, by(LI))
    with pytest.raises(Conflict) as refusal:
        ticket.change_status("closed", None, by(LI))
    assert refusal.value.code == "ticket.not_satisfied"
    rate(ticket, judgement(True, 4, judged_at=LATER + timedelta(days=1)))
    ticket.change_status("closed", None, by(LI))
    assert (ticket.status, ticket.dissatisfied_at) == ("closed", None)


def test_unfinished_work_of_a_dissatisfied_customer_is_not_closed_either():
    ticket = accepted_ticket()
    rate(ticket, judgement(False, 1))
    with pytest.raises(Conflict):
        ticket.change_status("closed", "重复", by(LI))
    with pytest.raises(Conflict):
        ticket.reply("再见", (), "closed", by(LI))


def test_closing_is_not_offered_while_it_would_be_refused():
    ticket = solved_ticket()
    assert "closed" in allowed_moves(ticket, LI)
    ticket.is_dissatisfied = True
    assert "closed" not in allowed_moves(ticket, LI)


def told(is_satisfied: bool, score: int | None = None, at: datetime = LATER) -> Judgement:
    return Judgement(STAFF, at, is_satisfied, score, words="客户说没问题", told_by="phone")


def test_staff_write_down_what_the_customer_told_them():
    ticket = solved_ticket()
    at = ticket.solved_at + timedelta(hours=1)
    ticket.judge(told(False, at=at), by(LI, at))
    assert (ticket.status, ticket.score, ticket.is_dissatisfied) == ("follow_up", None, True)
    assert "ticket.rated" in entered(ticket)
    later = at + timedelta(hours=1)
    ticket.judge(told(True, at=later), by(LI, later))
    assert ticket.is_dissatisfied is False
    assert ticket.entries[-1].event["told_by"] == "phone"
    assert "said_at" not in ticket.entries[-1].event


def test_what_was_said_is_dated_back_to_the_solution_at_most():
    ticket = solved_ticket()
    solved_at = ticket.solved_at
    now = solved_at + timedelta(hours=2)
    for at, code in (
        (solved_at - timedelta(minutes=2), "judgement.before_solution"),
        (now + timedelta(seconds=1), "judgement.in_future"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            ticket.judge(told(True, at=at), by(LI, now))
        assert refusal.value.code == code
    ticket.judge(told(True, at=solved_at), by(LI, now))
    assert ticket.confirmation["at"] == solved_at.isoformat()
    assert ticket.entries[-1].event["said_at"] == solved_at.isoformat()
    assert ticket.entries[-1].created_at == now


def test_of_two_judgements_the_later_said_counts_though_it_was_written_first():
    ticket = solved_ticket()
    now = ticket.solved_at + timedelta(hours=2)
    ticket.judge(told(True, at=now), by(LI, now))
    ticket.judge(told(False, at=ticket.solved_at), by(LI, now))
    assert (ticket.status, ticket.is_confirmed) == ("solved", True)


def test_only_who_works_on_a_ticket_judges_it():
    ticket = solved_ticket()
    with pytest.raises(Forbidden):
        ticket.judge(told(True), by(HAN, LATER))
    assert "judge" in allowed_actions(solved_ticket(), LI)
    assert "judge" not in allowed_actions(solved_ticket(), HAN)


def test_an_archived_ticket_is_judged_no_more():
    ticket = closed_ticket()
    ticket.change_status("archived", None, by(LI))
    with pytest.raises(Conflict):
        ticket.judge(told(True), by(LI, LATER))
    rate(ticket, judgement(False, 1))
    assert (ticket.status, ticket.is_dissatisfied) == ("archived", True)


@pytest.mark.parametrize(("is_satisfied", "score"), [(True, 2), (False, 4), (True, 0), (False, 6)])
def test_a_word_and_a_score_that_contradict_each_other_are_refused(is_satisfied, score):
    with pytest.raises(InvalidInput) as refusal:
        check_judgement(is_satisfied, score)
    assert "score" in refusal.value.details["errors"]


@pytest.mark.parametrize(("is_satisfied", "score"), [(True, 3), (False, 3), (True, None)])
def test_a_middling_score_goes_with_either_word(is_satisfied, score):
    check_judgement(is_satisfied, score)
