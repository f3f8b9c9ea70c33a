"""What policies do to tickets comes back to them as events, and does not begin again."""

from datetime import timedelta

from libs.common.clock import utc_now
from services.ticketing.use_cases import working
from tests.integration.conversation.parts import World
from tests.support.actors import actor


def crash(world: World) -> str:
    """A ticket of the shipped policy that escalates after two hours; somebody has it."""
    front, _ = world.groups
    world.person(front)
    world.rule(front)
    number = world.open(kind="repair", subject="APP 闪退")
    world.settle()
    return number


def steps_of(world: World) -> list[str]:
    return sorted(step for (kind, _, step), _ in world.told.items() if kind == "step.reached")


def test_an_escalation_changes_the_ticket_once(world: World):
    director = world.person(world.groups[1], title="技术总监")
    number = crash(world)
    world.ring(utc_now() + timedelta(hours=3))
    world.settle()
    world.do(working.accept_ticket, actor("technician", subject=director), number=number)
    for hours in (3, 4):
        world.ring(utc_now() + timedelta(hours=hours))
        world.settle()
    ticket = world.ticket(number)
    assert (ticket.assignee_id, ticket.urgency) == (director, "critical")
    held = world.open_assignment(number)
    assert (held.person_id, held.mode, held.weight) == (director, "escalation", 3)
    once = [step for step in steps_of(world) if "escalate" in step]
    assert len(once) == 1
    assert world.faults() == []


def test_what_is_finished_before_a_step_comes_stays_as_it_is(world: World):
    world.person(world.groups[1], title="技术总监")
    number = crash(world)
    world.ring(utc_now() + timedelta(hours=3))
    before = world.ticket(number)
    world.do(working.solve_ticket, number=number, text="已修复")
    world.settle()
    after = world.ticket(number)
    assert (after.assignee_id, after.urgency) == (before.assignee_id, "normal")
    assert (after.status, after.is_overdue) == ("solved", False)
    assert world.faults() == []
