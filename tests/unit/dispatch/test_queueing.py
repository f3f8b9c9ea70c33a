"""A ticket's place in a waiting list, and what it keeps of the one it had."""

from datetime import timedelta

import pytest

from services.dispatch.domain.queueing import queue
from services.dispatch.domain.rules import Match
from tests.unit.dispatch.making import GROUP, HAN, LI, NOW, assignment, header, rule

EARLIER = NOW - timedelta(hours=2)
PUSHED = Match(rule(), GROUP, [])
GRABBED = Match(rule(mode="grab"), GROUP, [])


def place(head=None, match=PUSHED, before=None, lost=(), refused=None):
    return queue(head or header(), match, before, lost, refused=refused, rules_revision=3, now=NOW)


def ended(cause, **fields):
    return assignment(
        **{"state": "ended", "ended_at": NOW - timedelta(minutes=1), "end_cause": cause, **fields}
    )


def test_a_new_ticket_waits_since_it_was_created():
    made = place(header(created_at=EARLIER, occurred_at=NOW))
    assert (made.since, made.trigger, made.mode) == (EARLIER, "new", "push")


def test_what_was_never_accepted_keeps_its_turn():
    lost = [ended("accept_timeout", waiting_since=EARLIER)]
    made = place(header(epoch=2), lost=lost)
    assert (made.since, made.trigger) == (EARLIER, "accept_timeout")


def test_what_was_worked_on_waits_since_it_came_back():
    lost = [ended("returned", waiting_since=EARLIER, accepted_at=EARLIER)]
    assert place(header(epoch=2, occurred_at=NOW), lost=lost).since == NOW


@pytest.mark.parametrize(
    ("cause", "minutes"),
    [("accept_timeout", 30), ("assignee_inactive", 30), ("returned", 1440), ("hand_over", 1440)],
)
def test_who_lost_it_does_not_get_it_again_for_a_while(cause, minutes):
    lost = ended(cause)
    made = place(lost=[lost])
    until = lost.ended_at + timedelta(minutes=minutes)
    assert made.excluded == {str(LI): until.isoformat()}
    assert made.excluded_at(until - timedelta(seconds=1)) == {LI}
    assert made.excluded_at(until) == frozenset()


def test_who_lost_it_long_ago_or_otherwise_may_get_it():
    long_ago = ended("accept_timeout", ended_at=NOW - timedelta(hours=1))
    assert place(lost=[long_ago, ended("reassigned", person_id=HAN)]).excluded == {}


@pytest.mark.parametrize(("reason", "seconds"), [("outdated", 5), ("finished", 5), ("unknown", 60)])
def test_after_a_refusal_it_waits_for_what_was_missed(reason, seconds):
    assert place(refused=reason).not_before == NOW + timedelta(seconds=seconds)


def test_an_inactive_assignee_is_no_reason_to_wait():
    assert place(refused="assignee_inactive").not_before is None


def test_by_the_same_rule_it_stays_where_it_is():
    before = place(header(created_at=EARLIER), match=GRABBED)
    before.mode, before.is_explained = "push", True
    again = place(header(urgency="critical"), match=GRABBED, before=before)
    assert (again.since, again.mode, again.is_explained) == (EARLIER, "push", True)
    assert again.urgency_rank == 3


def test_by_another_rule_it_begins_anew_but_keeps_its_turn():
    before = place(header(created_at=EARLIER))
    before.is_explained = True
    other = Match(rule(rule_id=HAN, mode="grab"), GROUP, [])
    again = place(match=other, before=before)
    assert (again.since, again.mode, again.is_explained) == (EARLIER, "grab", False)


def test_without_a_rule_it_waits_for_a_person():
    made = place(match=Match(None, None, []))
    assert (made.rule_id, made.group_id, made.mode) == (None, None, "push")
