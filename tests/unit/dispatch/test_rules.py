"""The first rule that holds decides; tickets of a group keep to its rules."""

from uuid import UUID

from services.dispatch.domain.rules import first_match
from tests.unit.dispatch.making import GROUP, OTHER_GROUP, rule

COMPLAINT = {"field": "kind", "op": "is", "value": "complaint"}
FACTS = {"kind": "complaint", "tags": [], "fields": {}}


def named(name, *, group_id=GROUP, condition=None, **fields):
    return rule(
        condition,
        name=name,
        rule_id=UUID(bytes=name.encode().ljust(16)[:16]),
        group_id=group_id,
        **fields,
    )


def test_the_first_in_order_decides_and_the_rest_is_not_tried():
    match = first_match([named("a"), named("b")], FACTS, None)
    assert (match.rule.name, match.group_id) == ("a", GROUP)
    assert [one["name"] for one in match.tried] == ["a"]


def test_what_does_not_hold_is_explained():
    match = first_match(
        [named("a", condition=COMPLAINT), named("b")], {**FACTS, "kind": "repair"}, None
    )
    assert match.rule.name == "b"
    [failed, _] = match.tried
    assert failed["holds"] is False
    assert failed["why"] == [{**COMPLAINT, "actual": "repair", "holds": False}]


def test_a_ticket_in_a_group_takes_only_its_rules():
    match = first_match([named("a", group_id=OTHER_GROUP), named("b")], FACTS, GROUP)
    assert match.rule.name == "b"
    assert [one["name"] for one in match.tried] == ["b"]


def test_after_them_those_that_overflow_into_it_and_it_waits_there():
    rules = [
        named("a", overflow_group_ids=(OTHER_GROUP,)),
        named("b", group_id=OTHER_GROUP, condition=COMPLAINT),
    ]
    assert first_match(rules, FACTS, OTHER_GROUP).rule.name == "b"
    match = first_match(rules, {**FACTS, "kind": "repair"}, OTHER_GROUP)
    assert (match.rule.name, match.group_id) == ("a", OTHER_GROUP)


def test_a_rule_that_overflows_into_its_own_group_is_tried_once():
    match = first_match(
        [named("a", condition=COMPLAINT, overflow_group_ids=(GROUP,))], {"kind": "x"}, GROUP
    )
    assert match.rule is None
    assert len(match.tried) == 1


def test_without_a_rule_it_stays_in_its_group():
    assert first_match([], FACTS, GROUP).group_id == GROUP
    assert first_match([], FACTS, None).group_id is None
