"""Rules are tried out on a sample or a ticket before they decide about anything."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.errors import NotFound
from tests.integration.dispatch.calling import errors_of, refusal_of, supervisor
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask

COMPLAINT = {"field": "kind", "op": "is", "value": "complaint"}
VIP = {"field": "tier", "op": "is", "value": "vip"}


def test_a_sample_says_which_rule_decides_and_who_would_get_it(ask: Ask, floor: Floor, group: UUID):
    person = floor.person(group, name="李雷")
    floor.person(group, name="韩梅", state="away")
    floor.rule(group, COMPLAINT, name="投诉")
    vip = floor.rule(group, VIP, name="贵宾", strategy="senior_first")
    answer = ask("try_rules", sample={"kind": "repair", "tier": "vip"})
    assert answer["rule"] == {"rule_id": str(vip), "name": "贵宾"}
    assert answer["would_be"] == {"person_id": str(person), "name": "李雷"}
    assert (answer["mode"], answer["group_id"]) == ("push", str(group))
    why = answer["explanation"]
    assert [(one["name"], one["holds"]) for one in why["rules"]] == [
        ("投诉", False),
        ("贵宾", True),
    ]
    assert why["rules"][0]["why"][0]["actual"] == "repair"
    assert why["skipped_counts"] == {"away": 1}
    assert (why["trigger"], why["strategy"]) == ("trial", "senior_first")


def test_a_trial_gives_nothing_to_anybody(ask: Ask, floor: Floor, group: UUID):
    person = floor.person(group)
    floor.rule(group)
    assert ask("try_rules", sample={})["would_be"]
    assert floor.load(person) == (0, 0, 0)
    assert floor.scalar("SELECT count(*) FROM assignments") == 0
    assert floor.told("assignment.proposed") == []


def test_where_no_rule_holds_nobody_would_get_it(ask: Ask, floor: Floor, group: UUID):
    floor.person(group)
    floor.rule(group, COMPLAINT)
    answer = ask("try_rules", sample={"kind": "repair"})
    assert (answer["rule"], answer["would_be"], answer["group_id"]) == (None, None, None)
    assert len(answer["explanation"]["rules"]) == 1


def test_what_is_to_be_grabbed_goes_to_nobody_by_itself(ask: Ask, floor: Floor, group: UUID):
    floor.person(group)
    floor.rule(group, mode="grab")
    answer = ask("try_rules", sample={})
    assert (answer["mode"], answer["would_be"]) == ("grab", None)
    assert answer["explanation"]["group_name"] == "售后"


def test_rules_that_are_not_saved_yet_can_be_tried(ask: Ask, floor: Floor, group: UUID):
    person = floor.person(group)
    saved = floor.rule(group, COMPLAINT, name="已存")
    drafts = [
        {"rule_id": str(saved), "name": "改过", "group_id": str(group), "condition": VIP},
        {"name": "停用", "group_id": str(group), "is_active": False},
        {"name": "草稿", "group_id": str(group)},
    ]
    answer = ask("try_rules", sample={"kind": "complaint"}, rules=drafts)
    assert answer["rule"]["name"] == "草稿"
    assert [one["name"] for one in answer["explanation"]["rules"]] == ["改过", "草稿"]
    assert answer["explanation"]["rules"][0]["rule_id"] == str(saved)
    assert answer["would_be"]["person_id"] == str(person)
    assert len(ask("list_rules")["items"]) == 1
    assert ask("try_rules", sample={}, rules=[])["rule"] is None


def test_a_ticket_is_tried_with_what_is_known_of_it(ask: Ask, floor: Floor, group: UUID):
    known = floor.person(group, name="熟人", capacity=4)
    floor.person(group, name="别人", capacity=100)
    floor.rule(group, VIP, is_sticky=True, name="贵宾")
    customer = floor.customer("vip")
    before = floor.quiet_ticket(customer_id=customer)
    floor.hear(before.create(), before.assign(known))
    life = floor.ticket(customer_id=customer)
    answer = ask("try_rules", number=life.number)
    assert answer["rule"]["name"] == "贵宾"
    assert answer["would_be"]["name"] == "熟人"
    floor.drain()
    assert floor.holder(life) == known


def test_a_ticket_outside_the_scope_is_not_tried(ask: Ask, floor: Floor, group: UUID):
    life = floor.ticket()
    boss = supervisor()
    narrow = type(boss)(
        boss.subject, "组长", scopes={"tickets": "own"}, permissions=boss.permissions
    )
    for number in (life.number, "G1"):
        refusal = refusal_of(lambda: ask("try_rules", narrow, number=number))  # noqa: B023
        assert isinstance(refusal, NotFound)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "sample"),
        ({"sample": {}, "number": "G1"}, "sample"),
        ({"sample": []}, "sample"),
        ({"sample": {"urgency": "soon"}}, "sample.urgency"),
        ({"sample": {"tags": "x"}}, "sample.tags"),
        ({"sample": {"colour": "red"}}, "sample.colour"),
        ({"sample": {"group_id": "x"}}, "sample.group_id"),
        ({"sample": {"created_at": "today"}}, "sample.created_at"),
        ({"sample": {"created_at": "9999-12-31T23:59:59-12:00"}}, "sample.created_at"),
        ({"sample": {"fields": []}}, "sample.fields"),
        ({"sample": {}, "rules": {}}, "rules"),
        ({"sample": {}, "rules": [{}]}, "rules[0].name"),
        ({"sample": {}, "rules": [{"name": "甲", "group_id": str(uuid4())}]}, "rules[0].group_id"),
        ({"sample": {}, "rules": ["x"]}, "rules[0]"),
    ],
)
def test_what_cannot_be_tried_is_refused_by_its_field(
    ask: Ask, floor: Floor, given: Any, field: str
):
    assert field in errors_of(lambda: ask("try_rules", **given))


def test_a_drafts_condition_is_refused_by_its_path(ask: Ask, floor: Floor, group: UUID):
    never = {"all": [COMPLAINT, {"field": "kind", "op": "is", "value": "repair"}]}
    draft = {"name": "甲", "group_id": str(group), "condition": never}
    refused = refusal_of(lambda: ask("try_rules", sample={}, rules=[draft]))
    assert refused.code == "condition.never_holds"
    assert next(iter(refused.details["errors"])).startswith("rules[0].condition.all")


def test_a_sample_bears_every_field_that_conditions_know(ask: Ask, floor: Floor, group: UUID):
    floor.rule(group, {"field": "fields.型号", "op": "is", "value": "X1"})
    sample = {
        "subject": "崩溃",
        "kind": "repair",
        "urgency": "critical",
        "channel": "phone",
        "status": "unassigned",
        "status_category": "new",
        "tags": ["app_crash"],
        "fields": {"型号": "X1"},
        "tier": "vip",
        "language": "en",
        "group_id": str(group),
        "region_id": str(uuid4()),
        "customer_id": str(uuid4()),
        "assignee_id": str(uuid4()),
        "created_at": "2026-11-22T09:00:00+08:00",
    }
    assert ask("try_rules", sample=sample)["rule"]
