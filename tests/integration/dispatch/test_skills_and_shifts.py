"""What agents may have: skills, and hours in which they work."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from libs.common.errors import Conflict, NotFound, Stale
from services.dispatch.use_cases.configuration.shifts import MOST as MOST_SHIFTS
from tests.integration.dispatch.calling import SHIFT, edit_agent, errors_of, refusal_of
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask


def test_a_skills_key_is_its_own_and_its_name_may_change(ask: Ask):
    skill = ask("create_skill", key="loans", name="贷款")
    taken = refusal_of(lambda: ask("create_skill", key="loans", name="另一个"))
    assert isinstance(taken, Conflict)
    assert "key" in taken.details["errors"]
    given = {"skill_id": skill["skill_id"], "changes": {"name": "信贷"}}
    assert ask("edit_skill", version=1, **given)["name"] == "信贷"
    assert isinstance(refusal_of(lambda: ask("edit_skill", version=1, **given)), Stale)
    given["skill_id"] = str(uuid4())
    assert isinstance(refusal_of(lambda: ask("edit_skill", **given)), NotFound)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"key": "Loans", "name": "a"}, "key"),
        ({"key": "贷款", "name": "a"}, "key"),
        ({"key": None, "name": "a"}, "key"),
        ({"key": "loans", "name": ""}, "name"),
        ({"key": "loans", "name": ["a"]}, "name"),
    ],
)
def test_a_skill_needs_a_key_and_a_name(ask: Ask, given, field: str):
    assert field in errors_of(lambda: ask("create_skill", **given))


def test_a_shift_in_use_stays_and_its_people_are_named(ask: Ask, floor: Floor, person: UUID):
    shift = ask("create_shift", **SHIFT)
    assert shift["weekly"]["1"] == [["09:00", "12:00"], ["13:00", "18:00"]]
    assert shift["weekly"]["7"] == []
    edit_agent(ask, person, shift_id=shift["shift_id"])
    refusal = refusal_of(lambda: ask("remove_shift", shift_id=shift["shift_id"]))
    assert isinstance(refusal, Conflict)
    assert refusal.details == {"people": ["李雷"], "count": 1}
    edit_agent(ask, person, shift_id=None)
    ask("remove_shift", shift_id=shift["shift_id"], version=1)
    assert ask("list_shifts")["items"] == []
    gone = refusal_of(lambda: ask("remove_shift", shift_id=shift["shift_id"]))
    assert isinstance(gone, NotFound)


def test_a_changed_shift_holds_at_once(ask: Ask, floor: Floor, person: UUID):
    closed = {str(day): [["00:00", "24:00"]] if day == 1 else [] for day in range(1, 8)}
    floor.now = floor.now.replace(hour=4) + timedelta(days=8 - floor.now.isoweekday() + 1)
    shift = ask("create_shift", **SHIFT | {"weekly": closed})["shift_id"]
    floor.pass_time(seconds=0)
    edit_agent(ask, person, shift_id=shift)
    assert ask("get_agent", person_id=person)["presence"]["reasons"] == ["off_shift"]
    always = {str(day): [["00:00", "24:00"]] for day in range(1, 8)}
    changed = ask("edit_shift", shift_id=shift, version=1, changes={"weekly": always})
    assert changed["version"] == 2
    assert ask("get_agent", person_id=person)["presence"]["reasons"] == []
    stale = {"shift_id": shift, "version": 1, "changes": {"name": "晚班"}}
    assert isinstance(refusal_of(lambda: ask("edit_shift", **stale)), Stale)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"zone": "Shanghai"}, "zone"),
        ({"weekly": {"1": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "weekly.1[1]"),
        ({"weekly": {"1": [["18:00", "09:00"]]}}, "weekly.1[0]"),
        ({"weekly": {"8": []}}, "weekly.8"),
        ({"weekly": {}}, "weekly"),
        ({"weekly": None}, "weekly"),
    ],
)
def test_a_shifts_periods_neither_overlap_nor_run_backwards(ask: Ask, given, field: str):
    assert field in errors_of(lambda: ask("create_shift", **SHIFT | given))


def test_two_shifts_do_not_have_the_same_name(ask: Ask):
    first = ask("create_shift", **SHIFT | {"name": "早班"})
    other = ask("create_shift", **SHIFT | {"name": "中班"})
    assert "name" in errors_of(lambda: ask("create_shift", **SHIFT | {"name": " 早班 "}))
    renamed = {"shift_id": other["shift_id"], "changes": {"name": "早班"}}
    assert "name" in errors_of(lambda: ask("edit_shift", **renamed))
    same = {"shift_id": first["shift_id"], "changes": {"name": "早班"}}
    assert ask("edit_shift", **same)["version"] == 2


def test_there_are_only_so_many_shifts(ask: Ask):
    there = len(ask("list_shifts")["items"])
    for number in range(MOST_SHIFTS - there):
        ask("create_shift", **SHIFT | {"name": f"班次 {number}"})
    one_more = refusal_of(lambda: ask("create_shift", **SHIFT | {"name": "多余"}))
    assert one_more.code == "shift.too_many"
