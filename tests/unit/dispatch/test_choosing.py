"""Whom a strategy chooses, who is passed over and why, and what is kept free for whom."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.dispatch.domain.rules import SkillNeed
from tests.unit.dispatch.making import (
    GROUP,
    HAN,
    LI,
    NOW,
    OTHER_GROUP,
    WANG,
    ask,
    board,
    candidate,
    rule,
)

LOANS, CARDS = UUID(int=301), UUID(int=302)


def chosen(table, asked):
    choice = table.decide(asked)
    return choice.candidate and choice.candidate.person_id


def test_the_least_loaded_by_share_of_capacity_gets_it():
    table = board(candidate(LI, load=2, capacity=4), candidate(HAN, load=4, capacity=20))
    assert chosen(table, ask()) == HAN


def test_in_turn_whoever_has_waited_longest_for_one():
    lately, before = NOW - timedelta(minutes=1), NOW - timedelta(hours=1)
    table = board(candidate(LI, last_assigned_at=lately), candidate(HAN, last_assigned_at=before))
    in_turn = ask(rule=rule(strategy="round_robin"))
    assert [chosen(table, in_turn) for _ in range(2)] == [HAN, LI]


def test_who_never_had_one_is_first_in_turn():
    table = board(candidate(LI, last_assigned_at=NOW - timedelta(days=1)), candidate(HAN))
    assert chosen(table, ask(rule=rule(strategy="round_robin"))) == HAN


def test_the_best_match_of_skills_gets_it_even_if_loaded():
    wanted = rule(strategy="skill_match", preferred=(SkillNeed(LOANS, 1), SkillNeed(CARDS, 1)))
    table = board(
        candidate(LI, skills={LOANS: 5}),
        candidate(HAN, skills={LOANS: 3, CARDS: 4}, load=5),
    )
    assert chosen(table, ask(rule=wanted)) == HAN


def test_the_senior_gets_it():
    table = board(candidate(LI, seniority=2), candidate(HAN, seniority=4, load=5))
    assert chosen(table, ask(rule=rule(strategy="senior_first"))) == HAN


def test_whom_the_customer_knows_comes_first_only_where_the_rule_says_so():
    people = [candidate(LI, load=5), candidate(HAN)]
    assert chosen(board(*people), ask(rule=rule(is_sticky=True), sticky_id=LI)) == LI
    assert chosen(board(*people), ask(sticky_id=LI)) == HAN


def test_whom_the_customer_knows_is_not_overloaded_for_that():
    table = board(candidate(LI, load=10), candidate(HAN))
    known = ask(rule=rule(is_sticky=True), sticky_id=LI, is_critical=True)
    assert chosen(table, known) == HAN


def test_a_required_skill_counts_from_its_level_on():
    table = board(candidate(LI, skills={LOANS: 2}), candidate(HAN, skills={LOANS: 3}, load=9))
    choice = table.decide(ask(rule=rule(required=(SkillNeed(LOANS, 3),))))
    assert choice.candidate.person_id == HAN
    assert choice.explanation["skipped_counts"] == {"lacks_skill": 1}


def test_nobody_is_better_than_somebody_without_the_skill():
    assert chosen(board(candidate(LI)), ask(rule=rule(required=(SkillNeed(LOANS, 1),)))) is None


def test_a_language_matters_only_where_it_is_known_and_asked_for():
    people = [candidate(LI, languages=frozenset(["zh"]))]
    matching = rule(matches_language=True)
    assert chosen(board(*people), ask(rule=matching, language="en-GB")) is None
    assert chosen(board(*people), ask(rule=matching, language="zh-TW")) == LI
    assert chosen(board(*people), ask(rule=matching)) == LI
    assert chosen(board(*people), ask(language="en")) == LI


@pytest.mark.parametrize(
    ("load", "is_critical", "gets_it"),
    [(9, False, True), (10, False, False), (11, True, True), (12, True, False)],
)
def test_only_a_critical_ticket_exceeds_capacity_and_only_so_far(load, is_critical, gets_it):
    table = board(candidate(LI, load=load), excess=2)
    assert (chosen(table, ask(is_critical=is_critical)) == LI) is gets_it


def test_a_critical_ticket_prefers_whoever_stays_within_capacity():
    table = board(candidate(LI, load=10, seniority=5), candidate(HAN, load=9))
    critical = ask(rule=rule(strategy="senior_first"), is_critical=True)
    assert chosen(table, critical) == HAN


def test_who_has_no_capacity_gets_nothing_not_even_critical():
    assert chosen(board(candidate(LI, capacity=0)), ask(is_critical=True)) is None


def test_another_group_helps_out_only_when_nobody_of_the_own_is_free():
    asked = ask(rule=rule(overflow_group_ids=(OTHER_GROUP,)))
    free, full = candidate(LI, load=9), candidate(HAN, load=10)
    assert chosen(board(free, others=(candidate(WANG),)), asked) == LI
    choice = board(full, others=(candidate(WANG),)).decide(asked)
    assert choice.candidate.person_id == WANG
    assert choice.group_id == OTHER_GROUP
    assert choice.explanation["overflow_from"] == str(GROUP)
    assert choice.explanation["group_name"] == "二线"


def test_an_excluded_person_is_passed_over():
    choice = board(candidate(LI), candidate(HAN, load=5)).decide(ask(excluded=frozenset([LI])))
    assert choice.candidate.person_id == HAN
    assert choice.explanation["skipped"][0]["reason"] == "excluded"


def test_free_capacity_is_kept_for_what_comes_before():
    table = board(candidate(LI, load=9))
    assert chosen(table, ask(weight=2)) is None
    choice = table.decide(ask())
    assert choice.candidate is None
    assert choice.explanation["skipped"][0]["reason"] == "held"


def test_nothing_is_kept_for_what_somebody_can_never_take():
    table = board(candidate(LI, capacity=1))
    assert chosen(table, ask(weight=2)) is None
    assert chosen(table, ask()) == LI


def test_nothing_is_kept_for_what_wants_somebody_else():
    table = board(candidate(LI, load=8), candidate(HAN, load=10, skills={LOANS: 1}))
    assert chosen(table, ask(rule=rule(required=(SkillNeed(LOANS, 1),)), weight=2)) is None
    assert chosen(table, ask()) == LI


def test_trying_out_gives_nothing_out():
    table = board(candidate(LI, load=9))
    assert [table.choose(ask()).candidate.person_id for _ in range(3)] == [LI] * 3


def test_an_explanation_shows_scores_in_their_order_and_what_they_are_made_of():
    table = board(
        candidate(LI, load=5, seniority=3),
        candidate(HAN, load=2, last_assigned_at=NOW),
        candidate(WANG, reasons=("offline", "on_leave")),
    )
    told = table.decide(ask(trigger="returned")).explanation
    assert told["trigger"] == "returned"
    assert [(one["person_id"], one["score"]) for one in told["candidates"]] == [
        (str(HAN), 80.0),
        (str(LI), 50.0),
    ]
    assert told["candidates"][0]["parts"] == {
        "load_share": 0.2,
        "skill": 0.0,
        "seniority": 0,
        "sticky": False,
        "last_assigned": NOW.isoformat(),
    }
    assert told["skipped"] == [{"person_id": str(WANG), "name": "客服103", "reason": "offline"}]


def test_a_long_explanation_is_cut_and_counted():
    crowd = [candidate(UUID(int=1000 + n)) for n in range(100)]
    away = [candidate(UUID(int=2000 + n), reasons=("away",)) for n in range(300)]
    told = board(*crowd, *away).decide(ask()).explanation
    assert (len(told["candidates"]), len(told["skipped"])) == (20, 50)
    assert told["skipped_counts"] == {"away": 300}


def test_an_unknown_group_has_nobody():
    choice = board(candidate(LI)).decide(ask(group_id=UUID(int=77)))
    assert choice.candidate is None
    assert choice.explanation["skipped_counts"] == {}
