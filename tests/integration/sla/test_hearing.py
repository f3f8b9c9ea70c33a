"""Facts in, clocks out: the same clocks whatever the order, however often."""

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.clock import utc_now
from tests.integration.sla.desk import Desk
from tests.integration.sla.story import Story


def test_a_new_ticket_has_a_clock_that_is_due_by_its_urgency(desk: Desk):
    story = Story(urgency="urgent").opened()
    desk.hear(*story.events)
    clock = desk.clock(story, "first_reply")
    assert clock["state"] == "running"
    assert clock["due_at"] == story.now + timedelta(hours=4)
    [told] = desk.told(story)
    assert told["type"] == "clock.changed"
    assert [one["target"] for one in told["clocks"]] == ["first_reply"]
    assert told["next_due_at"] == clock["due_at"].isoformat()
    assert (told["is_overdue"], told["revision"]) == (False, 1)
    assert desk.timer(story) == clock["due_at"] - timedelta(minutes=15)


def test_an_assignment_starts_the_clock_of_its_acceptance(desk: Desk):
    story = Story().opened().after(minutes=1).assigned()
    desk.hear(*story.events)
    clock = desk.clock(story, "accept")
    assert clock["assignment_epoch"] == 1
    assert clock["due_at"] == story.now + timedelta(hours=4)
    story.after(minutes=1).accepted()
    desk.hear(story.events[-1])
    assert desk.clock(story, "accept")["state"] == "met"


def test_what_changes_nothing_is_not_told(desk: Desk):
    story = Story().opened()
    desk.hear(*story.events)
    desk.hear(story.noted().events[-1])
    assert len(desk.told(story)) == 1


def test_a_solved_ticket_has_nothing_due(desk: Desk):
    story = Story().opened().after(minutes=1).assigned().after(minutes=1).solved()
    desk.hear(*story.events)
    ticket = desk.ticket(story)
    assert (ticket["next_due_at"], ticket["is_overdue"]) == (None, False)
    assert desk.timer(story) is None


def test_events_one_by_one_come_to_the_same_as_all_at_once(desk: Desk):
    began = utc_now() - timedelta(hours=12)
    at_once, one_by_one = Story(began).whole_life(), Story(began).whole_life()
    desk.hear(*at_once.events)
    for event in one_by_one.events:
        desk.hear(event)
    assert shown(desk, one_by_one) == shown(desk, at_once)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_any_order_and_repetition_comes_to_the_same(desk: Desk, seed: int):
    began, chance = utc_now() - timedelta(hours=12), random.Random(seed)
    straight, shuffled = Story(began).whole_life(), Story(began).whole_life()
    desk.hear(*straight.events)
    events = shuffled.events + chance.choices(shuffled.events, k=5)
    chance.shuffle(events)
    while events:
        size = chance.randint(1, 4)
        desk.hear(*events[:size])
        events = events[size:]
    assert shown(desk, shuffled) == shown(desk, straight)
    assert desk.timer(shuffled) == desk.timer(straight)


def test_the_end_may_arrive_before_the_beginning(desk: Desk):
    story = Story().opened().after(minutes=1).assigned().after(minutes=1).solved()
    desk.hear(story.events[2])
    assert desk.timer(story) is None
    desk.hear(story.events[0])
    desk.hear(story.events[1])
    assert desk.clock(story, "first_reply")["state"] == "met"
    assert desk.ticket(story)["status"] == "solved"


def test_a_batch_takes_as_many_statements_for_many_tickets_as_for_one(desk: Desk):
    def statements(count: int) -> int:
        stories = [
            Story(kind="complaint").opened().after(seconds=5).assigned() for _ in range(count)
        ]
        with desk.counting_statements() as seen:
            desk.hear(*(event for story in stories for event in story.events))
        return len(seen)

    statements(1)
    assert statements(60) == statements(1) <= 20


def shown(desk: Desk, story: Story) -> list[dict]:
    return [
        {name: value for name, value in clock.items() if name != "clock_id"}
        for clock in desk.clocks(story)
    ]
