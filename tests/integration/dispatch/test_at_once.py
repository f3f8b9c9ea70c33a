"""Two people who change the configuration at the same time leave nothing that cannot be meant."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

from libs.common.errors import Conflict, DeskError, InvalidInput, Stale
from tests.integration.dispatch.calling import agent
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask

MANY = 6


def at_once(change: Callable[[int], Any], count: int = MANY) -> tuple[int, list[DeskError]]:
    """How many were done, and what the others were told."""
    start, refusals = Barrier(count), []

    def run(number: int) -> bool:
        start.wait()
        try:
            change(number)
        except DeskError as refusal:
            refusals.append(refusal)
            return False
        return True

    with ThreadPoolExecutor(count) as people:
        done = sum(people.map(run, range(count)))
    return done, refusals


def kinds(refusals: list[DeskError]) -> set[type[DeskError]]:
    return {type(one) for one in refusals}


def test_of_leaves_that_overlap_one_stands(ask: Ask, floor: Floor):
    person = floor.person(floor.group())
    span = {
        "starts_at": (floor.now + timedelta(hours=1)).isoformat(),
        "ends_at": (floor.now + timedelta(hours=9)).isoformat(),
    }
    done, refusals = at_once(lambda _: ask("add_leave", person_id=person, **span))
    assert (done, kinds(refusals)) == (1, {InvalidInput})
    assert len(ask("get_agent", person_id=person)["leaves"]) == 1


def test_of_changes_of_one_version_one_is_made(ask: Ask, floor: Floor):
    person = floor.person(floor.group())

    def edit(number: int) -> None:
        ask("edit_agent", person_id=person, version=0, changes={"capacity": number + 1})

    done, refusals = at_once(edit)
    assert (done, kinds(refusals)) == (1, {Stale})
    assert ask("get_agent", person_id=person)["version"] == 1


def test_of_skills_of_one_key_one_is_made(ask: Ask, floor: Floor):
    done, refusals = at_once(lambda n: ask("create_skill", key="loans", name=f"贷款{n}"))
    assert (done, kinds(refusals)) == (1, {Conflict})


def test_a_skill_is_not_taken_away_under_a_new_rule(ask: Ask, floor: Floor):
    group, skill = floor.group(), ask("create_skill", key="loans", name="贷款")["skill_id"]
    values = {
        "name": "贷款",
        "group_id": group,
        "required_skills": [{"skill_id": skill, "level": 1}],
    }

    def change(number: int) -> None:
        if number % 2:
            ask("create_rule", values=values)
        else:
            ask("edit_skill", skill_id=skill, changes={"is_active": False})

    at_once(change)
    is_gone = ask("list_skills")["items"] == []
    assert is_gone == (ask("list_rules")["items"] == [])


def test_rules_that_are_made_at_once_have_places_of_their_own(ask: Ask, floor: Floor):
    group = floor.group()

    def create(number: int) -> None:
        ask("create_rule", values={"name": f"规则{number}", "group_id": group})

    assert at_once(create)[0] == MANY
    places = [rule["position"] for rule in ask("list_rules")["items"]]
    assert places == list(range(1, MANY + 1))


def test_heartbeats_of_several_windows_do_not_hurt_one_another(ask: Ask, floor: Floor):
    li = agent(floor.person(floor.group()))
    assert at_once(lambda _: ask("heartbeat", li), 10) == (10, [])
