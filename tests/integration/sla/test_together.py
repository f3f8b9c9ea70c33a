"""Replicas that hear, ring and recompute the same tickets at once neither block nor disagree."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Flag

from libs.common.clock import utc_now
from services.sla.use_cases.recompute import recompute_tickets
from services.sla.use_cases.run_timers import run_timers
from tests.integration.sla.desk import ZONE, Desk
from tests.integration.sla.story import Story
from tests.support.customers import customer


def test_all_at_once_comes_to_the_same_as_one_after_the_other(desk: Desk):
    began = utc_now() - timedelta(hours=26)
    stories = [Story(began, kind="complaint").whole_life() for _ in range(40)]
    events = [event for story in stories for event in story.events]
    done = Flag()

    def hear(seed: int) -> None:
        own, chance = [*events], random.Random(seed)
        chance.shuffle(own)
        for start in range(0, len(own), 40):
            desk.hear(*own[start : start + 40])

    def until_done(work) -> None:
        while not done.is_set():
            work()

    def edit() -> None:
        desk.do("UPDATE book SET revision = revision + 1")
        one = random.choice(stories)
        tier = random.choice(["vip", "normal"])
        version = time.time_ns()
        desk.hear_customers(customer(one.header["customer_id"], version=version, tier=tier))

    with ThreadPoolExecutor(6) as threads:
        others = [
            threads.submit(until_done, work)
            for work in (
                lambda: run_timers(desk.database, ZONE),
                lambda: run_timers(desk.database, ZONE),
                lambda: recompute_tickets(desk.database, ZONE),
                edit,
            )
        ]
        hearing = [threads.submit(hear, seed) for seed in (1, 2)]
        try:
            for one in hearing:
                one.result(120)
        finally:
            done.set()
        for one in others:
            one.result(30)
    desk.recompute()
    desk.run_timers()
    straight = Story(began, kind="complaint").whole_life()
    desk.hear(*straight.events)
    desk.run_timers()
    expected = without_ids(desk, straight)
    for story in stories:
        assert without_ids(desk, story) == expected
        assert desk.timer(story) == desk.ticket(story)["next_step_at"]
    again = "SELECT count(*) AS n FROM timers WHERE attempts > 0"
    assert desk.rows(again) == [{"n": 0}]
    told = [(one["clock_id"], one["step"]) for s in stories for one in desk.told(s, "step.reached")]
    assert len(told) == len(set(told))


def without_ids(desk: Desk, story: Story) -> list[dict]:
    return [
        {name: value for name, value in clock.items() if name != "clock_id"}
        for clock in desk.clocks(story)
    ]
