"""The demo's rules stand as soon as its groups have arrived."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from libs.common.testing.eventually import eventually
from services.dispatch.seed import AFTER_SALES, SUPPORT, seed
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask

LOGINS = {"CS001": AFTER_SALES, "CS002": AFTER_SALES, "CS900": AFTER_SALES, "TS001": SUPPORT}


def settle(floor: Floor) -> dict[str, UUID]:
    """The groups and people of the gateway's seed; returns people by login."""
    groups = {name: floor.group(name) for name in (AFTER_SALES, SUPPORT)}
    people = {}
    for login, group in LOGINS.items():
        people[login] = floor.person(groups[group], name=login)
        floor.run(
            "UPDATE directory_people SET login = :login WHERE person_id = :id",
            login=login,
            id=people[login],
        )
    return people


@pytest.fixture
def seeded(floor: Floor) -> dict[str, UUID]:
    people = settle(floor)
    seed(floor.database)
    return people


def names(ask: Ask) -> list[str]:
    return [rule["name"] for rule in ask("list_rules")["items"]]


def test_rules_skills_and_profiles_are_made_once(ask: Ask, floor: Floor, seeded: Any):
    assert names(ask) == ["贵宾投诉", "报修", "特急", "其余"]
    assert len(ask("list_skills")["items"]) == 3
    assert ask("get_agent", person_id=seeded["CS002"])["skills"][0]["level"] == 4
    assert seed(floor.database) == "rules: unchanged"
    assert len(names(ask)) == 4


def test_none_of_the_demos_rules_is_useless(ask: Ask, seeded: Any):
    for rule in ask("list_rules")["items"]:
        assert ask("get_rule", rule_id=rule["rule_id"])["warnings"] == []


@pytest.mark.parametrize(
    ("sample", "rule", "login"),
    [
        ({"kind": "complaint", "tier": "vip"}, "贵宾投诉", "CS002"),
        ({"kind": "repair"}, "报修", "TS001"),
        ({"urgency": "critical"}, "特急", None),
        ({"kind": "inquiry"}, "其余", None),
    ],
)
def test_the_demos_tickets_go_where_they_should(ask: Ask, seeded, sample, rule, login):
    answer = ask("try_rules", sample=sample)
    assert answer["rule"]["name"] == rule
    would_be = answer["would_be"]["name"]
    assert would_be == login if login else would_be in ("CS001", "CS002")


def test_repairs_overflow_when_support_is_away(ask: Ask, floor: Floor, seeded: Any):
    floor.set_presence(seeded["TS001"], "offline")
    answer = ask("try_rules", sample={"kind": "repair"})
    assert answer["would_be"]["name"] in ("CS001", "CS002")
    assert answer["explanation"]["overflow_from"]


def test_whoever_has_rules_keeps_them(ask: Ask, floor: Floor):
    settle(floor)
    floor.rule(floor.group("自己的"), name="自己的")
    assert seed(floor.database) == "rules: unchanged"
    assert names(ask) == ["自己的"]
    assert ask("list_skills")["items"] == []


def test_it_waits_for_the_groups(ask: Ask, floor: Floor):
    with ThreadPoolExecutor(1) as waiting:
        done = waiting.submit(seed, floor.database)
        settle(floor)
        assert "贵宾投诉" in eventually(lambda: done.result(20))
    assert len(names(ask)) == 4


def test_it_goes_on_if_they_never_come(ask: Ask, floor: Floor):
    assert "not arrived" in seed(floor.database, patience=0)
    assert names(ask) == []


def test_two_at_once_make_the_rules_once(ask: Ask, floor: Floor):
    settle(floor)
    with ThreadPoolExecutor(2) as machines:
        said = list(machines.map(seed, [floor.database] * 2))
    assert sorted(one == "rules: unchanged" for one in said) == [False, True]
    assert len(names(ask)) == 4
