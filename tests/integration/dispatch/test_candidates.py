"""Whoever assigns by hand sees who could have the ticket, and what speaks against it."""

from typing import Any
from uuid import UUID, uuid4

from libs.common.database.unit_of_work import Database
from tests.integration.dispatch.calling import counting_statements, errors_of
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask
from tests.support.tickets import Life


def named(ask: Ask, life: Life, **given: Any) -> dict[str, dict[str, Any]]:
    """In their order."""
    items = ask("list_candidates", number=life.number, **given)["items"]
    return {one["name"]: one for one in items}


def test_somebody_who_fits_comes_without_a_warning(ask: Ask, floor: Floor):
    group = floor.group()
    person = floor.person(group, name="李雷", capacity=4)
    shown = named(ask, floor.ticket(group_id=group))
    assert shown == {
        "李雷": {
            "person_id": str(person),
            "name": "李雷",
            "state": "online",
            "is_available": True,
            "load": 0,
            "capacity": 4,
            "is_full": False,
            "missing_skills": [],
            "warnings": [],
        }
    }


def test_who_is_away_full_or_lacks_a_skill_is_warned_of(ask: Ask, floor: Floor):
    group, loans = floor.group(), floor.skill("loans")
    floor.rule(group, required_skills={loans: 3})
    floor.person(group, name="甲", skills={loans: 3})
    floor.person(group, name="乙", skills={loans: 3}, state="away")
    floor.person(group, name="丙", skills={loans: 2})
    full = floor.person(group, name="丁", skills={loans: 5}, capacity=1)
    floor.hear(floor.ticket(group_id=group).assign(full))
    shown = named(ask, floor.ticket(group_id=group))
    assert {name: one["warnings"] for name, one in shown.items()} == {
        "甲": [],
        "乙": ["away"],
        "丁": ["full"],
        "丙": ["lacks_skill"],
    }
    assert next(iter(shown)) == "甲"
    assert shown["丁"]["is_full"]
    assert shown["丙"]["missing_skills"] == [
        {"skill_id": str(loans), "level": 3, "key": "loans", "name": "loans"}
    ]


def test_a_critical_ticket_may_exceed_the_capacity(ask: Ask, floor: Floor):
    group = floor.group()
    floor.person(group, name="李雷", capacity=2)
    assert not named(ask, floor.ticket(group_id=group, urgency="critical"))["李雷"]["is_full"]
    floor.settings(critical_excess=0)
    assert named(ask, floor.ticket(group_id=group, urgency="critical"))["李雷"]["is_full"]


def test_who_does_not_speak_the_customers_language_is_warned_of(ask: Ask, floor: Floor):
    group = floor.group()
    floor.rule(group, matches_language=True)
    floor.person(group, name="中", languages=["zh"])
    floor.person(group, name="英", languages=["en-GB"])
    life = floor.ticket(group_id=group, customer_id=floor.customer(language="en"))
    shown = named(ask, life)
    assert (shown["中"]["warnings"], shown["英"]["warnings"]) == (["language"], [])


def test_they_come_from_the_group_asked_for_else_the_tickets_else_from_all(ask: Ask, floor: Floor):
    first, second = floor.group(), floor.group()
    floor.person(first, name="甲")
    floor.person(second, name="乙")
    floor.person(first, second, name="丙")
    placed, free = floor.ticket(group_id=first), floor.ticket()
    assert set(named(ask, placed)) == {"甲", "丙"}
    assert set(named(ask, placed, group_id=second)) == {"乙", "丙"}
    assert set(named(ask, free)) == {"甲", "乙", "丙"}
    assert len(ask("list_candidates", number=free.number)["items"]) == 3
    assert set(named(ask, free, q="乙")) == {"乙"}
    for odd in (uuid4(), "x"):
        assert "group_id" in errors_of(lambda: named(ask, free, group_id=odd))  # noqa: B023


def test_a_large_group_takes_no_more_statements(ask: Ask, floor: Floor, database: Database):
    group = floor.group()
    life = floor.ticket(group_id=group)

    def statements() -> int:
        with counting_statements(database) as seen:
            ask("list_candidates", number=life.number)
        return len(seen)

    floor.person(group)
    few = statements()
    for _ in range(30):
        floor.person(group)
    assert statements() == few <= 7


def test_a_member_who_has_left_is_no_candidate(ask: Ask, floor: Floor):
    group: UUID = floor.group()
    floor.person(group, name="李雷")
    life = floor.ticket(group_id=group)
    floor.run("UPDATE directory_people SET is_active = false")
    assert named(ask, life) == {}
