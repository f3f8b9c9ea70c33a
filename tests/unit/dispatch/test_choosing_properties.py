"""What holds for every choice, whoever is there and whatever comes."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.domain.candidates import Candidate
from services.dispatch.domain.choosing import Ask
from services.dispatch.domain.rules import SkillNeed
from services.dispatch.domain.strategies import STRATEGIES, skill_of, wanted_by
from tests.unit.dispatch.making import GROUP, NOW, OTHER_GROUP, ask, board, rule

SKILLS = [UUID(int=301), UUID(int=302)]
LANGUAGES = ["zh", "en"]
ABSENCES = [(), (), (), ("offline",), ("away",), ("off_shift", "manual_only")]
EXCESS = 2


@st.composite
def people(draw, first: int):
    count = draw(st.integers(0, 4))
    return tuple(
        Candidate(
            UUID(int=first + n),
            f"客服{n}",
            capacity=draw(st.integers(0, 6)),
            load=draw(st.integers(0, 7)),
            seniority=draw(st.integers(0, 5)),
            languages=frozenset(draw(st.sets(st.sampled_from(LANGUAGES)))),
            skills=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5))),
            last_assigned_at=draw(
                st.none() | st.integers(0, 90).map(lambda n: NOW - timedelta(minutes=n))
            ),
            reasons=draw(st.sampled_from(ABSENCES)),
        )
        for n in range(count)
    )


needs = st.lists(st.builds(SkillNeed, st.sampled_from(SKILLS), st.integers(1, 5)), max_size=2).map(
    tuple
)
rules = st.builds(
    lambda **fields: rule(**fields),
    strategy=st.sampled_from(STRATEGIES),
    is_sticky=st.booleans(),
    matches_language=st.booleans(),
    required=needs,
    preferred=needs,
    overflow_group_ids=st.sampled_from([(), (OTHER_GROUP,)]),
)
asks = st.builds(
    lambda **fields: ask(**fields),
    rule=rules,
    weight=st.integers(0, 4),
    is_critical=st.booleans(),
    language=st.none() | st.sampled_from(LANGUAGES),
    excluded=st.sets(st.integers(1000, 1004).map(lambda n: UUID(int=n))).map(frozenset),
    sticky_id=st.none() | st.integers(1000, 1004).map(lambda n: UUID(int=n)),
)


def _critical_first(asked: Ask) -> bool:
    return not asked.is_critical


# A waiting list has the critical ones first, in which order they are asked for.
lists = st.lists(asks, max_size=12).map(
    lambda asked: sorted(asked, key=lambda a: not a.is_critical)
)


def limit_of(one: Candidate, asked: Ask) -> int:
    return one.limit(EXCESS if asked.is_critical else 0)


def could_take(one: Candidate, asked: Ask, load: int) -> bool:
    """The rules once more, said otherwise."""
    return (
        not one.reasons
        and one.person_id not in asked.excluded
        and all(one.skills.get(need.skill_id, 0) >= need.level for need in asked.rule.required)
        and not (
            asked.rule.matches_language and asked.language and asked.language not in one.languages
        )
        and load + asked.weight <= limit_of(one, asked)
    )


def copies(listed: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    return tuple(replace(one) for one in listed)


@given(people(1000), people(2000), lists)
def test_whoever_gets_a_ticket_can_take_it(own, others, asked):
    table = board(*own, others=others, excess=EXCESS)
    loads = {one.person_id: one.load for one in (*own, *others)}
    for one in asked:
        choice = table.decide(one)
        if choice.candidate:
            assert could_take(choice.candidate, one, loads[choice.candidate.person_id])
            loads[choice.candidate.person_id] += one.weight
    assert {one.person_id: one.load for one in (*own, *others)} == loads


@given(people(1000), people(2000), lists)
def test_nobody_overtakes_somebody_who_wants_the_same_person(own, others, asked):
    """Whom an earlier ticket waits for, no later one of the same urgency gets."""
    table = board(*own, others=others, excess=EXCESS)
    everybody = {one.person_id: one for one in (*own, *others)}
    wanted: set[UUID] = set()
    for one in asked:
        loads = {person_id: person.load for person_id, person in everybody.items()}
        choice = table.decide(one)
        if choice.candidate:
            assert choice.candidate.person_id not in wanted
        else:
            groups = (own, others) if one.rule.overflow_group_ids else (own,)
            wanted |= {
                person.person_id
                for group in groups
                for person in group
                if could_take(person, one, 0)
                and not could_take(person, one, loads[person.person_id])
            }


@given(people(1000), people(2000), asks)
def test_a_ticket_waits_only_if_nobody_could_take_it(own, others, asked):
    choice = board(*own, others=others, excess=EXCESS).choose(asked)
    able = [one for one in own if could_take(one, asked, one.load)]
    if asked.rule.overflow_group_ids:
        able += [one for one in others if could_take(one, asked, one.load)]
    assert (choice.candidate is None) is (not able)


@given(people(1000), people(2000), asks)
def test_every_choice_accounts_for_everybody_of_the_group(own, others, asked):
    choice = board(*own, others=others, excess=EXCESS).choose(asked)
    told = choice.explanation
    looked_at = own if told["group_id"] == str(GROUP) else others
    assert len(told["candidates"]) + sum(told["skipped_counts"].values()) == len(looked_at)
    assert len(told["skipped"]) == sum(told["skipped_counts"].values())
    named = {one["person_id"] for one in (*told["candidates"], *told["skipped"])}
    assert named == {str(one.person_id) for one in looked_at}
    if choice.candidate:
        assert told["chosen"]["person_id"] == told["candidates"][0]["person_id"]
        assert told["chosen"]["person_id"] == str(choice.candidate.person_id)
    else:
        assert told["chosen"] is None
        assert not told["candidates"]


@given(people(1000), asks)
def test_scores_fall_in_the_order_of_the_candidates(own, asked):
    told = board(*own, excess=EXCESS).choose(asked).explanation
    scores = [one["score"] for one in told["candidates"]]
    assert scores == sorted(scores, reverse=True)


@given(people(1000), asks)
def test_the_same_board_gives_the_same_choice_in_whatever_order_people_stand(own, asked):
    one = board(*copies(own), excess=EXCESS).decide(asked)
    other = board(*reversed(copies(own)), excess=EXCESS).decide(asked)
    assert one.candidate == other.candidate


@given(people(1000), asks)
def test_each_strategy_keeps_its_word(own, asked):
    plain = replace(asked, rule=replace(asked.rule, is_sticky=False), is_critical=False)
    choice = board(*copies(own), excess=EXCESS).choose(plain)
    if choice.candidate is None:
        return
    able = [one for one in own if could_take(one, plain, one.load)]
    measure = {
        "least_loaded": lambda one: one.share,
        "round_robin": lambda one: one.last_assigned_at.timestamp() if one.last_assigned_at else 0,
        "skill_match": lambda one: -skill_of(one, wanted_by(plain.rule)),
        "senior_first": lambda one: -one.seniority,
    }[plain.rule.strategy]
    assert measure(choice.candidate) == min(map(measure, able))


@given(people(1000), asks)
def test_whom_the_customer_knows_gets_it_if_able(own, asked):
    sticky = replace(asked, rule=replace(asked.rule, is_sticky=True), is_critical=False)
    known = next((one for one in own if one.person_id == sticky.sticky_id), None)
    choice = board(*own, excess=EXCESS).choose(sticky)
    if known and could_take(known, sticky, known.load):
        assert choice.candidate is known
