"""Due times accounted for, stretch by stretch."""

from services.sla.domain.explaining import explain, remaining_seconds
from tests.unit.sla.making import HOUR, MONDAY, WORKDAYS, Life, clock_at, clocks, every, policy

TERMS = policy(targets={"resolution": every(4 * HOUR)}, pause_statuses=["awaiting_customer"])


def test_nights_and_pauses_are_told_apart() -> None:
    life = Life(clock_at("Mon 16:00")).assign(clock_at("Mon 16:00"))
    life.move(clock_at("Mon 17:00"), "awaiting_customer").ask(clock_at("Tue 7:00"))
    clock = clocks(life, TERMS)["resolution", 1]
    rows = explain(clock, WORKDAYS, clock_at("Tue 7:00"))
    assert [(row.why, row.counts, row.seconds, row.running_total) for row in rows] == [
        ("open", True, HOUR, HOUR),
        ("awaiting_customer", False, 14 * HOUR, HOUR),
        ("closed", False, HOUR, HOUR),
        ("open", True, 3 * HOUR, 4 * HOUR),
    ]
    assert rows[-1].end == clock.due_at == clock_at("Tue 11:00")


def test_a_pause_that_goes_on_has_no_end() -> None:
    life = Life().assign(MONDAY).move(clock_at("Mon 10:00"), "awaiting_customer")
    clock = clocks(life, TERMS)["resolution", 1]
    *_, last = explain(clock, WORKDAYS, clock_at("Mon 12:00"))
    assert (last.why, last.end, last.seconds, last.running_total) == (
        "awaiting_customer",
        None,
        2 * HOUR,
        HOUR,
    )
    assert last.as_json()["to"] is None
    assert remaining_seconds(clock, WORKDAYS, clock_at("Fri 12:00")) == 3 * HOUR


def test_what_is_left_grows_less_while_it_is_open() -> None:
    clock = clocks(Life(clock_at("Mon 17:00")), TERMS)["resolution", 1]
    left = [remaining_seconds(clock, WORKDAYS, clock_at(at)) for at in ("Mon 17:30", "Tue 7:00")]
    assert left == [3.5 * HOUR, 3 * HOUR]
    assert remaining_seconds(clock, WORKDAYS, clock_at("Wed 9:00")) == 0
