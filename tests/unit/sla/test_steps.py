"""Steps: what is told before, at and after a due time, and what after the desk was down."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.sla.domain.clocks import Clock
from services.sla.domain.policies import Policy
from services.sla.domain.stepping import next_step_at, planned_steps, steps_due
from tests.unit.sla.making import HOUR, MONDAY, WORKDAYS, Life, clock_at, clocks, every, policy

REMIND = {"key": "remind", "target": "resolution", "offset_seconds": -HOUR}
OVERDUE = {"key": "overdue", "target": "resolution", "offset_seconds": 0}
LATE = {"key": "late", "target": "resolution", "offset_seconds": HOUR}
NAG = {
    "key": "nag",
    "target": "resolution",
    "offset_seconds": 1800,
    "repeat_seconds": 1800,
    "repeat_limit": 5,
}


def stepping(*steps, **values) -> Policy:
    """Four hours to resolve, with steps on the way."""
    return policy(targets={"resolution": every(4 * HOUR)}, steps=list(steps), **values)


def clock_of(terms: Policy, life: Life | None = None, now=None) -> Clock:
    return clocks(life or Life(clock_at("Mon 17:00")), terms, now=now)["resolution", 1]


def keys(terms: Policy, now, done=(), clock=None) -> list[str]:
    clock = clock or clock_of(terms, now=now)
    return [one.key for one in steps_due(clock, terms, WORKDAYS, set(done), now)]


def test_the_reminder_one_hour_before_tuesday_eleven_comes_at_ten() -> None:
    terms = stepping(REMIND)
    assert next_step_at(clock_of(terms), terms, WORKDAYS, set()) == clock_at("Tue 10:00")
    assert keys(terms, clock_at("Tue 9:59")) == []
    assert keys(terms, clock_at("Tue 10:00")) == ["remind"]


def test_a_business_hour_before_the_morning_is_an_hour_of_the_evening() -> None:
    terms = stepping(REMIND)
    clock = clock_of(terms, Life(clock_at("Mon 14:30")))
    assert clock.due_at == clock_at("Tue 8:30")
    assert next_step_at(clock, terms, WORKDAYS, set()) == clock_at("Mon 17:30")


def test_a_step_may_count_elapsed_time_instead() -> None:
    business = {**LATE, "offset_seconds": 10 * HOUR}
    terms = stepping(business, {**business, "key": "elapsed", "calendar": "elapsed"})
    plan = planned_steps(clock_of(terms, Life(clock_at("Mon 13:00"))), terms, WORKDAYS)
    assert [(one.key, one.at) for one in plan] == [
        ("elapsed", clock_at("Tue 3:00")),
        ("late", clock_at("Tue 17:00")),
    ]


def test_steps_know_their_phase() -> None:
    terms = stepping(LATE, REMIND, OVERDUE, NAG)
    plan = planned_steps(clock_of(terms), terms, WORKDAYS)
    assert [(one.key, one.phase) for one in plan] == [
        ("remind", "before"),
        ("overdue", "due"),
        ("nag#1", "after"),
        ("late", "after"),
    ]


def test_each_step_is_told_once() -> None:
    terms = stepping(REMIND, OVERDUE)
    due = clock_at("Tue 11:00")
    assert keys(terms, due) == ["remind", "overdue"]
    assert keys(terms, due, done=["remind"]) == ["overdue"]
    assert keys(terms, due, done=["remind", "overdue"]) == []
    assert next_step_at(clock_of(terms), terms, WORKDAYS, {"remind", "overdue"}) is None


def test_a_recurring_step_comes_until_it_is_handled() -> None:
    terms = stepping(NAG)
    assert keys(terms, clock_at("Tue 11:30")) == ["nag#1"]
    assert keys(terms, clock_at("Tue 12:00"), done=["nag#1"]) == ["nag#2"]
    handled = Life(clock_at("Mon 17:00")).assign(MONDAY).solve(clock_at("Tue 12:10"))
    clock = clock_of(terms, handled, clock_at("Tue 12:30"))
    assert keys(terms, clock_at("Tue 12:30"), done=["nag#1"], clock=clock) == []
    assert next_step_at(clock, terms, WORKDAYS, {"nag#1"}) is None


def test_a_recurring_step_ends_at_its_limit() -> None:
    terms = stepping(NAG)
    assert keys(terms, clock_at("Thu 11:00")) == ["nag#5"]
    assert keys(terms, clock_at("Thu 11:00"), done=["nag#5"]) == []
    assert next_step_at(clock_of(terms), terms, WORKDAYS, {"nag#5"}) is None


def test_after_downtime_all_steps_come_in_order_but_of_recurring_ones_the_newest() -> None:
    terms = stepping(NAG, LATE, OVERDUE, REMIND)
    assert keys(terms, clock_at("Tue 12:40")) == ["remind", "overdue", "late", "nag#3"]
    assert keys(terms, clock_at("Tue 12:40"), done=["remind", "nag#1"]) == [
        "overdue",
        "late",
        "nag#3",
    ]


def test_nothing_is_told_of_a_clock_that_stands_still() -> None:
    terms = stepping(REMIND, NAG, pause_statuses=["awaiting_customer"])
    life = Life(clock_at("Mon 9:00")).assign(MONDAY)
    paused = clock_of(terms, life.move(clock_at("Mon 10:00"), "awaiting_customer"))
    assert keys(terms, clock_at("Fri 12:00"), clock=paused) == []
    assert planned_steps(paused, terms, WORKDAYS) == []
    late = Life(clock_at("Mon 9:00")).assign(MONDAY)
    overdue = clock_of(terms, late.move(clock_at("Mon 14:00"), "awaiting_customer"))
    assert overdue.state == "breached"
    assert keys(terms, clock_at("Fri 12:00"), done=["remind"], clock=overdue) == []


def test_a_repeated_breach_goes_on_where_the_first_one_stopped() -> None:
    terms = stepping(NAG)
    life = Life(clock_at("Mon 9:00")).assign(MONDAY).accept(MONDAY)
    life.solve(clock_at("Mon 14:10")).reopen(clock_at("Tue 9:00"))
    clock = clock_of(terms, life)
    assert clock.state == "breached"
    assert keys(terms, clock_at("Tue 9:00"), done=["nag#1", "nag#2"], clock=clock) == ["nag#5"]


@given(st.lists(st.integers(0, 12 * 60), min_size=1, max_size=12))
def test_however_often_one_looks_every_step_is_told_once_and_in_order(looks) -> None:
    terms = stepping(REMIND, OVERDUE, NAG, LATE)
    told: list[str] = []
    times = []
    for minutes in sorted(looks):
        now = clock_at("Tue 8:00") + timedelta(minutes=minutes)
        clock = clock_of(terms, now=now)
        reached = steps_due(clock, terms, WORKDAYS, set(told), now)
        told += [one.key for one in reached]
        times += [one.at for one in reached]
        coming = next_step_at(clock, terms, WORKDAYS, set(told))
        assert coming is None or coming > now
        assert all(one.at <= now for one in reached)
        assert [one.at for one in reached] == sorted(one.at for one in reached)
    assert len(told) == len(set(told))
    nags = [int(key.partition("#")[2]) for key in told if "#" in key]
    assert nags == sorted(nags)
