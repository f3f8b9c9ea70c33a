"""The real processes at the broker: events in, clocks and steps out, deaths between."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.errors import InvalidInput
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.sla.desk import Desk
from tests.integration.sla.story import Story
from tests.support.actors import actor
from tests.support.directory import group
from tests.support.outside import Outside

pytestmark = pytest.mark.services("sla")

BOSS = actor("supervisor", "王主管")
TOLD = ("clock.warned", "clock.breached", "step.reached")


@pytest.fixture(scope="module")
def outside(installation: dict[str, str], processes: Processes) -> Iterator[Outside]:
    made = Outside(installation, "sla", BOSS)
    processes.start("sla.rpc", "sla.events")
    processes.start("sla.jobs", replicas=2)
    with closing(made):
        yield made


@pytest.fixture(scope="module")
def stored(environment: dict[str, str]) -> Iterator[Desk]:
    with closing(Database.connect("sla")) as database:
        yield Desk(database)


def count(stored: Desk, query: str, **parameters: Any) -> int:
    with stored.database.engine.connect() as connection:
        return int(connection.execute(text(query), parameters).scalar_one())


def steps_told(stored: Desk, stories: list[Story]) -> list[tuple[str, str]]:
    """Ticket and step of all that has been told, in the order of telling."""
    query = (
        "SELECT ticket_id::text, step, told_at FROM clock_steps "
        "WHERE ticket_id = ANY(:ids) ORDER BY told_at"
    )
    rows = stored.rows(query, ids=[story.ticket_id for story in stories])
    return [(row["ticket_id"], row["step"]) for row in rows]


def test_a_ticket_from_the_bus_has_clocks_that_the_gateway_can_ask_for(outside, stored):
    story = Story(urgency="urgent").opened().after(seconds=1).assigned()
    outside.tell(*story.events, group(name="维修组"))
    eventually(lambda: len(stored.clocks(story)) >= 3)
    items = outside.ask("list_clocks", number=story.number)["items"]
    assert {one["target"] for one in items} >= {"first_reply", "accept", "status"}
    assert outside.ask("get_sla_board")["groups"]
    eventually(lambda: count(stored, "SELECT count(*) FROM outbox") == 0)


def test_an_overdue_reply_is_told_by_itself(outside, stored):
    story = Story(utc_now() - timedelta(hours=25)).opened()
    outside.tell(*story.events)
    told = eventually(lambda: dict(steps_told(stored, [story])) and steps_told(stored, [story]))
    assert sorted(step for _, step in told) == [
        "#breached",
        "#warned",
        "first_reply_overdue",
        "first_reply_soon",
    ]


def test_an_edit_by_the_gateway_reaches_open_tickets(outside, stored):
    story = Story(kind="suggestion").opened()
    outside.tell(*story.events)
    eventually(lambda: stored.clocks(story))
    policy = outside.command(
        "create_policy",
        values={
            "name": "建议",
            "condition": {"field": "kind", "op": "is", "value": "suggestion"},
            "targets": {"first_reply": {"normal": 600}},
        },
    )
    ids = [one["policy_id"] for one in outside.ask("list_policies")["items"]]
    outside.command("order_policies", policy_ids=[ids[-1], *ids[:-1]])
    eventually(lambda: stored.clock(story, "first_reply")["target_seconds"] == 600)
    with pytest.raises(InvalidInput) as refusal:
        outside.command(
            "replace_policy",
            policy_id=policy["policy_id"],
            version=2,
            values={"name": "建议", "targets": {}},
        )
    assert "targets" in refusal.value.details["errors"]


@pytest.mark.parametrize("crash_point", ["after_tickets_heard", "after_commit_before_ack"])
def test_events_move_clocks_once_though_the_process_dies_over_them(
    outside, processes, stored, crash_point
):
    stories = [Story().opened().after(seconds=1).assigned() for _ in range(20)]
    processes.arm(crash_point, "sla.events")
    events = [event for story in stories for event in story.events]
    outside.tell(*events, *events[:10])
    eventually(lambda: not processes.is_armed(crash_point, "sla.events"), 30)
    eventually(lambda: all(len(stored.clocks(story)) >= 3 for story in stories), 30)
    assert count(stored, "SELECT count(*) FROM inbox_failures") == 0


@pytest.mark.parametrize("crash_point", ["after_clocks_told", "after_timers_before_commit"])
def test_two_replicas_tell_each_step_once_and_in_order_though_one_dies(
    outside, processes, stored, crash_point
):
    # Just before due: some of the steps come while the timers are being run.
    stories = [
        Story(utc_now() - timedelta(hours=24) + timedelta(milliseconds=30 * n)).opened()
        for n in range(150)
    ]
    processes.arm(crash_point, "sla.jobs")
    outside.tell(*(event for story in stories for event in story.events))
    eventually(lambda: len(steps_told(stored, stories)) >= 4 * len(stories), 60)
    assert not processes.is_armed(crash_point, "sla.jobs")
    told = steps_told(stored, stories)
    assert len(told) == len(set(told)) == 4 * len(stories)
    late = (
        "SELECT count(*) FROM clock_steps AS soon JOIN clock_steps AS due USING (clock_id) "
        "WHERE soon.step = 'first_reply_soon' AND due.step = '#breached' "
        "AND soon.told_at > due.told_at"
    )
    assert count(stored, late) == 0
    eventually(lambda: count(stored, "SELECT count(*) FROM outbox") == 0, 30)


def test_recomputing_goes_on_though_a_replica_dies_over_it(outside, processes, stored):
    stories = [Story(kind="internal").opened() for _ in range(250)]
    outside.tell(*(event for story in stories for event in story.events))
    known = "SELECT count(*) FROM tickets WHERE ticket_id = ANY(:ids)"
    ids = [story.ticket_id for story in stories]
    eventually(lambda: count(stored, known, ids=ids) == len(stories), 30)
    processes.arm("after_recompute_before_commit", "sla.jobs")
    outside.command(
        "create_policy",
        values={
            "name": "内部",
            "condition": {"field": "kind", "op": "is", "value": "internal"},
            "targets": {"first_reply": {"normal": 1200}},
        },
    )
    order = [one["policy_id"] for one in outside.ask("list_policies")["items"]]
    outside.command("order_policies", policy_ids=[order[-1], *order[:-1]])
    anew = "SELECT count(*) FROM clocks WHERE target_seconds = 1200"
    eventually(lambda: count(stored, anew) == len(stories), 60)
    assert not processes.is_armed("after_recompute_before_commit", "sla.jobs")


def test_after_a_downtime_tickets_are_told_of_in_the_order_of_their_times(
    outside, processes, stored
):
    processes.stop("sla.jobs")
    now = utc_now()
    stories = [Story(now - timedelta(hours=30, seconds=n)).opened() for n in range(300)]
    outside.tell(*(story.events[0] for story in stories))
    known = "SELECT count(*) FROM tickets WHERE ticket_id = ANY(:ids)"
    ids = [story.ticket_id for story in stories]
    eventually(lambda: count(stored, known, ids=ids) == 300, 30)
    processes.start("sla.jobs")
    eventually(lambda: len(steps_told(stored, stories)) == 4 * len(stories), 30)
    told = dict.fromkeys(ticket for ticket, _ in steps_told(stored, stories))
    batches = [str(story.ticket_id) for story in reversed(stories)]
    # Those of one transaction are told at the same instant.
    places = {ticket: place // 100 for place, ticket in enumerate(batches)}
    assert [places[ticket] for ticket in told] == sorted(places.values())
