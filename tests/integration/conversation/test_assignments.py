"""However events come and whatever people do meanwhile: a ticket is somebody's, or it waits."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.clock import utc_now
from libs.common.contracts.envelope import MAX_HOPS
from libs.common.errors import DeskError
from services.dispatch.use_cases.grab_ticket import grab_ticket
from services.dispatch.use_cases.hand_over import hand_over
from services.ticketing.use_cases import passing, working
from tests.integration.conversation.parts import World
from tests.support.actors import actor

Act = Callable[[World, str], None]


def somebody(world: World) -> UUID:
    return world.chance.choice(world.people)


def assignee(world: World, number: str) -> Any:
    return actor("agent", subject=world.ticket(number).assignee_id or somebody(world))


def assign(world: World, number: str) -> None:
    person = somebody(world)
    world.do(working.assign_ticket, number=number, assignee_id=person, assignee_name="李雷")


def transfer(world: World, number: str) -> None:
    group_id = world.chance.choice(world.groups)
    world.do(passing.transfer_ticket, number=number, group_id=group_id)


def give_back(world: World, number: str) -> None:
    world.do(passing.return_ticket, assignee(world, number), number=number, reason="不会")


def accept(world: World, number: str) -> None:
    world.do(working.accept_ticket, assignee(world, number), number=number)


def solve(world: World, number: str) -> None:
    world.do(working.solve_ticket, number=number, text="已处理")


def reopen(world: World, number: str) -> None:
    world.do(working.reopen_ticket, number=number, reason="没好")


def close(world: World, number: str) -> None:
    world.do(working.change_status, number=number, status="closed", reason="重复")


def pause(world: World, number: str) -> None:
    status = world.chance.choice(["awaiting_customer", "in_progress"])
    world.do(working.change_status, number=number, status=status)


def press(world: World, number: str) -> None:
    urgency = world.chance.choice(["normal", "urgent", "critical"])
    changes = {"changes": {"urgency": urgency}, "reason": "客户来电"}
    world.do(working.edit_ticket, number=number, version=None, **changes)


def grab(world: World, number: str) -> None:
    with world.dispatch.acting() as uow:
        grab_ticket(uow, utc_now(), person_id=somebody(world), number=number)


def leave(world: World, _number: str) -> None:
    old, new = world.chance.sample(world.people, 2)
    to = world.chance.choice([None, new])
    with world.dispatch.acting() as uow:
        hand_over(uow, utc_now(), person_id=old, reason="休假", to_person_id=to)


def write(world: World, number: str) -> None:
    world.write(world.ticket(number).ticket_id)


def come_and_go(world: World, _number: str) -> None:
    world.change_person(somebody(world), is_active=world.chance.random() < 0.7)


def compare(world: World, _number: str) -> None:
    """What ticketing says today arrives some time later."""
    world.note_headers()
    world.reconcile()


def decide(world: World, _number: str) -> None:
    world.decide(utc_now() + world.chance.choice([timedelta(0), timedelta(hours=26)]))


def wait(world: World, _number: str) -> None:
    world.pass_hours(utc_now() + timedelta(hours=2))


def ring(world: World, _number: str) -> None:
    world.ring(utc_now() + timedelta(hours=5))


def deliver(world: World, _number: str) -> None:
    for _ in range(3):
        world.deliver_some()


ACTS: list[Act] = [
    *(assign, transfer, give_back, accept, accept, solve, reopen, reopen, close, pause, press),
    *(
        grab,
        grab,
        leave,
        ring,
        wait,
        write,
        write,
        come_and_go,
        compare,
        *[decide] * 4,
        *[deliver] * 16,
    ),
]


def open_office(world: World, seed: int) -> list[str]:
    """Two groups, one of which may grab; the numbers of six tickets."""
    world.chance.seed(seed)
    front, back = world.groups
    for groups in ([front], [front], [back], [back, front]):
        world.person(*groups)
    world.rule(back, {"field": "urgency", "op": "is", "value": "urgent"}, mode="grab")
    world.rule(front, overflow_group_ids=[back])
    world.rule(back)
    return [world.open() for _ in range(6)]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_in_any_order_each_ticket_is_somebodys_or_waits(world: World, seed: int):
    numbers = open_office(world, seed)
    for _ in range(150):
        with suppress(DeskError):
            world.chance.choice(ACTS)(world, world.chance.choice(numbers))
    world.settle()
    assert world.faults() == []


def test_two_replicas_of_each_part_come_to_the_same(world: World):
    numbers = open_office(world, 7)
    for _ in range(12):
        for number in numbers:
            with suppress(DeskError):
                world.chance.choice([act for act in ACTS if act is not deliver])(world, number)
        world.deliver_at_once()
    world.settle()
    assert world.faults() == []


def test_what_nobody_accepts_goes_round_for_as_long_as_it_takes(world: World):
    front, _ = world.groups
    for _ in range(3):
        world.person(front)
    world.rule(front)
    number = world.open()
    for turn in range(12):
        world.settle()
        assert world.ticket(number).assignment_epoch == 2 * turn + 1
        assert world.open_assignment(number).state == "active"
        # Each assignment has a time of its own, which has passed in five hours.
        world.ring(utc_now() + timedelta(hours=5))
    world.settle()
    assert world.faults() == []
    assert world.hops < MAX_HOPS - 2, "timers and drains begin new chains"
