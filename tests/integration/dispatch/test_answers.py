"""Proposals and what ticketing makes of them: answers, refusals, silence, repeats in any order."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from services.dispatch.use_cases.resend import resend_proposals
from tests.integration.dispatch.floor import Floor


@pytest.fixture
def group(floor: Floor) -> UUID:
    made = floor.group()
    floor.rule(made)
    return made


def test_manual_assignment_ends_the_proposal_and_moves_the_load(floor: Floor, group: UUID):
    proposed, chosen = floor.person(group), floor.person(group, state="offline")
    life = floor.ticket()
    floor.drain()
    assert floor.holder(life) == proposed
    floor.hear(life.assign(chosen))
    [refused] = floor.answer()
    assert refused.type == "assignment.refused"
    assert (floor.holder(life), floor.state(life)) == (chosen, "active")
    assert floor.load(proposed) == (0, 0, 0)
    assert floor.load(chosen) == (1, 1, 0)
    assert [one.outcome for one in floor.decisions(life)] == ["assigned", "manual"]


def test_a_refused_proposal_frees_the_person_and_waits_for_what_it_missed(
    floor: Floor, group: UUID
):
    person = floor.person(group)
    life = floor.ticket()
    solved = life.solve()
    floor.drain()
    floor.answer()
    assert floor.holder(life) is None
    assert floor.load(person) == (0, 0, 0)
    floor.sweep()
    floor.drain()
    assert floor.holder(life) is None, "it is proposed again before the news could come"
    floor.hear(solved)
    assert floor.place(life) is None


def test_a_refused_ticket_keeps_its_place(floor: Floor, group: UUID):
    floor.person(group)
    life = floor.ticket(created_at=floor.now - timedelta(minutes=5))
    floor.drain()
    [proposal] = floor.take("assignment.proposed")
    floor.hear(life.refuse(UUID(proposal["assignment_id"]), "outdated"))
    assert floor.place(life).since == life.header["created_at"]
    floor.pass_time(seconds=6)
    floor.sweep()
    floor.work()
    assert floor.state(life) == "active"


def test_an_inactive_assignee_does_not_get_it_again(floor: Floor, group: UUID):
    floor.person(group)
    floor.person(group)
    life = floor.ticket()
    floor.drain()
    first = floor.holder(life)
    [proposal] = floor.take("assignment.proposed")
    floor.hear(life.refuse(UUID(proposal["assignment_id"]), "assignee_inactive"))
    floor.work()
    assert floor.holder(life) not in (None, first)


def test_an_unanswered_proposal_is_sent_again_with_its_id_and_never_released(
    floor: Floor, group: UUID
):
    person = floor.person(group)
    life = floor.ticket()
    floor.drain()
    [first] = floor.take("assignment.proposed")
    assert not resend_proposals(floor.database, floor.now + timedelta(seconds=59))
    assert resend_proposals(floor.database, floor.now + timedelta(seconds=61))
    assert not resend_proposals(floor.database, floor.now + timedelta(seconds=61))
    [again] = floor.told("assignment.proposed")
    assert again == first
    assert floor.load(person) == (1, 1, 0)
    assert floor.state(life) == "proposed"


def test_a_confirmation_that_overtakes_the_assignment_counts(floor: Floor, group: UUID):
    person = floor.person(group)
    life = floor.ticket()
    stale = life.edit(subject="旧")
    floor.drain()
    [proposal] = floor.take("assignment.proposed")
    assigned = life.answer(proposal)
    repeated = life.answer(proposal)
    assert repeated.type == "assignment.confirmed"
    floor.hear(repeated)
    assert floor.state(life) == "active"
    floor.hear(stale)
    assert floor.holder(life) == person
    floor.hear(assigned)
    assert (floor.state(life), floor.holder(life)) == ("active", person)
    assert floor.load(person) == (1, 1, 0)


def test_repeats_change_nothing(floor: Floor, group: UUID):
    person = floor.person(group)
    life = floor.ticket()
    events = [life.edit(urgency="urgent")]
    floor.drain()
    [proposal] = floor.take("assignment.proposed")
    events += [life.answer(proposal), life.answer(proposal), life.accept()]
    for _ in range(3):
        floor.hear(*events)
        for event in events:
            floor.hear(event)
    assert (floor.state(life), floor.holder(life)) == ("active", person)
    assert floor.load(person) == (2, 1, 0)
    assert floor.scalar("SELECT count(*) FROM assignments") == 1
    assert len(floor.decisions(life)) == 1


def test_any_order_ends_in_the_same_state(floor: Floor, group: UUID):
    person, other = floor.person(group), floor.person(group)
    floor.set_presence(other, "away")
    for order in permutations(range(4)):
        life = floor.quiet_ticket()
        events = [life.create(), life.assign(person), life.give_back(), life.assign(other)]
        for place in order:
            floor.hear(events[place])
        assert (floor.state(life), floor.holder(life)) == ("active", other), order
        assert floor.place(life) is None
        floor.hear(life.solve())
    assert floor.load(person) == floor.load(other) == (0, 0, 0)
    assert floor.scalar("SELECT count(*) FROM assignments WHERE state <> 'ended'") == 0


def test_a_solved_ticket_leaves_everything_and_a_reopened_one_comes_back(floor: Floor, group: UUID):
    person = floor.person(group)
    life = floor.ticket()
    floor.work()
    floor.hear(life.solve())
    assert floor.holder(life) is None
    assert floor.load(person) == (0, 0, 0)
    floor.hear(life.go_on())
    assert (floor.state(life), floor.holder(life)) == ("active", person)
    assert floor.load(person) == (1, 1, 0)


def test_who_does_not_accept_in_time_loses_the_ticket_to_the_next(floor: Floor, group: UUID):
    floor.person(group)
    floor.person(group)
    life = floor.ticket(created_at=floor.now - timedelta(hours=1))
    floor.work()
    first = floor.holder(life)
    floor.hear(floor.breach_accept(life))
    [withdrawn] = floor.take("assignment.withdrawn")
    assert withdrawn["assignee_id"] == str(first)
    assert (withdrawn["epoch"], withdrawn["cause"]) == (1, "accept_timeout")
    assert floor.holder(life) == first, "until ticketing has taken it away"
    floor.hear(life.give_back("accept_timeout"))
    assert floor.place(life).since == life.header["created_at"]
    assert floor.place(life).trigger == "accept_timeout"
    floor.work()
    assert floor.holder(life) not in (None, first)
    assert [one.outcome for one in floor.decisions(life)] == ["assigned", "withdrawn", "assigned"]


def test_a_breach_is_answered_once_however_often_and_early_it_comes(floor: Floor, group: UUID):
    person = floor.person(group)
    life = floor.quiet_ticket()
    events = [life.create(), life.assign(person)]
    breach = floor.breach_accept(life)
    floor.hear(breach)
    floor.hear(*events)
    floor.hear(breach)
    floor.hear(breach, events[0])
    assert len(floor.told("assignment.withdrawn")) == 1


def test_an_accepted_ticket_or_another_assignment_is_not_withdrawn(floor: Floor, group: UUID):
    person = floor.person(group)
    accepted, moved = floor.ticket(), floor.ticket()
    floor.hear(accepted.assign(person), moved.assign(person))
    floor.hear(accepted.accept(), moved.assign(floor.person(group)))
    floor.hear(floor.breach_accept(accepted), floor.breach_accept(moved, epoch=1))
    assert floor.told("assignment.withdrawn") == []


def test_after_half_an_hour_somebody_may_get_it_again(floor: Floor, group: UUID):
    person = floor.person(group)
    life = floor.ticket()
    floor.work()
    floor.hear(floor.breach_accept(life))
    floor.hear(life.give_back("accept_timeout"))
    floor.work()
    assert floor.holder(life) is None
    waiting = floor.decisions(life)[-1]
    assert waiting.explanation["skipped_counts"] == {"excluded": 1}
    floor.pass_time(minutes=31)
    floor.sweep()
    floor.work()
    assert floor.holder(life) == person


def test_a_returned_ticket_goes_to_somebody_else_even_if_newer_news_came_first(
    floor: Floor, group: UUID
):
    floor.person(group)
    floor.person(group)
    life = floor.ticket()
    floor.work()
    first = floor.holder(life)
    returned, edited = life.give_back(), life.edit(subject="补充")
    floor.hear(edited)
    floor.hear(returned)
    assert floor.place(life).excluded.keys() == {str(first)}
    floor.work()
    assert floor.holder(life) not in (None, first)


def test_due_times_are_copied_by_the_highest_revision(floor: Floor, group: UUID):
    life = floor.quiet_ticket()
    late, early = (floor.now + timedelta(hours=n) for n in (4, 2))
    floor.hear(floor.due(life, 2, early))
    floor.hear(floor.due(life, 1, late))
    assert floor.scalar("SELECT next_due_at FROM dues") == early
    floor.hear(floor.due(life, 4, None), floor.due(life, 3, late))
    assert floor.scalar("SELECT next_due_at FROM dues") is None
