"""What is shown of clocks: explained, tried out, reconciled, and only to whom it may concern."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.errors import Forbidden, InvalidInput, NotFound
from tests.integration.sla.desk import Desk
from tests.integration.sla.story import Story
from tests.support.actors import actor
from tests.support.asking import Ask
from tests.support.directory import group, person

GATEWAY = Actor(None, "网关", kind="gateway", permissions=frozenset({"sla.reconcile"}))


def seen(story: Story, **changes: Any) -> dict[str, Any]:
    """The ticket's header as ticketing's own list tells it."""
    header = story.header | changes
    told = {
        **header,
        "status_category": "new",
        "occurred_at": story.now,
        "scope": {"requester": header["customer_id"]},
    }
    return {name: _plain(value) for name, value in told.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if hasattr(value, "hex") else value


def test_every_second_of_a_clock_is_accounted_for(desk: Desk, ask: Ask):
    story = Story(utc_now() - timedelta(hours=10)).whole_life()
    desk.hear(*story.events)
    items = ask("list_clocks", number=story.number)["items"]
    assert [one["started_at"] for one in items] == sorted(one["started_at"] for one in items)
    for clock in items:
        counted = sum(one["seconds"] for one in clock["explanation"] if one["counts"])
        if clock["due_at"] is not None:
            assert counted == pytest.approx(clock["target_seconds"], abs=0.01)
        assert clock["policy"]["name"] == "默认"
    paused = next(one for one in items if one["target"] == "next_reply")
    assert [one["key"] for one in paused["steps"]] == ["next_reply_overdue"]


def test_what_is_told_of_an_ended_clock_says_when_it_stopped_and_what_had_passed(desk: Desk):
    story = Story(urgency="urgent").opened().after(minutes=7, seconds=30).assigned().replied()
    desk.hear(*story.events)
    [told] = [one for one in desk.told(story) if one["type"] == "clock.changed"]
    [reply] = [one for one in told["clocks"] if one["target"] == "first_reply"]
    assert (reply["state"], reply["stopped_at"]) == ("met", story.now.isoformat())
    assert reply["elapsed_seconds"] == desk.clock(story, "first_reply")["elapsed_seconds"] // 1
    [running] = [one for one in told["clocks"] if one["target"] == "accept"]
    assert (running["stopped_at"], running["elapsed_seconds"]) == (None, None)


def test_steps_say_when_they_were_told(desk: Desk, ask: Ask):
    story = Story(utc_now() - timedelta(hours=76), kind="complaint").opened()
    desk.hear(*story.events)
    now = utc_now()
    desk.ring(story, now=now)
    items = {one["target"]: one for one in ask("list_clocks", number=story.number)["items"]}
    told = {one["key"]: one["told_at"] for one in items["resolution"]["steps"]}
    assert told["unresolved#1"] is None
    assert datetime.fromisoformat(told["unresolved#9"]) == now
    assert items["resolution"]["remaining_seconds"] == 0


def test_clocks_are_shown_to_whoever_may_see_the_ticket(desk: Desk, ask: Ask):
    li = actor("agent", "李雷")
    mine, others = Story().opened().assigned(li.subject), Story().opened().assigned()
    desk.hear(*mine.events, *others.events)
    assert ask("list_clocks", actor=li, number=mine.number)["items"]
    assert ask("list_clocks", actor=li, number=mine.number.lower())["items"]
    for number in (others.number, "G19990101001", ""):
        with pytest.raises(NotFound):
            ask("list_clocks", actor=li, number=number)


def test_the_board_counts_by_group_what_the_actor_may_see(desk: Desk, ask: Ask):
    repairs, counter = group(name="维修组"), group(name="柜台")
    li = person(name="李雷")
    desk.learn(repairs, counter, li)
    repair_id, counter_id = repairs.data["group_id"], counter.data["group_id"]
    now = utc_now()
    begun = {"running": now, "soon": now - timedelta(hours=23.5), "late": now - timedelta(hours=30)}
    for began in begun.values():
        story = Story(began, group_id=repair_id).opened()
        story.after(seconds=1).assigned(li.data["person_id"])
        story.after(seconds=1).accepted()
        desk.hear(*story.events)
    other = Story(begun["late"], group_id=counter_id).opened()
    desk.hear(*other.events)
    boss = actor("supervisor", "组长", tickets="group", pools=False, groups=[str(repair_id)])
    board = ask("get_sla_board", actor=boss)
    [line] = board["groups"]
    assert (line["name"], line["running"], line["due_soon"], line["overdue"]) == ("维修组", 3, 1, 1)
    assert line["oldest_overdue_at"] == board["tickets"]["overdue"][0]["due_at"]
    [soon] = board["tickets"]["due_soon"]
    assert (soon["target"], soon["assignee_name"], soon["group_name"]) == (
        "first_reply",
        "李雷",
        "维修组",
    )
    assert "柜台" in [one["name"] for one in ask("get_sla_board")["groups"]]
    with pytest.raises(Forbidden):
        ask("get_sla_board", actor=actor("agent"))


def test_a_policy_is_tried_on_a_sample(ask: Ask):
    at = "2026-11-23T09:00:00+00:00"
    sample = {"kind": "repair", "urgency": "urgent", "subject": "APP 崩溃了", "tags": ["安卓"]}
    tried = ask("try_policy", sample=sample, at=at)
    assert tried["policy"]["name"] == "APP 崩溃"
    clocks = {one["target"]: one for one in tried["clocks"]}
    assert clocks["resolution"]["due_at"] == "2026-11-23T11:00:00+00:00"
    assert [(one["key"], one["at"], one["phase"]) for one in clocks["resolution"]["steps"]] == [
        ("remind", "2026-11-23T10:30:00+00:00", "before"),
        ("escalate", "2026-11-23T11:00:00+00:00", "due"),
    ]
    assert clocks["accept"]["seconds"] == 1800
    other = ask("try_policy", sample={"kind": "inquiry"})
    assert [(one["name"], one["holds"]) for one in other["tried"]] == [
        ("APP 崩溃", False),
        ("商家投诉", False),
        ("投诉", False),
        ("默认", True),
    ]
    assert other["tried"][0]["why"][0]["actual"] == "inquiry"


def test_a_policy_is_tried_on_a_ticket_from_its_creation(desk: Desk, ask: Ask):
    story = Story(utc_now() - timedelta(days=2), urgency="critical").opened()
    desk.hear(*story.events)
    tried = ask("try_policy", number=story.number)
    clocks = {one["target"]: one for one in tried["clocks"]}
    due = datetime.fromisoformat(clocks["first_reply"]["due_at"])
    assert due == story.header["created_at"] + timedelta(hours=2)
    with pytest.raises(NotFound):
        ask("try_policy", number="G19990101001")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"sample": {}, "at": "yesterday"}, "at"),
        ({"sample": {}, "at": "9999-12-31T23:00:00Z"}, "at"),
        ({"sample": {"created_at": "0001-01-01T00:00:00+14:00"}}, "sample.created_at"),
        ({"sample": {"group_id": "x"}}, "sample.group_id"),
        ({"sample": {"tags": "vip"}}, "sample.tags"),
        ({"sample": {"fields": []}}, "sample.fields"),
        ({"sample": {"created_at": "2026-01-01"}}, "sample.created_at"),
        ({"sample": []}, "sample"),
        ({"sample": {"urgency": "hasty"}}, "sample.urgency"),
    ],
)
def test_a_sample_that_cannot_be_is_refused(ask: Ask, given: dict[str, Any], field: str):
    with pytest.raises(InvalidInput) as refusal:
        ask("try_policy", **given)
    assert field in refusal.value.details["errors"]


def test_a_ticket_that_was_never_heard_of_is_learnt_by_reconciling(desk: Desk, ask: Ask):
    story = Story(utc_now() - timedelta(hours=1)).opened().after(seconds=5).assigned()
    header = seen(story, status_category="open")
    assert ask("reconcile_tickets", actor=GATEWAY, items=[header]) == {"settled": 1}
    assert ask("reconcile_tickets", actor=GATEWAY, items=[header]) == {"settled": 0}
    assert desk.clock(story, "first_reply")["started_at"] == story.header["created_at"]
    straight = Story(story.header["created_at"], urgency="normal").opened()
    straight.after(seconds=5).assigned()
    desk.hear(*story.events, *straight.events)
    targets = [(one["target"], one["state"], one["due_at"]) for one in desk.clocks(story)]
    assert targets == [
        (one["target"], one["state"], one["due_at"]) for one in desk.clocks(straight)
    ]


def test_what_is_known_already_is_left_alone(desk: Desk, ask: Ask):
    story = Story().opened()
    desk.hear(*story.events)
    assert ask("reconcile_tickets", actor=GATEWAY, items=[seen(story)]) == {"settled": 0}
    assert len(desk.told(story)) == 1


def test_only_the_gateway_itself_reconciles(ask: Ask):
    with pytest.raises(Forbidden):
        ask("reconcile_tickets", items=[])
    with pytest.raises(InvalidInput):
        ask("reconcile_tickets", actor=GATEWAY, items=[{"ticket_id": str(uuid4())}])
