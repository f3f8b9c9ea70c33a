"""Conditions that can never hold are refused, and none that can."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.conditions import Condition, parse_condition
from libs.common.conditions.never import first_never
from libs.common.conditions.parsing import read_nodes
from libs.common.errors import InvalidInput
from tests.support.conditions import CUSTOM, conditions, facts


def one(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


KIND = one("kind", "is", "complaint")
ALWAYS: dict[str, Any] = {"all": []}


def refusal(raw: Any) -> str:
    """The path that is named."""
    with pytest.raises(InvalidInput) as caught:
        parse_condition(raw)
    assert caught.value.code == "condition.never_holds"
    [path] = caught.value.details["errors"]
    return path


@pytest.mark.parametrize(
    "parts",
    [
        [KIND, one("kind", "is", "repair")],
        [KIND, one("kind", "is_not", "complaint")],
        [KIND, one("kind", "in", ["repair", "inquiry"])],
        [KIND, one("kind", "is_not_set")],
        [KIND, {"none": [KIND]}],
        [KIND, {"any": [one("kind", "is", "repair"), one("kind", "is", "inquiry")]}],
        [one("kind", "in", ["repair", "inquiry"]), one("kind", "not_in", ["inquiry", "repair"])],
        [one("urgency", "gt", "normal"), one("urgency", "lt", "urgent")],
        [one("urgency", "ge", "urgent"), one("urgency", "not_in", ["urgent", "critical"])],
        [one("group_id", "is_set"), one("group_id", "is_not_set")],
        [one("group_id", "is", f"{'0' * 31}1".zfill(32)), one("group_id", "is_not_set")],
        [one("channel", "is", "mail"), one("channel", "in", ["phone", "portal"])],
        [one("subject", "contains", "APP 崩溃"), one("subject", "not_contains", "app")],
        [one("subject", "starts_with", "ab"), one("subject", "starts_with", "b")],
        [one("subject", "starts_with", "ab"), {"none": [one("subject", "starts_with", "A")]}],
        [one("subject", "is", "abc"), one("subject", "contains", "x")],
        [one("subject", "contains", "x"), one("subject", "is_not_set")],
        [one("tags", "has_all", ["a", "b"]), one("tags", "has_none", ["b"])],
        [one("tags", "has_any", ["a", "b"]), one("tags", "has_none", ["b", "a"])],
        [one("tags", "has_any", ["a"]), one("tags", "is_not_set")],
        [one("tags", "has_all", ["a", "b"]), {"none": [one("tags", "has_all", ["b"])]}],
        [one("weekday", "gt", 5), one("weekday", "lt", 6)],
        [one("local_hour", "between", [9, 12]), one("local_hour", "between", [13, 18])],
        [
            one("created_at", "gt", "2026-01-02T00:00:00Z"),
            one("created_at", "lt", "2026-01-02T00:00:00Z"),
        ],
        [one("fields.n", "gt", 5), one("fields.n", "le", 5)],
        [one("fields.n", "gt", 5), one("fields.n", "contains", "5")],
        [one("fields.n", "is", "5"), one("fields.n", "is", 5)],
        [one("fields.n", "is", True), one("fields.n", "is", 1)],
        [one("fields.n", "has_all", [1, "a"]), one("fields.n", "has_none", ["a"])],
    ],
)
def test_a_contradiction_is_refused_at_the_part_that_makes_it(parts):
    assert refusal({"all": parts}) == "condition.all[1]"
    assert refusal({"all": parts[::-1]}) == "condition.all[1]"
    together = {"any": [{"all": [{}, *parts]}]}
    assert refusal(together) == "condition"
    assert refusal({"all": [{"all": parts}, ALWAYS]}) == "condition.all[0].all[1]"
    assert parse_condition({"any": parts})
    assert parse_condition({"none": [{"all": parts}]})
    assert parse_condition({"any": [{"all": parts}, ALWAYS]})


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (one("urgency", "gt", "critical"), "condition.value"),
        (one("urgency", "lt", "normal"), "condition.value"),
        (one("local_hour", "is", 24), "condition.value"),
        (one("weekday", "between", [1.2, 1.8]), "condition.value"),
        ({"none": [ALWAYS]}, "condition.none[0]"),
        ({"none": [{}]}, "condition.none[0]"),
        ({"none": [KIND, one("kind", "is_not", "complaint")]}, "condition.none[1]"),
        ({"none": [{"any": [KIND, {"none": [KIND]}]}]}, "condition.none[0]"),
        ({"none": [{"none": [one("weekday", "gt", 7)]}]}, "condition.none[0]"),
        ({"all": [KIND, one("urgency", "gt", "critical")]}, "condition.all[1].value"),
        ({"any": [one("urgency", "gt", "critical"), one("weekday", "lt", 1)]}, "condition"),
    ],
)
def test_what_can_never_hold_by_itself_is_named_where_it_stands(raw, path):
    assert refusal(raw) == path


@pytest.mark.parametrize(
    "parts",
    [
        [one("kind", "is_not", kind) for kind in ("inquiry", "complaint", "repair", "suggestion")],
        [one("urgency", "ge", "urgent"), one("urgency", "le", "urgent")],
        [one("tags", "has_all", ["a"]), one("tags", "has_none", ["b"])],
        [one("tags", "has_any", ["a", "b"]), one("tags", "has_none", ["b"])],
        [one("subject", "starts_with", "ab"), one("subject", "starts_with", "A")],
        [one("subject", "contains", "崩溃"), one("subject", "not_contains", "崩溃了")],
        [one("tags", "is_not_set"), one("tags", "has_none", ["a"])],
        [one("fields.n", "gt", 5), one("fields.n", "lt", 5.0000001)],
        [one("fields.n", "gt", 2.0**53)],
        [one("fields.n", "is", 1), one("fields.n", "is_not", True)],
        [one("channel", "not_in", ["mail", "phone"]), one("channel", "is_set")],
    ],
)
def test_what_can_hold_is_accepted(parts):
    assert parse_condition({"all": parts})


NAMES = ["urgency", "channel", "group_id", "subject", "tags", "created_at", "weekday", *CUSTOM]


@given(
    st.sampled_from(NAMES).flatmap(lambda name: st.lists(conditions([name]), min_size=1)),
    st.lists(facts(), min_size=1, max_size=8),
)
@settings(max_examples=120)
def test_what_is_refused_holds_for_no_facts(raws, known):
    for raw in raws:
        root = read_nodes(raw, "condition", None)
        if first_never(root, "condition") is not None:
            assert not any(Condition(root).holds(one) for one in known)


@given(st.lists(conditions(), min_size=1), st.lists(facts(), min_size=1, max_size=8))
def test_what_speaks_of_several_fields_is_refused_as_soundly(raws, known):
    for raw in raws:
        root = read_nodes(raw, "condition", None)
        if first_never(root, "condition") is not None:
            assert not any(Condition(root).holds(one) for one in known)


def test_a_search_that_would_take_too_long_ends_with_acceptance():
    hard = [
        {"any": [one("subject", "contains", f"{row}{n}") for n in range(9)]} for row in range(11)
    ]
    assert parse_condition({"all": [*hard, {"none": [one("subject", "contains", "0")]}]})
