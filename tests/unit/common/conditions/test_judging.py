"""What each comparison says of a fact, and of its absence."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.conditions import Condition, explain, parse_condition
from libs.common.conditions.parsing import read_nodes
from libs.common.conditions.wording import finder, opener
from tests.support.conditions import comparisons, conditions, facts

ID = "0193c1f0-0000-7000-8000-000000000001"
NINE = datetime(2026, 1, 31, 9, tzinfo=UTC)


def says(field: str, op: str, value: Any, fact: Any) -> bool:
    condition = parse_condition({"field": field, "op": op, "value": value})
    if not field.startswith("fields."):
        return condition.holds({field: fact})
    return condition.holds({"fields": {field.removeprefix("fields."): fact}})


@pytest.mark.parametrize(
    ("field", "op", "value", "yes", "no"),
    [
        ("kind", "is", "complaint", "complaint", "repair"),
        ("kind", "is_not", "complaint", "repair", "complaint"),
        ("kind", "in", ["complaint", "repair"], "repair", "inquiry"),
        ("kind", "not_in", ["complaint", "repair"], "inquiry", "repair"),
        ("channel", "is", "wecom", "wecom", "mail"),
        ("urgency", "gt", "normal", "urgent", "normal"),
        ("urgency", "ge", "urgent", "critical", "normal"),
        ("urgency", "lt", "urgent", "normal", "urgent"),
        ("urgency", "le", "urgent", "urgent", "critical"),
        ("urgency", "between", ["normal", "urgent"], "urgent", "critical"),
        ("group_id", "is", ID.upper(), ID, ID.replace("1", "2")),
        ("group_id", "is", ID, UUID(ID), None),
        ("subject", "is", "App", "App", "app"),
        ("subject", "contains", "app 崩溃", "我的APP 崩溃了", "app崩溃"),
        ("subject", "contains", "100%_", "涨了 100%_", "涨了 1000_"),
        ("subject", "not_contains", "app", "网站", "APP"),
        ("subject", "starts_with", "re:", "RE: 你好", "你好 re:"),
        ("tags", "has_any", ["商家", "vip"], ["vip", "x"], ["VIP"]),
        ("tags", "has_all", ["商家", "vip"], ["vip", "x", "商家"], ["vip"]),
        ("tags", "has_none", ["商家", "vip"], ["x"], ["vip"]),
        ("created_at", "gt", "2026-01-31T17:00:00+08:00", NINE + timedelta(microseconds=1), NINE),
        ("created_at", "le", "2026-01-31T09:00:00Z", "2026-01-31T17:00:00+08:00", "whenever"),
        ("weekday", "between", [1, 5], 5, 6),
        ("local_hour", "in", [9, 10], 10, 11),
        ("fields.型号", "is", "X1", "X1", "x1"),
        ("fields.n", "is", 1, 1.0, True),
        ("fields.n", "is", True, True, 1),
        ("fields.n", "in", [1, "1"], "1", True),
        ("fields.n", "ge", 1.5, 2, "2"),
        ("fields.a.b", "contains", "崩", "崩溃", ["崩溃"]),
        ("fields.n", "has_any", [1, "a"], ["a"], "a"),
        ("fields.n", "has_all", [True], [True, 1], [1]),
    ],
)
def test_a_comparison_holds_for_one_fact_and_not_for_the_other(field, op, value, yes, no):
    assert says(field, op, value, yes) is True
    assert says(field, op, value, no) is False


@pytest.mark.parametrize("fact", [None, "", []])
@given(raw=comparisons())
def test_what_is_not_set_makes_only_denials_true(fact, raw):
    name = raw["field"]
    held = {"fields": {name.removeprefix("fields."): fact}}
    judged = Condition(read_nodes(raw, "condition", None)).holds({name: fact} | held)
    denials = ("is_not", "not_in", "not_contains", "has_none", "is_not_set")
    assert judged is (raw["op"] in denials)


def test_a_missing_fact_is_not_set():
    for field in ("kind", "fields.型号", "tags"):
        assert parse_condition({"field": field, "op": "is_not_set"}).holds({})
        assert not parse_condition({"field": field, "op": "is_set"}).holds({})


@pytest.mark.parametrize("always", [{}, {"all": []}, {"none": []}])
def test_an_empty_condition_holds_always(always):
    assert parse_condition(always).holds({})
    assert parse_condition(always).fields() == frozenset()


def test_groups_need_all_any_or_none_of_their_parts():
    complaint = {"field": "kind", "op": "is", "value": "complaint"}
    critical = {"field": "urgency", "op": "is", "value": "critical"}
    for kind, counts in (("all", {2}), ("any", {1, 2}), ("none", {0})):
        condition = parse_condition({kind: [complaint, critical]})
        for facts_known, count in (
            ({"kind": "complaint", "urgency": "critical"}, 2),
            ({"kind": "repair", "urgency": "critical"}, 1),
            ({"kind": "repair"}, 0),
        ):
            assert condition.holds(facts_known) is (count in counts)


@given(conditions(), facts())
def test_an_explanation_agrees_with_the_judgement(raw, known):
    condition = Condition(read_nodes({"any": [raw]}, "condition", None))
    [root] = explain(condition, known)
    assert root["holds"] is condition.holds(known)
    [told] = root["any"]
    for part in told.get("all", ()):
        kind = next((one for one in ("all", "any", "none") if one in part), None)
        if kind is None:
            assert {"field", "op", "value", "actual", "holds"} == part.keys()


def test_an_explanation_names_what_was_looked_at():
    condition = parse_condition(
        {
            "all": [
                {"field": "kind", "op": "is", "value": "complaint"},
                {"none": [{"field": "created_at", "op": "gt", "value": "2026-01-31T09:00:00Z"}]},
                {"field": "assignee_id", "op": "is_set"},
                {"field": "subject", "op": "contains", "value": "b"},
            ]
        }
    )
    known = {"kind": "repair", "created_at": NINE, "assignee_id": UUID(ID), "subject": "b" * 999}
    assert explain(condition, known) == [
        {"field": "kind", "op": "is", "value": "complaint", "actual": "repair", "holds": False},
        {
            "none": [
                {
                    "field": "created_at",
                    "op": "gt",
                    "value": "2026-01-31T09:00:00Z",
                    "actual": "2026-01-31T09:00:00+00:00",
                    "holds": False,
                }
            ],
            "holds": True,
        },
        {"field": "assignee_id", "op": "is_set", "value": None, "actual": ID, "holds": True},
        {
            "field": "subject",
            "op": "contains",
            "value": "b",
            "actual": "b" * 199 + "…",
            "holds": True,
        },
    ]


@given(conditions(), facts())
def test_a_condition_is_the_same_after_it_was_stored(raw, known):
    condition = Condition(read_nodes(raw, "condition", None))
    again = Condition(read_nodes(condition.as_json(), "condition", None))
    assert again == condition
    assert hash(again) == hash(condition)
    assert again.as_json() == condition.as_json()
    assert again.holds(known) is condition.holds(known)


@given(st.text(max_size=4), st.text(max_size=12), st.booleans())
def test_words_are_found_where_they_were_put_in_either_case(word, text, is_upper):
    alike = "".join(
        (one.upper() if is_upper else one.lower()) if one.isascii() else one for one in word
    )
    assert finder(word)(f"{text}{alike}{text}")
    assert opener(word)(f"{alike}{text}")


def test_instants_of_any_zone_are_compared_as_instants():
    shanghai = timezone(timedelta(hours=8))
    assert says("created_at", "ge", "2026-01-31T09:00:00Z", NINE.astimezone(shanghai))
    assert not says("created_at", "gt", "2026-01-31T09:00:00Z", NINE.replace(tzinfo=None))
