"""Each target's clock: what starts it, what stops it, what it waits for."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.calendars import Calendar, parse_weekly
from services.sla.domain.clocks import Pause
from services.sla.domain.facts import TicketFact
from services.sla.domain.folding import fold
from tests.unit.sla.making import (
    HOUR,
    IDS,
    MONDAY,
    SHANGHAI,
    Life,
    book,
    clock_at,
    clocks,
    every,
    policy,
)

FIRST_REPLY, RESOLUTION = ("first_reply", 1), ("resolution", 1)


def promising(target: str, seconds: int = 4 * HOUR, **values):
    """A policy with one target, of the same time for all."""
    return policy(targets={target: every(seconds)}, **values)


def test_four_business_hours_from_monday_five_end_on_tuesday_at_eleven() -> None:
    life = Life(clock_at("Mon 17:00"))
    clock = clocks(life, promising("first_reply"))[FIRST_REPLY]
    assert clock.due_at == clock_at("Tue 11:00")
    assert (clock.state, clock.is_breached, clock.remaining_seconds) == ("running", False, None)


def test_a_first_reply_in_time_meets_the_clock() -> None:
    life = Life().assign(MONDAY).reply(clock_at("Mon 12:00"))
    clock = clocks(life, promising("first_reply"))[FIRST_REPLY]
    assert (clock.state, clock.met_at) == ("met", clock_at("Mon 12:00"))
    assert (clock.is_breached, clock.remaining_seconds) == (False, HOUR)
    assert clock.due_at == clock_at("Mon 13:00")


def test_a_late_first_reply_meets_the_clock_and_it_stays_breached() -> None:
    life = Life().assign(MONDAY).reply(clock_at("Mon 13:00"))
    clock = clocks(life, promising("first_reply"))[FIRST_REPLY]
    assert (clock.state, clock.is_breached, clock.remaining_seconds) == ("met", True, 0)


def test_an_ended_clock_knows_how_much_of_its_hours_had_passed() -> None:
    life = Life(clock_at("Mon 17:00")).assign(clock_at("Mon 17:00")).reply(clock_at("Tue 9:30"))
    clock = clocks(life, promising("first_reply"))[FIRST_REPLY]
    assert clock.elapsed_seconds == 2.5 * HOUR
    late = Life().assign(MONDAY).reply(clock_at("Mon 15:00"))
    assert clocks(late, promising("first_reply"))[FIRST_REPLY].elapsed_seconds == 6 * HOUR


def test_time_that_passes_in_pauses_and_while_solved_is_no_elapsed_time() -> None:
    life = Life().assign(MONDAY).move(clock_at("Mon 10:00"), "awaiting_customer")
    life.move(clock_at("Mon 14:00"), "in_progress").solve(clock_at("Mon 15:00"))
    promise = promising("resolution", pause_statuses=["awaiting_customer"])
    assert clocks(life, promise)[RESOLUTION].elapsed_seconds == 2 * HOUR
    life.reopen(clock_at("Wed 9:00"))
    assert clocks(life, promise)[RESOLUTION].elapsed_seconds is None
    life.solve(clock_at("Wed 9:30"))
    assert clocks(life, promise)[RESOLUTION].elapsed_seconds == 2.5 * HOUR


def test_only_a_person_of_the_staff_replies() -> None:
    life = Life().reply(MONDAY, "system").add("ticket.note_added", MONDAY)
    assert clocks(life, promising("first_reply"))[FIRST_REPLY].state == "running"


def test_a_solution_that_the_customer_is_told_is_a_reply() -> None:
    told = Life().assign(MONDAY).solve(clock_at("Mon 10:00"))
    silent = Life().assign(MONDAY).solve(clock_at("Mon 10:00"), notify_customer=False)
    assert clocks(told, promising("first_reply"))[FIRST_REPLY].state == "met"
    assert clocks(silent, promising("first_reply"))[FIRST_REPLY].state == "cancelled"


def test_a_customer_who_never_had_an_answer_is_owed_one_again_after_a_reopening() -> None:
    life = Life().assign(MONDAY).solve(MONDAY, notify_customer=False).ask(clock_at("Tue 9:00"))
    found = clocks(life, promising("first_reply"))
    assert found[FIRST_REPLY].state == "cancelled"
    assert found["first_reply", 2].due_at == clock_at("Tue 13:00")


def test_the_next_reply_is_owed_from_the_earliest_unanswered_message() -> None:
    life = Life().assign(MONDAY).reply(MONDAY)
    life.ask(clock_at("Mon 10:00")).ask(clock_at("Mon 12:00"))
    found = clocks(life, promising("next_reply"))
    assert found["next_reply", 1].due_at == clock_at("Mon 14:00")
    life.reply(clock_at("Mon 13:00")).ask(clock_at("Mon 15:00"))
    found = clocks(life, promising("next_reply"))
    assert found["next_reply", 1].state == "met"
    assert found["next_reply", 2].due_at == clock_at("Tue 9:00")


def test_automatic_answers_of_the_customer_ask_nothing() -> None:
    life = Life().assign(MONDAY).reply(MONDAY).ask(MONDAY, is_auto_reply=True)
    assert clocks(life, promising("next_reply")) == {}


def test_messages_before_the_first_reply_are_answered_by_it() -> None:
    life = Life().ask(clock_at("Mon 10:00")).assign(MONDAY).reply(clock_at("Mon 11:00"))
    assert clocks(life, promising("next_reply")) == {}


def test_a_message_to_a_solved_ticket_is_owed_an_answer_once_it_is_reopened() -> None:
    life = Life().assign(MONDAY).solve(MONDAY).ask(clock_at("Mon 15:00"))
    assert clocks(life, promising("next_reply"))["next_reply", 1].due_at == clock_at("Tue 9:00")


def test_a_question_that_is_solved_in_silence_waits_no_longer() -> None:
    life = Life().assign(MONDAY).reply(MONDAY).ask(clock_at("Mon 10:00"))
    life.solve(clock_at("Mon 11:00"), notify_customer=False)
    clock = clocks(life, promising("next_reply"))["next_reply", 1]
    assert (clock.state, clock.ended_at) == ("cancelled", clock_at("Mon 11:00"))


def test_of_messages_to_a_solved_ticket_the_first_counts_unless_it_was_answered() -> None:
    life = Life().assign(MONDAY).solve(MONDAY)
    for at in ("Mon 10:00", "Mon 11:00"):
        life.add("ticket.message_received", clock_at(at), "customer")
    twice = Life().assign(MONDAY).solve(MONDAY)
    twice.add("ticket.message_received", clock_at("Mon 10:00"), "customer")
    twice.reply(clock_at("Mon 11:00"))
    waiting = clocks(life.reopen(clock_at("Mon 12:00")), promising("next_reply"))
    assert waiting["next_reply", 1].started_at == clock_at("Mon 10:00")
    assert clocks(twice.reopen(clock_at("Mon 12:00")), promising("next_reply")) == {}


def test_time_between_solution_and_reopening_does_not_count() -> None:
    life = Life().assign(MONDAY).accept(MONDAY).solve(clock_at("Mon 10:00"))
    assert clocks(life, promising("resolution"))[RESOLUTION].state == "met"
    life.ask(clock_at("Wed 9:00"))
    clock = clocks(life, promising("resolution"))[RESOLUTION]
    assert (clock.state, clock.due_at) == ("running", clock_at("Wed 12:00"))
    assert clock.pauses == (Pause(clock_at("Mon 10:00"), clock_at("Wed 9:00"), "solved"),)


def test_waiting_for_the_customer_stops_the_clock_where_the_policy_says_so() -> None:
    pausing = promising("resolution", pause_statuses=["awaiting_customer"])
    life = Life().assign(MONDAY).accept(MONDAY).move(clock_at("Mon 10:00"), "awaiting_customer")
    clock = clocks(life, pausing, now=clock_at("Thu 9:00"))[RESOLUTION]
    assert (clock.state, clock.due_at, clock.is_breached) == ("paused", None, False)
    assert (clock.remaining_seconds, clock.is_paused) == (3 * HOUR, True)
    life.ask(clock_at("Thu 9:00"))
    assert clocks(life, pausing)[RESOLUTION].due_at == clock_at("Thu 12:00")
    assert clocks(life, promising("resolution"))[RESOLUTION].due_at == clock_at("Mon 13:00")


def test_an_own_status_pauses_by_itself_or_by_the_one_that_it_stands_on() -> None:
    life = Life().assign(MONDAY).accept(MONDAY)
    life.add("ticket.status_changed", clock_at("Mon 10:00"), own_status="own_parts")
    life.add("ticket.status_changed", clock_at("Mon 14:00"), own_status=None)
    for named, due in (
        ([], "Mon 13:00"),
        (["awaiting_customer"], "Mon 13:00"),
        (["own_other"], "Mon 13:00"),
        (["own_parts"], "Mon 17:00"),
    ):
        clock = clocks(life, promising("resolution", pause_statuses=named))[RESOLUTION]
        assert clock.due_at == clock_at(due)
    assert clock.pauses == (Pause(clock_at("Mon 10:00"), clock_at("Mon 14:00"), "own_parts"),)
    # The base pauses whatever stands on it.
    pausing = promising("resolution", pause_statuses=["in_progress"])
    assert clocks(life, pausing)[RESOLUTION].is_paused


def test_what_is_overdue_stays_overdue_while_it_waits_for_the_customer() -> None:
    pausing = promising("resolution", pause_statuses=["awaiting_customer"])
    life = Life().assign(MONDAY).move(clock_at("Mon 14:00"), "awaiting_customer")
    clock = clocks(life, pausing)[RESOLUTION]
    assert (clock.state, clock.due_at) == ("breached", clock_at("Mon 13:00"))
    assert clock.is_paused


def test_a_ticket_solved_while_waiting_is_due_as_if_it_had_gone_on_then() -> None:
    pausing = promising("resolution", pause_statuses=["awaiting_customer"])
    life = Life().assign(MONDAY).move(clock_at("Mon 10:00"), "awaiting_customer")
    clock = clocks(life.solve(clock_at("Tue 10:00")), pausing)[RESOLUTION]
    assert (clock.state, clock.is_breached) == ("met", False)
    assert clock.due_at == clock_at("Tue 13:00")


def test_a_raised_urgency_counts_from_the_start() -> None:
    terms = policy(targets={"first_reply": {"normal": 24 * HOUR, "critical": 2 * HOUR}})
    life = Life().edit(clock_at("Mon 10:00"), urgency="critical")
    assert clocks(life, terms)[FIRST_REPLY].due_at == clock_at("Mon 11:00")
    life.edit(clock_at("Mon 10:30"), urgency="urgent")
    assert clocks(life, terms) == {}
    life.edit(clock_at("Mon 10:40"), urgency="normal")
    assert clocks(life, terms)[FIRST_REPLY].target_seconds == 24 * HOUR


def test_an_urgency_raised_too_late_is_overdue_at_once() -> None:
    terms = policy(targets={"first_reply": {"normal": 24 * HOUR, "critical": 2 * HOUR}})
    life = Life().edit(clock_at("Mon 12:00"), urgency="critical")
    assert clocks(life, terms)[FIRST_REPLY].state == "breached"


def test_somebody_hears_something_every_day_while_the_ticket_is_in_work() -> None:
    life = Life().assign(MONDAY).accept(clock_at("Mon 10:00")).reply(clock_at("Mon 11:00"))
    life.add("ticket.note_added", clock_at("Mon 12:00"))
    life.move(clock_at("Mon 13:00"), "awaiting_customer").ask(clock_at("Mon 14:00"))
    found = clocks(life, promising("update"))
    assert [(one.state, one.started_at, one.ended_at) for one in found.values()] == [
        ("met", MONDAY, clock_at("Mon 10:00")),
        ("met", clock_at("Mon 10:00"), clock_at("Mon 11:00")),
        ("met", clock_at("Mon 11:00"), clock_at("Mon 13:00")),
        ("running", clock_at("Mon 14:00"), None),
    ]


def test_every_assignment_is_to_be_confirmed_once() -> None:
    life = Life().assign(MONDAY).transfer(clock_at("Mon 9:20")).assign(clock_at("Mon 9:30"))
    life.accept(clock_at("Mon 9:40"))
    found = clocks(life, promising("accept", 600))
    assert [(one.assignment_epoch, one.state, one.is_breached) for one in found.values()] == [
        (1, "cancelled", True),
        (3, "met", True),
    ]


def test_an_assignment_that_outlives_a_solution_is_still_the_same() -> None:
    life = Life().assign(MONDAY).solve(clock_at("Mon 9:05")).ask(clock_at("Mon 10:00"))
    clock = clocks(life, promising("accept", 600))["accept", 1]
    assert (clock.state, clock.due_at) == ("running", clock_at("Mon 10:05"))


def test_a_ticket_may_stay_so_long_in_a_status() -> None:
    terms = policy(targets={"status": {"assigned": HOUR, "solved": 2 * HOUR}})
    life = Life().assign(clock_at("Mon 10:00")).accept(clock_at("Mon 10:30"))
    life.solve(clock_at("Mon 12:00"))
    found = list(clocks(life, terms, now=clock_at("Mon 14:00")).values())
    assert [(one.status, one.state, one.due_at) for one in found] == [
        ("assigned", "met", clock_at("Mon 11:00")),
        ("solved", "breached", clock_at("Mon 14:00")),
    ]


@pytest.mark.parametrize("target", ["first_reply", "update", "resolution", "accept"])
def test_a_closed_ticket_cancels_its_clocks(target) -> None:
    life = Life().assign(MONDAY).close(clock_at("Mon 10:00"))
    (clock,) = clocks(life, promising(target), now=clock_at("Fri 10:00")).values()
    assert (clock.state, clock.ended_at) == ("cancelled", clock_at("Mon 10:00"))
    assert not clock.is_breached
    assert clock.met_at is None


def test_a_solution_before_the_creation_is_known_makes_a_stub() -> None:
    life = Life().assign(MONDAY).solve(clock_at("Mon 10:00"))
    (clock,) = fold(life.facts[-1:], book(promising("resolution")), clock_at("Mon 11:00"))
    assert (clock.state, clock.started_at) == ("met", MONDAY)


def test_the_first_policy_that_fits_the_ticket_as_it_is_decides() -> None:
    vip = promising(
        "first_reply",
        HOUR,
        name="重要",
        condition={"field": "tags", "op": "has_any", "value": ["vip"]},
    )
    usual = promising("first_reply", position=2)
    life = Life()
    assert clocks(life, vip, usual)[FIRST_REPLY].policy_id == usual.policy_id
    life.edit(clock_at("Mon 9:30"), tags=["vip"])
    clock = clocks(life, vip, usual)[FIRST_REPLY]
    assert (clock.policy_id, clock.due_at) == (vip.policy_id, clock_at("Mon 10:00"))


def test_an_ended_clock_is_judged_by_what_held_at_its_end() -> None:
    turn = clock_at("Mon 12:00")
    old = promising("first_reply", 4 * HOUR, until=turn)
    new = promising("first_reply", HOUR, revision=2, since=turn)
    answered = Life().assign(MONDAY).reply(clock_at("Mon 11:00"))
    clock = clocks(answered, old, new, now=clock_at("Tue 9:00"))[FIRST_REPLY]
    assert (clock.revision, clock.is_breached) == (1, False)
    waiting = clocks(Life(), old, new, now=clock_at("Mon 13:00"))[FIRST_REPLY]
    assert (waiting.revision, waiting.due_at) == (2, clock_at("Mon 10:00"))


def test_a_policy_that_is_switched_off_promises_nothing() -> None:
    assert clocks(Life(), promising("first_reply", is_active=False)) == {}


def test_a_calendar_that_never_opens_again_leaves_a_clock_without_due_time() -> None:
    never = Calendar(SHANGHAI, parse_weekly({"1": [["08:00", "08:01"]]}))
    facts: list[TicketFact] = Life().facts
    (clock,) = fold(facts, book(promising("first_reply", 360 * 86_400), hours=never), MONDAY)
    assert (clock.state, clock.due_at) == ("running", None)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_instants_need_not_be_whole_seconds(before, waiting) -> None:
    pausing = promising("resolution", 40 * HOUR, pause_statuses=["awaiting_customer"])
    moved = MONDAY + timedelta(microseconds=before)
    back = moved + timedelta(microseconds=waiting)
    life = Life().assign(MONDAY).move(moved, "awaiting_customer").ask(back)
    clock = clocks(life, pausing)[RESOLUTION]
    undisturbed = clocks(Life(), pausing)[RESOLUTION]
    assert undisturbed.due_at is not None
    assert clock.due_at == undisturbed.due_at + (back - moved)


def test_a_clock_keeps_its_id_however_often_it_is_computed() -> None:
    life = Life()
    (one,) = clocks(life, promising("first_reply")).values()
    life.edit(clock_at("Mon 9:30"), urgency="urgent")
    (other,) = clocks(life, promising("first_reply", HOUR)).values()
    assert one.id_for(IDS) == other.id_for(IDS)
    assert isinstance(one.due_at, datetime)
