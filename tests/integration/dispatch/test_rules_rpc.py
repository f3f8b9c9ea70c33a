"""Rules are made, changed and put in order; what cannot be meant is refused by its field."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import Conflict, NotFound, Stale
from tests.integration.dispatch.calling import agent, errors_of, refusal_of
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask

COMPLAINT = {"field": "kind", "op": "is", "value": "complaint"}
REPAIR = {"field": "kind", "op": "is", "value": "repair"}


@pytest.fixture
def group(floor: Floor) -> str:
    group_id = floor.group("售后")
    floor.person(group_id)
    return str(group_id)


def created(ask: Ask, group: str, **values: Any) -> dict[str, Any]:
    rule: dict[str, Any] = ask("create_rule", values={"name": "投诉", "group_id": group, **values})
    return rule


def test_a_rule_is_what_was_said_and_else_as_usual(ask: Ask, floor: Floor, group: str):
    loans, overflow = floor.skill("loans"), str(floor.group("二线"))
    wanted = [{"skill_id": str(loans), "level": 3}]
    rule = created(
        ask, group, condition=COMPLAINT, required_skills=wanted, overflow_group_ids=[overflow]
    )
    assert ask("get_rule", rule_id=rule["rule_id"]) == {
        name: value for name, value in rule.items() if name != "audit"
    }
    assert rule["group"] == {"group_id": group, "name": "售后"}
    assert rule["overflow_groups"] == [{"group_id": overflow, "name": "二线"}]
    assert rule["required_skills"] == [{**wanted[0], "key": "loans", "name": "loans"}]
    assert (rule["mode"], rule["strategy"], rule["is_active"]) == ("push", "least_loaded", True)
    assert (rule["preferred_skills"], rule["grab_seconds"], rule["version"]) == ([], None, 1)


def test_a_new_rule_comes_last_and_rules_can_be_put_in_order(ask: Ask, group: str):
    ids = [created(ask, group, name=name)["rule_id"] for name in "甲乙丙"]
    assert [rule["name"] for rule in ask("list_rules")["items"]] == ["甲", "乙", "丙"]
    answer = ask("order_rules", rule_ids=ids[::-1])
    assert [rule["name"] for rule in answer["items"]] == ["丙", "乙", "甲"]
    assert [rule["name"] for rule in ask("list_rules")["items"]] == ["丙", "乙", "甲"]
    assert answer["audit"]["before"] == {"rule_ids": ids}


def test_an_order_names_every_rule_once(ask: Ask, group: str):
    first, second = (created(ask, group)["rule_id"] for _ in range(2))
    unknown = str(uuid4())
    assert errors_of(lambda: ask("order_rules", rule_ids=[first])) == {
        "rule_ids": [f"{second} is missing"]
    }
    errors = errors_of(lambda: ask("order_rules", rule_ids=[first, first, unknown, second]))
    assert errors == {"rule_ids[1]": ["is there twice"], "rule_ids[2]": ["is not known"]}


def test_a_replaced_rule_keeps_its_place(ask: Ask, group: str):
    first, _ = (created(ask, group, name=name) for name in "甲乙")
    values = {"name": "丁", "group_id": group, "condition": REPAIR, "is_sticky": True}
    changed = ask("replace_rule", rule_id=first["rule_id"], version=1, values=values)
    assert (changed["position"], changed["version"]) == (first["position"], 2)
    assert changed["audit"]["before"] == {
        "name": "甲",
        "condition": {"all": []},
        "is_sticky": False,
    }
    assert changed["audit"]["after"] == {"name": "丁", "condition": REPAIR, "is_sticky": True}
    assert changed["audit"]["object"] == first["rule_id"]


@pytest.mark.parametrize("method", ["replace_rule", "remove_rule"])
def test_a_stale_version_changes_nothing(ask: Ask, group: str, method: str):
    rule = created(ask, group)
    values = {"name": "乙", "group_id": group}
    more = {"values": values} if method == "replace_rule" else {}
    ask("replace_rule", rule_id=rule["rule_id"], version=1, values=values)
    refusal = refusal_of(lambda: ask(method, rule_id=rule["rule_id"], version=1, **more))
    assert isinstance(refusal, Stale)
    assert refusal.details == {"version": 2}


def test_a_removed_rule_is_gone(ask: Ask, group: str):
    rule_id = created(ask, group)["rule_id"]
    assert ask("remove_rule", rule_id=rule_id, version=1)["audit"]["before"]["name"] == "投诉"
    for method in ("get_rule", "remove_rule"):
        assert isinstance(refusal_of(lambda: ask(method, rule_id=rule_id)), NotFound)  # noqa: B023


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"name": "两\n行"}, "name"),
        ({"group_id": "x"}, "group_id"),
        ({"group_id": str(uuid4())}, "group_id"),
        ({"mode": "pull"}, "mode"),
        ({"strategy": "best"}, "strategy"),
        ({"is_sticky": "yes"}, "is_sticky"),
        ({"grab_seconds": 60}, "grab_seconds"),
        ({"mode": "grab", "grab_seconds": 5}, "grab_seconds"),
        ({"mode": "grab", "grab_seconds": True}, "grab_seconds"),
        ({"overflow_group_ids": [str(uuid4())]}, "overflow_group_ids[0]"),
        ({"overflow_group_ids": "x"}, "overflow_group_ids"),
        ({"required_skills": [{"skill_id": str(uuid4()), "level": 1}]},
         "required_skills[0].skill_id"),
        ({"preferred_skills": [{"level": 1}]}, "preferred_skills[0].skill_id"),
        ({"preferred_skills": ["x"]}, "preferred_skills[0]"),
        ({"condition": {"field": "mood", "op": "is", "value": "bad"}}, "condition.field"),
        ({"condition": {"all": [COMPLAINT, REPAIR]}}, "condition.all"),
        ({"condition": {"field": "group_id", "op": "is", "value": str(uuid4())}},
         "condition.value"),
        ({"colour": "red"}, "colour"),
        ({"is_active": None}, "is_active"),
    ],
)  # fmt: skip
def test_what_a_rule_cannot_say_is_refused_by_its_field(ask: Ask, group: str, values, field: str):
    errors = errors_of(lambda: created(ask, group, **values))
    assert any(name.startswith(field) for name in errors), errors
    assert ask("list_rules")["items"] == []


def test_all_that_is_wrong_is_named_at_once(ask: Ask, group: str):
    errors = errors_of(lambda: created(ask, group, name="", mode="pull", condition={"x": 1}))
    assert {"name", "mode", "condition"} <= set(errors)
    assert set(errors_of(lambda: ask("create_rule", values={}))) == {"name", "group_id"}


def test_a_group_does_not_overflow_into_itself(ask: Ask, group: str):
    errors = errors_of(lambda: created(ask, group, overflow_group_ids=[group]))
    assert errors == {"overflow_group_ids[0]": ["a group does not overflow into itself"]}


def test_a_group_that_is_gone_gets_nothing(ask: Ask, floor: Floor, group: str):
    floor.run("UPDATE directory_groups SET is_active = false")
    assert "group_id" in errors_of(lambda: created(ask, group))


def codes(rule: dict[str, Any]) -> list[tuple[str, str]]:
    return [(warning["code"], warning["field"]) for warning in rule["warnings"]]


def test_a_skill_that_nobody_in_the_groups_has_is_warned_of(ask: Ask, floor: Floor, group: str):
    loans, cards = floor.skill("loans"), floor.skill("cards")
    other = floor.group("别处")
    floor.person(other, skills={loans: 5})
    floor.person(group, skills={loans: 2})
    needs = [{"skill_id": str(loans), "level": 3}]
    assert codes(created(ask, group, required_skills=needs)) == [
        ("rule.skill_missing", "required_skills[0]")
    ]
    helped = created(ask, group, required_skills=needs, overflow_group_ids=[str(other)])
    assert codes(helped) == [("rule.never_reached", "condition")]
    floor.person(group, skills={cards: 5})
    both = [{"skill_id": str(loans), "level": 2}, {"skill_id": str(cards), "level": 1}]
    apart = created(ask, other, required_skills=both, overflow_group_ids=[group])
    assert codes(apart) == [("rule.skills_apart", "required_skills")]


def test_a_rule_that_others_leave_nothing_is_warned_of(ask: Ask, floor: Floor, group: str):
    assert codes(created(ask, group, name="一切")) == []
    shadowed = created(ask, group, condition=COMPLAINT)
    assert codes(shadowed) == [("rule.never_reached", "condition")]
    assert "一切" in shadowed["warnings"][0]["message"]
    empty = str(floor.group("空组"))
    assert codes(created(ask, empty)) == [("rule.no_members", "group_id")]
    assert codes(created(ask, empty, mode="grab"))[-1] == ("rule.grab_unlimited", "grab_seconds")


def test_what_waits_is_matched_anew_when_rules_change(ask: Ask, group: str, floor: Floor):
    before = floor.scalar("SELECT rules_revision FROM settings")
    rule = created(ask, group)
    ask("replace_rule", rule_id=rule["rule_id"], values={"name": "乙", "group_id": group})
    ask("order_rules", rule_ids=[rule["rule_id"]])
    ask("remove_rule", rule_id=rule["rule_id"])
    assert floor.scalar("SELECT rules_revision FROM settings") == before + 4


def test_a_repeated_command_makes_one_rule(ask: Ask, group: str):
    same = {"command_id": "rule-1", "values": {"name": "投诉", "group_id": group}}
    assert ask("create_rule", **same) == ask("create_rule", **same)
    assert len(ask("list_rules")["items"]) == 1


def test_a_skill_that_rules_use_stays_and_they_are_named(ask: Ask, group: str):
    skill = ask("create_skill", key="loans", name="贷款")
    needs = [{"skill_id": skill["skill_id"], "level": 3}]
    rule = created(ask, group, name="贷款投诉", preferred_skills=needs)
    given = {"skill_id": skill["skill_id"], "version": 1, "changes": {"is_active": False}}
    refusal = refusal_of(lambda: ask("edit_skill", **given))
    assert isinstance(refusal, Conflict)
    assert refusal.code == "skill.in_use"
    assert refusal.details["rules"] == [{"rule_id": rule["rule_id"], "name": "贷款投诉"}]
    ask("remove_rule", rule_id=rule["rule_id"])
    assert ask("edit_skill", **given)["is_active"] is False
    assert ask("list_skills")["items"] == []
    assert len(ask("list_skills", include_inactive=True)["items"]) == 1
    assert "required_skills[0].skill_id" in errors_of(
        lambda: created(ask, group, required_skills=needs)
    )


def test_rules_tell_what_names_a_thing_in_the_order_asked(ask: Ask, group: str):
    asks = {"any": [COMPLAINT, {"field": "tags", "op": "has_any", "value": ["商家"]}]}
    rule = created(ask, group, name="商家", condition=asks)
    field = {"field": "fields.card", "op": "is_set"}
    other = created(ask, group, name="有卡号", condition=field, is_active=False)
    asked = [{"fields": ["card"]}, {"tags": ["商家"]}, {"tags": ["个人"]}]
    items = ask("find_uses", asked=asked)["items"]
    told = {"kind": "dispatch_rule", "is_active": True}
    assert items == [
        [told | {"id": other["rule_id"], "name": "有卡号", "is_active": False}],
        [told | {"id": rule["rule_id"], "name": "商家"}],
        [],
    ]
    # Whoever may not look at rules learns that there is one.
    stranger = replace(agent(), permissions=frozenset({"ticket.list"}))
    [[hidden]] = ask("find_uses", stranger, asked=asked[1:2])["items"]
    assert (hidden["id"], hidden["name"]) == (rule["rule_id"], None)
