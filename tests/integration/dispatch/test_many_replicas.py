"""Four replicas at the broker, and one of them dies every now and then: nothing is decided twice.

200 agents in 8 groups. First a long list waits while nobody is there: it must be decided in the
order of priority. Then tickets come while people work, move, and are given by hand.
"""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import groupby
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.common.database.unit_of_work import Database
from libs.common.testing.processes import Processes
from tests.integration.dispatch.crowd import AGENTS, CAPACITY, EXCESS, GROUPS, Crowd
from tests.support.played_ticketing import PlayedTicketing
from tests.support.tickets import Life

pytestmark = [pytest.mark.services("dispatch"), pytest.mark.timeout(1800)]

ROLE = "dispatch.events"
REPLICAS = 4
CRASH_POINTS = (
    "dispatch_after_settling_before_commit",
    "dispatch_after_drain_before_commit",
    "dispatch_after_drain_commit",
)
# Somebody may be over their capacity by what critical tickets add, and by what was given by hand.
OVERLOADED = text(
    "SELECT person_id FROM assignments JOIN tickets USING (ticket_id) "
    "WHERE state <> 'ended' GROUP BY person_id HAVING sum(weight) > :capacity "
    "+ CASE WHEN bool_or(urgency = 'critical') THEN :excess ELSE 0 END "
    "AND bool_and(mode = 'automatic')"
)
WRONG_LOADS = text(
    "SELECT person_id FROM loads LEFT JOIN (SELECT person_id, sum(weight) AS held "
    "FROM assignments WHERE state <> 'ended' GROUP BY person_id) AS sums USING (person_id) "
    "WHERE loads.load <> coalesce(held, 0)"
)
ORDER = text(
    "SELECT waited.group_id, decisions.ticket_id FROM decisions "
    "JOIN (SELECT ticket_id, min(decided_at) AS first_at FROM decisions "
    "WHERE outcome = 'assigned' GROUP BY ticket_id) AS firsts "
    "ON firsts.ticket_id = decisions.ticket_id AND firsts.first_at = decisions.decided_at "
    "JOIN waited ON waited.ticket_id = decisions.ticket_id "
    "WHERE outcome = 'assigned' ORDER BY waited.group_id, decisions.decision_id"
)


@pytest.fixture(scope="module")
def stored(environment: dict[str, str]) -> Iterator[Database]:
    with closing(Database.connect("dispatch")) as database:
        yield database


@pytest.fixture(scope="module")
def ticketing(environment: dict[str, str]) -> Iterator[PlayedTicketing]:
    with closing(PlayedTicketing(environment["AMQP_URI"])) as played:
        yield played


class Weather:
    """Kills a replica now and then, and looks meanwhile whether all is as it must be."""

    def __init__(self, processes: Processes, stored: Database, chance: random.Random) -> None:
        self._processes = processes
        self._stored = stored
        self._chance = chance
        self._next_at = time.monotonic() + 2
        self._points = list(CRASH_POINTS)
        self.kills = 0
        self.looks = 0

    def pass_by(self) -> None:
        with self._stored.engine.connect() as connection:
            limits = {"capacity": CAPACITY, "excess": EXCESS}
            assert connection.execute(OVERLOADED, limits).scalars().all() == []
            assert connection.execute(WRONG_LOADS).scalars().all() == []
        self.looks += 1
        if time.monotonic() > self._next_at:
            self._next_at = time.monotonic() + self._chance.uniform(1, 3)
            if self._are_up():
                self._strike()

    def _are_up(self) -> bool:
        """Whether the last one to die is back: starting takes longer than dying."""
        try:
            self._processes.wait_ready(ROLE, timeout=0)
        except TimeoutError:
            return False
        return True

    def _strike(self) -> None:
        self.kills += 1
        if self._points and self.kills % 2:
            role = ROLE if "settling" in self._points[0] else "dispatch.jobs"
            self._processes.arm(self._points.pop(0), role)
        else:
            self._processes.kill(ROLE, self._chance.randint(1, REPLICAS))


def test_four_replicas_decide_once_within_capacity_and_in_order(
    stored: Database,
    ticketing: PlayedTicketing,
    processes: Processes,
    is_long: bool,
    capsys: pytest.CaptureFixture[str],
):
    seed = secrets.randbelow(10**6)
    chance = random.Random(seed)
    total = 20_000 if is_long else 1_000
    crowd = Crowd(stored, chance)
    processes.start(("dispatch.events", "dispatch.jobs"), replicas=REPLICAS)
    weather = Weather(processes, stored, chance)

    first = [crowd.new_ticket() for _ in range(total // 2)]
    ticketing.open(first)
    until(lambda: crowd.count("waiting") == len(first), ticketing, weather)
    crowd.remember_lists()
    crowd.come_online()
    started = time.monotonic()
    work_off(ticketing, weather, chance, crowd)
    in_order = check_order(stored, first)
    for _ in range(10):
        ticketing.open(crowd.new_ticket() for _ in range(total // 20))
        stir(ticketing, chance, crowd)
        ticketing.step()
        weather.pass_by()
    work_off(ticketing, weather, chance, crowd)
    took = time.monotonic() - started

    processes.disarm()
    until(lambda: crowd.is_quiet(), ticketing, weather)
    assert crowd.count("assignments WHERE state <> 'ended'") == 0
    assert crowd.count("inbox_failures") == 0
    with capsys.disabled():
        print(
            f"\n  seed {seed}: {total} tickets, {AGENTS} agents in {GROUPS} groups, {REPLICAS} "
            f"replicas: worked off in {took:.0f} s ({total / took:.0f}/s) with {weather.kills} "
            f"deaths; looked {weather.looks} times; {in_order} in order; "
            f"{ticketing.refused} proposals refused"
        )


def until(look: Callable[[], bool], ticketing: PlayedTicketing, weather: Weather) -> None:
    """Go on answering until it is so."""
    deadline = time.monotonic() + 600
    while not look():
        assert time.monotonic() < deadline
        ticketing.step()
        weather.pass_by()


def work_off(
    ticketing: PlayedTicketing, weather: Weather, chance: random.Random, crowd: Crowd
) -> None:
    """People solve what they have until nothing is left; a few give tickets back first."""
    deadline = time.monotonic() + 600
    while any(not life.is_finished for life in ticketing.lives.values()):
        assert time.monotonic() < deadline, crowd.show()
        ticketing.step()
        held = [life for life in ticketing.lives.values() if is_held(life)]
        chosen = chance.sample(held, k=(len(held) + 2) // 3)
        ticketing.tell([life.solve() for life in chosen])
        weather.pass_by()


def is_held(life: Life) -> bool:
    return life.assignee_id is not None and not life.is_finished


def stir(ticketing: PlayedTicketing, chance: random.Random, crowd: Crowd) -> None:
    """What people do by hand while dispatch decides: assign, give back, raise, write."""
    events = []
    for life in ticketing.lives.values():
        if life.is_finished or chance.random() > 0.2:
            continue
        if is_held(life):
            events.append(chance.choice([life.give_back, life.accept, life.solve])())
        elif chance.random() < 0.3:
            events.append(life.assign(chance.choice(crowd.people)))
        else:
            events.append(life.edit(subject="补充"))
    ticketing.tell(events)


def check_order(stored: Database, lives: list[Life]) -> int:
    """Each group's list was decided from its head to its tail; returns how many were looked at."""
    by_id = {life.ticket_id: life for life in lives}
    ranks = {"critical": 0, "urgent": 1, "normal": 2}

    def place(ticket_id: UUID) -> Any:
        header = by_id[ticket_id].header
        return ranks[header["urgency"]], header["created_at"], ticket_id

    with stored.engine.connect() as connection:
        rows = connection.execute(ORDER).all()
    decided = [(row.group_id, row.ticket_id) for row in rows]
    for _, of_group in groupby(decided, key=lambda pair: pair[0]):
        order = [ticket_id for _, ticket_id in of_group]
        assert order == sorted(order, key=place)
    return len(decided)
