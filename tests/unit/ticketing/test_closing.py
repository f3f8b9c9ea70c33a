"""Closing as something (正常关闭, 重复, 无效, 客户撤销), the customer's word, and time."""

from datetime import timedelta
from uuid import uuid4

import pytest

from libs.common.errors import Conflict, DeskError, InvalidInput
from services.ticketing.domain.closing import Closing
from services.ticketing.domain.rating import STAFF, Judgement
from services.ticketing.domain.settings import Settings
from tests.unit.ticketing.making import (
    BOSS,
    LI,
    accepted_ticket,
    by,
    cleared,
    closed_ticket,
    entered,
    facts,
    from_customer,
    message,
    new_ticket,
    solved_ticket,
)

OTHER = (uuid4(), "G20261102007")


def refusal_of(change) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def test_what_is_closed_without_further_words_is_closed_normally():
    ticket = solved_ticket()
    ticket.change_status("closed", None, by(LI))
    assert ticket.close_kind == "normal"
    assert ticket.facts[0].header["close_kind"] == "normal"
    assert ticket.entries[0].event["close_kind"] == "normal"
    assert len(ticket.entries) == len(ticket.facts) == 1


def test_a_duplicate_names_the_other_ticket_and_needs_no_reason_beyond_it():
    ticket = accepted_ticket()
    ticket.change_status("closed", None, by(LI), None, Closing("duplicate", OTHER))
    assert (ticket.close_kind, ticket.duplicate_of) == ("duplicate", OTHER[0])
    assert ticket.entries[0].event["duplicate_of"] == OTHER[1]
    assert ticket.facts[0].details["duplicate_of_ticket_id"] == OTHER[0]


@pytest.mark.parametrize(
    ("closing", "field"),
    [
        (Closing("duplicate"), "duplicate_of"),
        (Closing("normal", OTHER), "duplicate_of"),
        (Closing("lost"), "close_kind"),
    ],
)
def test_a_closing_that_does_not_fit_together_is_named(closing, field):
    refusal = refusal_of(
        lambda: solved_ticket().change_status("closed", None, by(LI), closing=closing)
    )
    assert isinstance(refusal, InvalidInput)
    assert field in refusal.details["errors"]


def test_a_ticket_is_no_duplicate_of_itself():
    ticket = accepted_ticket()
    closing = Closing("duplicate", (ticket.ticket_id, "G20261102001"))
    refusal = refusal_of(lambda: ticket.change_status("closed", None, by(LI), closing=closing))
    assert "duplicate_of" in refusal.details["errors"]


@pytest.mark.parametrize("kind", ["invalid", "withdrawn", "normal"])
def test_unsolved_work_is_closed_for_a_reason(kind):
    ticket = accepted_ticket()
    change = lambda reason: ticket.change_status("closed", reason, by(LI), None, Closing(kind))  # noqa: E731
    assert refusal_of(lambda: change(None)).code == "field.required"
    change("骚扰电话")
    assert ticket.close_kind == kind


def test_where_the_settings_want_it_the_customer_confirms_before_a_normal_closing():
    strict = Closing(needs_confirmation=True)
    ticket = solved_ticket()
    refusal = refusal_of(lambda: ticket.change_status("closed", None, by(LI), closing=strict))
    assert (type(refusal), refusal.code) == (Conflict, "ticket.unconfirmed")
    told = Judgement(STAFF, ticket.solved_at, True, words="好了", told_by="phone")
    ticket.judge(told, by(LI))
    ticket.change_status("closed", None, by(LI), closing=strict)
    assert ticket.is_closed


def test_other_kinds_of_closing_need_no_confirmation():
    ticket = solved_ticket()
    ticket.change_status("closed", None, by(LI), None, Closing("invalid", needs_confirmation=True))
    assert ticket.is_closed


def test_the_confirmation_says_how_and_when_and_leaves_the_words_to_the_timeline():
    ticket = solved_ticket()
    at = ticket.solved_at
    entry = ticket.judge(Judgement(STAFF, at, True, words="可以了", told_by="visit"), by(LI))
    assert ticket.confirmation == {
        "is_confirmed": True,
        "how": "visit",
        "at": at.isoformat(),
        "by": "李雷",
        "entry_id": str(entry.entry_id),
    }
    assert entry.text == "可以了"


def test_the_customer_confirms_in_the_portal():
    ticket = solved_ticket()
    ticket.answer_solution(True, None, from_customer(ticket))
    assert (ticket.is_confirmed, ticket.confirmation["how"]) == (True, "portal")
    assert ticket.status == "solved"
    assert entered(ticket) == ["ticket.rated"]


def test_what_the_customer_calls_unsolved_is_worked_on_again():
    ticket = solved_ticket()
    ticket.answer_solution(False, "还是开不了机", from_customer(ticket))
    assert (ticket.status, ticket.is_dissatisfied) == ("follow_up", True)
    assert not ticket.is_confirmed
    assert facts(ticket) == ["ticket.rated", "ticket.reopened"]


def test_unsolved_needs_words_and_only_solutions_are_answered():
    ticket = solved_ticket()
    refusal = refusal_of(lambda: ticket.answer_solution(False, None, from_customer(ticket)))
    assert "words" in refusal.details["errors"]
    fresh = accepted_ticket()
    refusal = refusal_of(lambda: fresh.answer_solution(True, None, from_customer(fresh)))
    assert refusal.code == "ticket.not_solved"


def test_a_confirmation_is_about_one_solution():
    ticket = solved_ticket()
    ticket.answer_solution(True, None, from_customer(ticket))
    ticket.reopen("又坏了", by(LI))
    assert ticket.confirmation is None


@pytest.mark.parametrize("make", [new_ticket, accepted_ticket])
def test_the_customer_withdraws_what_is_unfinished(make):
    ticket = make()
    ticket.withdraw_request("不需要了", from_customer(ticket))
    assert (ticket.status, ticket.close_kind) == ("closed", "withdrawn")
    assert entered(ticket) == facts(ticket) == ["ticket.status_changed"]
    assert ticket.entries[0].author_kind == "customer"


@pytest.mark.parametrize("make", [solved_ticket, closed_ticket])
def test_what_is_finished_cannot_be_withdrawn(make):
    ticket = make()
    refusal = refusal_of(lambda: ticket.withdraw_request(None, from_customer(ticket)))
    assert refusal.code == "ticket.finished"


def test_time_closes_what_stands_solved_and_nothing_else():
    ticket = solved_ticket()
    ticket.close_by_time(by(BOSS))
    assert (ticket.status, ticket.close_kind) == ("closed", "normal")
    for other in (accepted_ticket(), closed_ticket()):
        assert refusal_of(lambda: other.close_by_time(by(BOSS))).code == "ticket.not_solved"  # noqa: B023


def test_only_closed_tickets_are_archived():
    ticket = closed_ticket()
    ticket.archive(by(BOSS))
    assert ticket.status == "archived"
    assert refusal_of(lambda: solved_ticket().archive(by(BOSS))).code == "ticket.not_closed"


def test_an_answer_soon_after_the_closing_reopens_where_the_settings_say_so():
    ticket = closed_ticket()
    act = by(BOSS, ticket.closed_at + timedelta(days=2))
    settings = Settings(reopen_days=3)
    ticket.receive_message(message("还是不行"), act, settings)
    assert ticket.status == "in_progress"
    assert (ticket.close_kind, ticket.closed_at) == (None, None)
    assert facts(ticket) == ["ticket.message_received", "ticket.reopened"]


@pytest.mark.parametrize(("days", "later"), [(0, 1), (3, 3), (3, 30)])
def test_later_it_stays_closed(days, later):
    ticket = closed_ticket()
    act = by(BOSS, ticket.closed_at + timedelta(days=later))
    settings = Settings(reopen_days=days)
    refusal = refusal_of(lambda: ticket.receive_message(message(), act, settings))
    assert refusal.code == "ticket.closed"


@pytest.mark.parametrize("kind", ["duplicate", "invalid"])
def test_what_was_no_request_of_its_own_is_not_reopened(kind):
    ticket = accepted_ticket()
    closing = Closing(kind, OTHER if kind == "duplicate" else None)
    ticket.change_status("closed", "不是工单", by(LI), closing=closing)
    assert not cleared(ticket).is_reopenable(30, ticket.closed_at)
