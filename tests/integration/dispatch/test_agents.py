"""What is set for people, and handing over what they have."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.errors import NotFound, Stale
from tests.integration.dispatch.calling import (
    SHIFT,
    counting_statements,
    edit_agent,
    errors_of,
    refusal_of,
)
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask


def test_somebody_without_settings_works_by_the_usual_ones(ask: Ask, person: UUID, group: UUID):
    shown = ask("get_agent", person_id=person)
    assert shown["presence"].pop("since")
    assert shown == {
        "person_id": str(person),
        "name": "李雷",
        "login": "CS001",
        "groups": [{"group_id": str(group), "name": "售后"}],
        "capacity": None,
        "default_capacity": 10,
        "seniority": 0,
        "languages": [],
        "skills": [],
        "shift": None,
        "grab_quota": None,
        "is_automatic": True,
        "note": "",
        "leaves": [],
        "presence": {"state": "online", "is_available": True, "reasons": []},
        "load": 0,
        "active": 0,
        "grabbed": 0,
        "version": 0,
    }


def test_all_that_can_be_set_is_shown_and_told_to_the_operation_log(ask: Ask, person: UUID):
    skill = ask("create_skill", key="loans", name="贷款")["skill_id"]
    shift = ask("create_shift", **SHIFT)["shift_id"]
    changes = {
        "capacity": 4,
        "seniority": 5,
        "languages": ["zh", "en-GB"],
        "skills": [{"skill_id": skill, "level": 4}],
        "shift_id": shift,
        "grab_quota": 2,
        "is_automatic": False,
        "note": "带教",
    }
    shown = edit_agent(ask, person, 0, **changes)
    assert shown["version"] == 1
    assert shown["skills"] == [{"skill_id": skill, "key": "loans", "name": "贷款", "level": 4}]
    assert shown["shift"] == {"shift_id": shift, "name": "白班"}
    kept = ("capacity", "seniority", "languages", "grab_quota", "is_automatic", "note")
    assert {name: shown[name] for name in kept} == {name: changes[name] for name in kept}
    audit = shown.pop("audit")
    assert audit["object"] == str(person)
    assert (audit["before"]["capacity"], audit["after"]["capacity"]) == (None, 4)
    assert (audit["before"]["skills"], audit["after"]["skills"]) == ({}, {"loans": 4})
    assert ask("get_agent", person_id=person) == shown
    fewer = edit_agent(ask, person, 1, skills=[], capacity=None, shift_id=None)
    assert (fewer["skills"], fewer["capacity"], fewer["shift"]) == ([], None, None)
    assert fewer["seniority"] == 5
    assert fewer["version"] == 2


def test_a_stale_version_is_refused_from_the_first_change_on(ask: Ask, person: UUID):
    edit_agent(ask, person, 0, capacity=4)
    for stale in (0, 2):
        refusal = refusal_of(lambda: edit_agent(ask, person, stale, capacity=5))  # noqa: B023
        assert isinstance(refusal, Stale)
    assert ask("get_agent", person_id=person)["capacity"] == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity": -1}, "capacity"),
        ({"capacity": 1001}, "capacity"),
        ({"capacity": 1.5}, "capacity"),
        ({"capacity": True}, "capacity"),
        ({"seniority": 6}, "seniority"),
        ({"seniority": None}, "seniority"),
        ({"languages": ["中文"]}, "languages[0]"),
        ({"languages": ["zh", "zh"]}, "languages[1]"),
        ({"languages": "zh"}, "languages"),
        ({"skills": [{"skill_id": str(uuid4()), "level": 1}]}, "skills[0].skill_id"),
        ({"skills": [{"skill_id": "x", "level": 9}]}, "skills[0].level"),
        ({"skills": {}}, "skills"),
        ({"shift_id": str(uuid4())}, "shift_id"),
        ({"shift_id": "x"}, "shift_id"),
        ({"grab_quota": -1}, "grab_quota"),
        ({"is_automatic": 1}, "is_automatic"),
        ({"note": "长" * 2001}, "note"),
        ({"note": 7}, "note"),
        ({"name": "韩梅"}, "name"),
    ],
)
def test_what_cannot_be_set_is_refused_by_its_field(ask: Ask, person: UUID, changes, field: str):
    assert field in errors_of(lambda: edit_agent(ask, person, **changes))
    assert ask("get_agent", person_id=person)["version"] == 0


def test_a_skill_is_named_once(ask: Ask, person: UUID):
    skill = ask("create_skill", key="loans", name="贷款")["skill_id"]
    twice = [{"skill_id": skill, "level": 1}, {"skill_id": skill, "level": 2}]
    assert "skills[1].skill_id" in errors_of(lambda: edit_agent(ask, person, skills=twice))


def test_strangers_employees_and_who_has_left_are_no_agents(ask: Ask, floor: Floor, person: UUID):
    assert isinstance(refusal_of(lambda: edit_agent(ask, uuid4(), capacity=1)), NotFound)
    for change in ("kind = 'employee'", "kind = 'staff', is_active = false"):
        floor.run(f"UPDATE directory_people SET {change}")
        assert isinstance(refusal_of(lambda: edit_agent(ask, person, capacity=1)), NotFound)
        assert isinstance(refusal_of(lambda: ask("get_agent", person_id=person)), NotFound)
        assert ask("list_agents")["items"] == []


def test_more_capacity_goes_to_what_waits(ask: Ask, floor: Floor, group: UUID, person: UUID):
    edit_agent(ask, person, capacity=0)
    floor.rule(group)
    life = floor.ticket()
    floor.work()
    assert floor.holder(life) is None
    edit_agent(ask, person, capacity=1)
    floor.work()
    assert floor.holder(life) == person


def test_agents_are_listed_by_name_page_by_page(ask: Ask, floor: Floor, group: UUID):
    names = [f"客服{number:02}" for number in range(7)]
    for name in reversed(names):
        floor.person(group, name=name)
    pages, cursor = [], None
    while True:
        page = ask("list_agents", limit=3, cursor=cursor)
        pages.append([one["name"] for one in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == [names[:3], names[3:6], names[6:]]


def test_people_of_one_name_are_all_listed(ask: Ask, floor: Floor, group: UUID):
    ids = {str(floor.person(group, name="李雷")) for _ in range(5)}
    seen: list[str] = []
    cursor = None
    while len(seen) < 5:
        page = ask("list_agents", limit=2, cursor=cursor)
        seen += [one["person_id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert set(seen) == ids
    assert cursor is None


def test_agents_are_found_by_name_login_and_group(ask: Ask, floor: Floor, group: UUID):
    other = floor.group("技术")
    floor.person(group, name="李雷")
    floor.person(other, name="100%_满")
    floor.run("UPDATE directory_people SET login = 'TS001' WHERE name LIKE '100%'")

    def names(**given: Any) -> list[str]:
        return [one["name"] for one in ask("list_agents", **given)["items"]]

    assert names(q="雷") == ["李雷"]
    assert names(q="%") == names(q="_") == names(q="ts00") == ["100%_满"]
    assert names(q="\\") == []
    assert names(group_id=group) == ["李雷"]
    assert names(group_id=other, q="李") == []
    assert "q" in errors_of(lambda: names(q="x" * 101))
    assert "limit" in errors_of(lambda: names(limit=0))
    assert "cursor" in errors_of(lambda: names(cursor="x"))


def test_a_page_takes_no_more_statements_than_one_agent(ask: Ask, floor: Floor, database, group):
    skill, shift = floor.skill("loans"), ask("create_shift", **SHIFT)["shift_id"]
    for _ in range(20):
        floor.person(group, skills={skill: 2}, shift_id=UUID(shift))
    with counting_statements(database) as few:
        ask("list_agents", limit=1)
    with counting_statements(database) as many:
        assert len(ask("list_agents", limit=20)["items"]) == 20
    assert len(few) == len(many) <= 8


def test_all_that_somebody_has_is_handed_over(ask: Ask, floor: Floor, group: UUID, person: UUID):
    heir = floor.person(group, name="韩梅")
    lives = [floor.ticket() for _ in range(3)]
    floor.hear(*(life.assign(person) for life in lives))
    given = {"person_id": person, "to_person_id": heir, "reason": "产假"}
    answer = ask("hand_over", **given)
    assert answer["count"] == 3
    assert answer["audit"]["after"] == {"count": 3, "to_person_id": str(heir)}
    floor.answer()
    assert {floor.holder(life) for life in lives} == {heir}
    assert ask("hand_over", person_id=person, reason="再来")["count"] == 0


def test_a_hand_over_has_a_reason_and_somebody_to_hand_over(ask: Ask, floor: Floor, person: UUID):
    assert "reason" in errors_of(lambda: ask("hand_over", person_id=person, reason=" "))
    assert "reason" in errors_of(lambda: ask("hand_over", person_id=person, reason="x" * 2001))
    unknown = refusal_of(lambda: ask("hand_over", person_id=uuid4(), reason="离职"))
    assert isinstance(unknown, NotFound)
    given = {"person_id": person, "reason": "离职"}
    assert "to_person_id" in errors_of(lambda: ask("hand_over", to_person_id=person, **given))
    floor.run("UPDATE directory_people SET is_active = false")
    assert ask("hand_over", **given)["count"] == 0
