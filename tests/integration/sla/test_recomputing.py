"""After an edit the clocks of unfinished tickets follow, batch by batch; nothing is told twice."""

from datetime import timedelta

import pytest

from libs.common.clock import utc_now
from tests.integration.sla.desk import Desk
from tests.integration.sla.story import Story
from tests.support.asking import Ask
from tests.support.customers import customer


@pytest.fixture(autouse=True)
def _shipped_again(desk: Desk, ask: Ask):
    """Each test edits the shipped policy and leaves it as it was."""
    before = policy(ask)
    yield
    after = policy(ask)
    ask(
        "replace_policy",
        policy_id=after["policy_id"],
        version=after["version"],
        values=values(before),
    )
    for left in ask("list_policies")["items"]:
        if not left["policy_id"].startswith("5a000000"):
            ask("remove_policy", policy_id=left["policy_id"], version=left["version"])


def policy(ask: Ask) -> dict:
    """The shipped default."""
    return ask("get_policy", policy_id="5a000000-0000-7000-8000-000000000004")


def values(shown: dict) -> dict:
    names = ("name", "is_active", "condition", "calendar_id", "pause_statuses", "targets", "steps")
    return {name: shown[name] for name in names}


def edit(ask: Ask, **changes: object) -> None:
    shown = policy(ask)
    ask(
        "replace_policy",
        policy_id=shown["policy_id"],
        version=shown["version"],
        values={**values(shown), **changes},
    )


def test_an_edited_target_moves_the_due_times_of_open_tickets(desk: Desk, ask: Ask):
    story = Story(urgency="normal").opened()
    desk.hear(*story.events)
    edit(ask, targets={"first_reply": {"normal": 7200}}, steps=[])
    assert desk.recompute() >= 1
    due = story.now + timedelta(hours=2)
    assert desk.clock(story, "first_reply")["due_at"] == due
    assert desk.timer(story) == desk.ticket(story)["next_due_at"] == due
    assert [one["revision"] for one in desk.told(story)] == [1, 2]
    assert desk.recompute() == 0


def test_a_clock_whose_target_is_gone_is_cancelled_and_says_so(desk: Desk, ask: Ask):
    story = Story().opened().after(seconds=1).assigned()
    desk.hear(*story.events)
    edit(ask, targets={"first_reply": {"normal": 86400}}, steps=[])
    desk.recompute()
    assert [clock["target"] for clock in desk.clocks(story)] == ["first_reply"]
    gone = {one["target"] for one in desk.told(story)[-1]["clocks"] if one["state"] == "cancelled"}
    assert "accept" in gone


def test_a_clock_that_has_ended_keeps_what_it_was_judged_by(desk: Desk, ask: Ask):
    story = Story(utc_now() - timedelta(hours=5)).opened().after(hours=3).replied()
    desk.hear(*story.events)
    before = desk.clock(story, "first_reply")
    assert (before["state"], before["is_breached"]) == ("met", False)
    edit(ask, targets={"first_reply": {"normal": 3600}}, steps=[])
    desk.recompute()
    assert desk.clock(story, "first_reply") == before


def test_what_was_told_stays_told_though_the_due_time_moves(desk: Desk, ask: Ask):
    story = Story(utc_now() - timedelta(hours=25)).opened()
    desk.hear(*story.events)
    desk.ring(story, now=utc_now())
    told = desk.told(story, "clock.breached", "step.reached")
    steps = [one for one in policy(ask)["steps"] if one["target"] == "first_reply"]
    edit(ask, targets={"first_reply": {"normal": 30 * 3600}}, steps=steps)
    desk.recompute()
    assert desk.clock(story, "first_reply")["state"] == "running"
    assert not desk.ticket(story)["is_overdue"]
    desk.ring(story, now=utc_now() + timedelta(hours=6))
    assert desk.told(story, "clock.breached", "step.reached") == told


def test_what_nobody_can_see_is_not_told(desk: Desk, ask: Ask):
    story = Story().opened()
    desk.hear(*story.events)
    edit(ask, name="默认政策")
    desk.recompute()
    edit(ask, name="默认")
    desk.recompute()
    assert len(desk.told(story)) == desk.ticket(story)["revision"] == 1


def test_a_finished_ticket_is_left_alone(desk: Desk, ask: Ask):
    story = Story().opened().after(minutes=1).solved()
    desk.hear(*story.events)
    edit(ask, targets={"first_reply": {"normal": 60}}, steps=[])
    desk.recompute()
    assert desk.ticket(story)["revision"] == 1


def test_many_tickets_are_done_in_batches_and_go_on_where_it_stopped(desk: Desk, ask: Ask):
    desk.recompute()
    stories = [Story().opened() for _ in range(250)]
    desk.hear(*(event for story in stories for event in story.events))
    edit(ask, targets={"first_reply": {"normal": 3600}}, steps=[])
    assert desk.recompute() >= 3
    assert {desk.clock(story, "first_reply")["target_seconds"] for story in stories[::50]} == {3600}


def test_a_calendar_s_new_hours_move_due_times(desk: Desk, ask: Ask):
    week = {str(day): [["00:00", "24:00"]] for day in range(1, 8)}
    calendar = ask("create_calendar", values={"name": "全天", "weekly": week})
    edit(ask, calendar_id=calendar["calendar_id"])
    story = Story().opened()
    desk.hear(*story.events)
    assert desk.clock(story, "first_reply")["due_at"] == story.now + timedelta(hours=24)
    day = (story.now + timedelta(hours=8)).date().isoformat()
    ask(
        "set_day", calendar_id=calendar["calendar_id"], date=day, kind="holiday", periods=[],
        name="店庆",
    )  # fmt: skip
    desk.recompute()
    assert desk.clock(story, "first_reply")["due_at"] > story.now + timedelta(hours=24)


def test_the_tier_of_a_customer_decides_whichever_comes_first(desk: Desk, ask: Ask):
    vip = {
        **values(policy(ask)),
        "name": "VIP",
        "condition": {"field": "tier", "op": "is", "value": "vip"},
        "targets": {"first_reply": {"normal": 600}},
        "steps": [],
    }
    ask("create_policy", values=vip)
    ids = [one["policy_id"] for one in ask("list_policies")["items"]]
    ask("order_policies", policy_ids=[ids[-1], *ids[:-1]])
    early, late = Story().opened(), Story().opened()
    desk.hear(*early.events)
    for story in (early, late):
        desk.hear_customers(customer(story.header["customer_id"], tier="vip"))
    desk.hear(*late.events)
    desk.recompute()
    for story in (early, late):
        desk.hear_customers(
            customer(story.header["customer_id"], tier="vip", version=3),
            customer(story.header["customer_id"], tier="normal", version=2),
        )
    desk.recompute()
    for story in (early, late):
        assert desk.clock(story, "first_reply")["target_seconds"] == 600


def test_policies_that_pass_a_ticket_to_one_another_come_to_an_end(desk: Desk, ask: Ask):
    step = {"key": "round", "target": "status", "offset_seconds": 0}
    note = {"type": "add_note", "text": "再转"}
    targets = {"status": {"in_progress": 60, "follow_up": 60}}
    edit(ask, targets=targets, steps=[{**step, "recipients": [], "actions": [note]}])
    story = Story().opened()
    for turn in range(60):
        story.after(hours=1).moved(("in_progress", "follow_up")[turn % 2])
        desk.hear(story.events[-1], now=story.now)
        desk.ring(story, now=story.now + timedelta(minutes=2))
    reached = desk.told(story, "step.reached")
    assert len(reached) == 60, "people are told all the same"
    assert sum(bool(one["actions"]) for one in reached) == 50
