"""Warnings, breaches and steps: each told once, in order, and never after the fact."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from tests.integration.sla.desk import Desk
from tests.integration.sla.story import Story

TOLD = ("clock.warned", "clock.breached", "step.reached")


@pytest.fixture
def late(desk: Desk) -> Story:
    """A ticket whose first reply was due an hour ago; nothing has been told yet."""
    story = Story(utc_now() - timedelta(hours=25)).opened()
    desk.hear(*story.events)
    return story


def test_reminder_breach_and_step_are_told_in_their_order(desk: Desk):
    story = Story(urgency="critical").opened()
    desk.hear(*story.events)
    due = desk.clock(story, "first_reply")["due_at"]
    desk.ring(story, now=due - timedelta(minutes=15))
    assert [one["type"] for one in desk.told(story, *TOLD)] == ["clock.warned", "step.reached"]
    assert desk.timer(story) == due
    desk.ring(story, now=due)
    assert [one["type"] for one in desk.told(story, *TOLD)][2:] == [
        "clock.breached",
        "step.reached",
    ]
    assert desk.clock(story, "first_reply")["state"] == "breached"
    breached = desk.told(story, "clock.breached")[0]
    assert (breached["is_overdue"], breached["next_due_at"]) == (True, due.isoformat())
    assert breached["policy_name"] == "默认"
    assert desk.steps(story) == [
        ("first_reply", "first_reply_soon"),
        ("first_reply", "first_reply_overdue"),
    ]
    assert desk.told(story, "step.reached")[1]["recipients"] == [
        {"to": "assignee"},
        {"to": "group_leads"},
    ]
    assert desk.timer(story) is None


def test_a_breach_is_told_once_whatever_comes_after(desk: Desk, late: Story):
    now = utc_now()
    for _ in range(3):
        desk.ring(late, now=now)
        desk.hear(*late.events)
    desk.recompute()
    desk.hear(late.noted().events[-1])
    desk.ring(late, now=now + timedelta(hours=1))
    assert len(desk.told(late, "clock.breached")) == 1
    assert len(desk.steps(late)) == len(set(desk.steps(late)))


def test_what_a_breach_says_is_not_said_by_another_event(desk: Desk):
    story = Story(urgency="critical").opened()
    desk.hear(*story.events)
    desk.ring(story, now=desk.clock(story, "first_reply")["due_at"])
    assert len(desk.told(story, "clock.changed")) == 1
    assert desk.ticket(story)["revision"] == desk.told(story)[-1]["revision"] == 2


def test_an_answer_in_time_leaves_nothing_to_tell(desk: Desk):
    story = Story(urgency="critical").opened()
    desk.hear(*story.events)
    due = desk.clock(story, "first_reply")["due_at"]
    story.after(minutes=1).replied()
    desk.hear(story.events[-1])
    desk.ring(story, now=due)
    assert desk.steps(story) == []


def test_an_accept_clock_that_is_breached_names_its_assignment(desk: Desk):
    story = Story(urgency="critical").opened().after(seconds=5).assigned().after(seconds=5)
    story.assigned()
    desk.hear(*story.events)
    accept = desk.clock(story, "accept", 2)
    desk.ring(story, now=accept["due_at"])
    [breached] = [one for one in desk.told(story, "clock.breached") if one["target"] == "accept"]
    assert breached["assignment_epoch"] == 2
    assert breached["assignee_id"] == str(story.header["assignee_id"])


def test_an_unresolved_complaint_is_told_of_every_half_hour(desk: Desk):
    began = utc_now() - timedelta(hours=80)
    story = Story(began, kind="complaint", urgency="normal").opened()
    desk.hear(*story.events)
    due = began + timedelta(hours=72)
    for minutes in (0, 30, 60):
        desk.ring(story, now=due + timedelta(minutes=minutes))
    keys = [key for target, key in desk.steps(story) if target == "resolution"]
    assert keys == ["unresolved#1", "unresolved#2", "unresolved#3"]
    assert desk.timer(story) == due + timedelta(minutes=90)


def test_after_a_downtime_a_recurring_step_is_told_once(desk: Desk):
    began = utc_now() - timedelta(hours=76)
    story = Story(began, kind="complaint").opened()
    desk.hear(*story.events)
    desk.ring(story, now=began + timedelta(hours=75, minutes=10))
    assert [key for target, key in desk.steps(story) if target == "resolution"] == ["unresolved#7"]


def test_the_crash_of_an_app_goes_to_the_technical_director(desk: Desk):
    story = Story(kind="repair", urgency="urgent", subject="APP 闪退").opened()
    desk.hear(*story.events)
    remind, due = story.now + timedelta(minutes=90), story.now + timedelta(hours=2)
    assert desk.timer(story) == remind
    desk.ring(story, now=remind)
    desk.ring(story, now=due)
    told = desk.told(story, "step.reached")
    assert [one["step"] for one in told] == ["remind", "escalate"]
    assert {"to": "title", "title": "技术总监"} in told[1]["recipients"]
    assert [one["type"] for one in told[1]["actions"]] == ["assign", "set_urgency"]


def test_a_ticket_that_somebody_holds_is_told_of_a_moment_later(
    desk: Desk, late: Story, database: Database
):
    free = Story(utc_now() - timedelta(hours=25)).opened()
    desk.hear(*free.events)
    hold = "SELECT 1 FROM tickets WHERE ticket_id = :id FOR UPDATE"
    with database.begin() as holder:
        holder.session.execute(text(hold), {"id": late.ticket_id})
        desk.ring(late, free, now=utc_now())
    assert desk.told(late, *TOLD) == []
    assert desk.told(free, "clock.breached")
    assert desk.timer(late) is not None
    desk.ring(late, now=utc_now())
    assert desk.told(late, "clock.breached")


def test_many_tickets_are_told_of_in_as_many_statements_as_one(desk: Desk):
    def statements(count: int) -> int:
        stories = [Story(utc_now() - timedelta(hours=25)).opened() for _ in range(count)]
        desk.hear(*(event for story in stories for event in story.events))
        with desk.counting_statements() as seen:
            desk.ring(*stories, now=utc_now())
        assert all(desk.told(story, "clock.breached") for story in stories)
        return len(seen)

    statements(1)
    assert statements(50) == statements(1) <= 16


def test_nothing_is_told_while_events_of_long_ago_are_caught_up_with(desk: Desk):
    desk.do("TRUNCATE timers")
    began = utc_now() - timedelta(hours=3)
    stories = [Story(began, waited=True, urgency="critical").opened() for _ in range(50)]
    desk.hear(*(event for story in stories for event in story.events))
    desk.run_timers()
    assert not any(desk.told(story, *TOLD) for story in stories)
    # The answers had been given in time, and waited in the queue.
    answers = [story.after(minutes=5).replied().events[-1] for story in stories]
    desk.hear(*answers)
    desk.do("UPDATE book SET behind_until = '-infinity'")
    desk.run_timers()
    assert not any(
        one["target"] == "first_reply" for story in stories for one in desk.told(story, *TOLD)
    )


def test_what_an_edit_has_saved_is_overdue_again_when_its_new_time_comes(desk: Desk):
    story = Story(urgency="critical").opened()
    desk.hear(*story.events)
    due = desk.clock(story, "first_reply")["due_at"]
    desk.ring(story, now=due)
    desk.hear(story.after(hours=3).edited(urgency="normal").events[-1], now=due)
    later = desk.clock(story, "first_reply")["due_at"]
    assert later > due
    assert not desk.ticket(story)["is_overdue"]
    desk.ring(story, now=later - timedelta(minutes=15))
    assert desk.timer(story) == later
    desk.ring(story, now=later)
    assert desk.ticket(story)["is_overdue"]
    newest = desk.told(story)[-1]
    assert (newest["type"], newest["is_overdue"]) == ("clock.changed", True)
    assert len(desk.told(story, "clock.breached")) == 1, "of one clock it is told once"
    assert desk.timer(story) is None
