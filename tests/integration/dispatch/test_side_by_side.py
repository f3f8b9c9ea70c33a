"""Replicas side by side: overlapping batches, several drains, grabs and hand-overs at once."""

import random
from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from libs.common.bus.handling import Handler, Handling
from libs.common.clock import utc_now
from libs.common.contracts.envelope import REGISTRY, Event, dump_event
from services.dispatch.use_cases.check_loads import check_loads
from services.dispatch.use_cases.follow_tickets import follow_tickets
from services.dispatch.use_cases.hand_over import hand_over
from tests.integration.dispatch.floor import ZONE, Floor


def at_once(*runs: Callable[[], object]) -> None:
    """All in threads of their own, begun together; what one raises is raised here."""
    barrier, errors = Barrier(len(runs)), []

    def start(run: Callable[[], object]) -> None:
        barrier.wait()
        try:
            run()
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=start, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.fixture
def handling(floor: Floor) -> Handling:
    """The shell around the handler: inbox, savepoints, repeats after deadlocks."""
    made = Handling(floor.database)

    def apply(uow, events):
        follow_tickets(uow, events, utc_now(), ZONE)

    handler = Handler("follow_tickets", apply)
    for event_type in ("ticket.created", "ticket.assigned", "ticket.edited", "ticket.solved"):
        made.add(event_type, handler)
    return made


def body_of(event: Event) -> bytes:
    return dump_event(REGISTRY[event.type], event.id, event.subject, event.time, event.data)


def test_overlapping_batches_in_any_order_count_each_event_once(floor: Floor, handling: Handling):
    group = floor.group()
    people = [floor.person(group, state="away") for _ in range(5)]
    floor.rule(group)
    chance = random.Random(5)
    bodies = []
    for _ in range(60):
        life = floor.quiet_ticket()
        events = [life.create(), life.assign(chance.choice(people)), life.edit(urgency="urgent")]
        bodies += [body_of(event) for event in (*events, life.assign(chance.choice(people)))]
    batches = [chance.sample(bodies, len(bodies)) for _ in range(4)]
    at_once(*(lambda batch=batch: handling.apply(batch) for batch in batches))
    assert floor.scalar("SELECT count(*) FROM inbox_failures") == 0
    held = {life.ticket_id: life.assignee_id for life in floor.lives.values()}
    rows = floor.rows("SELECT ticket_id, person_id FROM assignments WHERE state = 'active'")
    assert {row.ticket_id: row.person_id for row in rows} == held
    assert sum(floor.load(one)[0] for one in people) == 120
    assert check_loads(floor.database) == 0


def test_groups_that_share_people_do_not_overload_them(floor: Floor):
    groups = [floor.group() for _ in range(4)]
    people = [floor.person(*groups, capacity=5) for _ in range(6)]
    for number, group in enumerate(groups):
        floor.rule(group, {"field": "tags", "op": "has_any", "value": [str(number)]})
    lives = [floor.quiet_ticket(tags=[str(n % 4)]) for n in range(80)]
    floor.hear(*(life.create() for life in lives))
    at_once(*[floor.drain] * 4)
    floor.drain()
    assert [floor.load(one)[0] for one in people] == [5] * 6
    assert floor.scalar("SELECT count(*) FROM assignments") == 30
    assert len(floor.told("assignment.proposed")) == 30
    assert check_loads(floor.database) == 0


def test_draining_while_news_come_leaves_every_ticket_with_somebody_or_waiting(floor: Floor):
    group = floor.group()
    people = [floor.person(group, capacity=1000) for _ in range(3)]
    floor.rule(group)
    lives = [floor.quiet_ticket() for _ in range(200)]
    floor.hear(*(life.create() for life in lives))
    taken = [life.assign(people[0]) for life in lives[::3]]
    edited = [life.edit(urgency="urgent") for life in lives[1::3]]

    def pass_all_on() -> None:
        with floor.acting() as uow:
            hand_over(uow, floor.now, person_id=people[1], reason="休假")

    at_once(floor.drain, floor.drain, lambda: floor.hear(*taken, *edited), pass_all_on)
    floor.work()
    unclear = floor.scalar(
        "SELECT count(*) FROM tickets WHERE "
        "(SELECT count(*) FROM waiting WHERE waiting.ticket_id = tickets.ticket_id) "
        "+ (SELECT count(*) FROM assignments WHERE assignments.ticket_id = tickets.ticket_id "
        "AND state <> 'ended') <> 1"
    )
    assert unclear == 0
    assert {floor.holder(life) for life in lives[::3]} == {people[0]}
    assert check_loads(floor.database) == 0
