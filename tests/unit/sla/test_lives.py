"""Random lives of tickets: their clocks against a count of minutes, and the laws they keep."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.calendars import ALWAYS
from services.sla.domain.book import PolicyBook
from services.sla.domain.clocks import Clock
from services.sla.domain.explaining import explain, remaining_seconds
from services.sla.domain.folding import fold
from services.sla.domain.vocabulary import BREACHED, CANCELLED, MET, PAUSED, RUNNING
from tests.unit.common.calendars.minutes import is_open_at
from tests.unit.sla.ledger import Expected, Ledger, expected_clocks
from tests.unit.sla.lives import cases
from tests.unit.sla.making import CALENDAR_ID, Life

_HORIZON = timedelta(days=2)
_LATER = st.sampled_from([0, 1, 45, 600, 3000]).map(lambda minutes: timedelta(minutes=minutes))


@settings(max_examples=200)
@given(cases(), _LATER, st.data())
def test_clocks_are_those_of_a_count_of_minutes(case, later, data) -> None:
    life, book, _ = case
    facts = life.facts
    if data.draw(st.booleans()):
        facts = data.draw(st.lists(st.sampled_from(facts), min_size=1, unique=True))
    last = max(fact.occurred_at for fact in facts)
    calendar = book._calendars[CALENDAR_ID]
    horizon = last + _HORIZON
    ledger = Ledger(facts, lambda at: is_open_at(calendar, at), horizon)
    clocks = {(one.target, one.cycle): one for one in fold(facts, book, last + later)}
    for one in expected_clocks(facts):
        clock = clocks.pop((one.target, one.cycle), None)
        _compare(one, clock, book, ledger, horizon, last + later)
    assert not clocks


def _compare(
    one: Expected,
    clock: Clock | None,
    book: PolicyBook,
    ledger: Ledger,
    horizon: datetime,
    now: datetime,
) -> None:
    policy = book.choose(one.last.about, one.ended_at)
    key = one.status if one.target == "status" else one.last.urgency
    seconds = policy.targets.get(one.target, {}).get(key) if policy else None
    if policy is None or seconds is None:
        assert clock is None
        return
    assert clock is not None, one
    always = book.hours_of(policy) is ALWAYS
    due_at, left = ledger.due(one, policy.pause_statuses, seconds, always=always)
    assert (clock.policy_id, clock.revision) == (policy.policy_id, policy.revision)
    assert (clock.started_at, clock.ended_at) == (one.started_at, one.ended_at)
    assert (clock.target_seconds, clock.status) == (seconds, one.status)
    if due_at is None:  # paused, or the calendar does not open enough within the horizon
        assert clock.due_at is None or clock.due_at > horizon
    else:
        assert clock.due_at == due_at
    is_late = due_at is not None and due_at <= (one.ended_at or now)
    assert clock.is_breached == is_late
    assert clock.state == _state(one, clock, is_late=is_late)
    if clock.state == PAUSED:
        assert clock.remaining_seconds == left


def _state(one: Expected, clock: Clock, *, is_late: bool) -> str:
    if one.ended_at is not None:
        return MET if one.is_met else CANCELLED
    if is_late:
        return BREACHED
    return PAUSED if clock.is_paused else RUNNING


@given(cases(), _LATER, st.data())
def test_facts_may_come_in_any_order_and_again(case, later, data) -> None:
    life, book, _ = case
    now = life.facts[-1].occurred_at + later
    again = data.draw(st.lists(st.sampled_from(life.facts)))
    shuffled = data.draw(st.permutations(life.facts + again))
    assert fold(shuffled, book, now) == fold(life.facts, book, now)


@given(cases(), _LATER, st.data())
def test_what_is_missing_at_first_makes_no_difference_in_the_end(case, later, data) -> None:
    life, book, _ = case
    now = life.facts[-1].occurred_at + later
    known = data.draw(st.lists(st.sampled_from(life.facts), unique=True))
    for clock in fold(known, book, now):
        assert clock.due_at is None or clock.due_at > clock.started_at
    missing = [fact for fact in life.facts if fact not in known]
    assert fold(known + missing, book, now) == fold(life.facts, book, now)


@given(cases(), _LATER)
def test_the_counted_seconds_of_every_due_time_add_up_to_the_target(case, later) -> None:
    life, book, _ = case
    now = life.facts[-1].occurred_at + later
    for clock in fold(life.facts, book, now):
        hours = book.hours_of(book.revision(clock.policy_id, clock.revision))
        rows = explain(clock, hours, now)
        counted = sum(row.seconds for row in rows if row.counts)
        assert [row.end for row in rows[:-1]] == [row.start for row in rows[1:]]
        assert not rows or rows[-1].running_total == counted
        assert not rows or rows[0].start == clock.started_at
        if clock.due_at is not None:
            assert counted == clock.target_seconds
            assert rows[-1].end == clock.due_at
        elif clock.is_paused:
            assert clock.target_seconds - counted == clock.remaining_seconds
            assert rows[-1].end is None


@given(cases(), _LATER)
def test_what_passed_of_an_ended_clock_and_what_was_left_of_it_are_its_target(case, later) -> None:
    life, book, _ = case
    for clock in fold(life.facts, book, life.facts[-1].occurred_at + later):
        assert (clock.elapsed_seconds is None) == clock.is_unended
        if clock.ended_at is None or clock.due_at is None:
            continue
        hours = book.hours_of(book.revision(clock.policy_id, clock.revision))
        over = hours.between(clock.due_at, clock.ended_at)
        late = sum(
            hours.between(max(one.start, clock.due_at), one.end)
            for one in clock.pauses
            if one.end is not None and one.end > clock.due_at
        )
        left = hours.between(clock.ended_at, clock.due_at)
        assert abs(clock.elapsed_seconds - (clock.target_seconds - left + over - late)) < 0.001


@given(cases(), _LATER)
def test_a_clock_is_breached_from_its_due_time_on_and_never_while_paused(case, later) -> None:
    life, book, _ = case
    now = life.facts[-1].occurred_at + later
    for clock in fold(life.facts, book, now):
        hours = book.hours_of(book.revision(clock.policy_id, clock.revision))
        left = remaining_seconds(clock, hours, now)
        if clock.state == PAUSED:
            assert clock.due_at is None
            assert left
        if clock.state == BREACHED:
            assert clock.due_at <= now
            assert left == 0
        if clock.state == RUNNING and clock.due_at is not None:
            assert clock.due_at > now
            assert left
        assert not any(pause.end is None for pause in clock.pauses) or clock.is_paused


@given(cases())
def test_time_alone_changes_nothing_but_what_becomes_overdue(case) -> None:
    life, book, _ = case
    now = life.facts[-1].occurred_at
    before = fold(life.facts, book, now)
    after = fold(life.facts, book, now + timedelta(days=30))
    for earlier, later in zip(before, after, strict=True):
        if earlier != later:
            assert (earlier.state, later.state) == (RUNNING, BREACHED)
            assert earlier.due_at == later.due_at


@given(cases())
def test_no_two_clocks_of_a_ticket_have_the_same_id(case) -> None:
    life, book, _ = case
    clocks = fold(life.facts, book, datetime.now(UTC))
    keys = [(clock.target, clock.cycle) for clock in clocks]
    assert len(keys) == len(set(keys))


def test_a_ticket_of_which_nothing_is_known_has_no_clocks() -> None:
    life = Life()
    assert fold([], PolicyBook([], {}), life.created_at) == []
    assert fold(life.facts, PolicyBook([], {}), life.created_at) == []
