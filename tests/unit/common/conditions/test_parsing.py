"""What is no condition is refused, each fault by its path."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.conditions import parse_condition
from libs.common.errors import InvalidInput

KIND = {"field": "kind", "op": "is", "value": "complaint"}


class Nobody:
    """Knows of no id."""

    def has(self, source: str, value: str) -> bool:
        return False


def errors(raw: Any, **options: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        parse_condition(raw, **options)
    assert caught.value.code == "condition.invalid"
    found: dict[str, list[str]] = caught.value.details["errors"]
    return found


@pytest.mark.parametrize(
    ("raw", "path", "message"),
    [
        (None, "condition", "must be an object"),
        ([KIND], "condition", "must be an object"),
        ({"every": []}, "condition", "must be all, any, none or a comparison of a field"),
        ({"all": [], "any": []}, "condition", "must be all, any, none or a comparison of a field"),
        ({"all": KIND}, "condition.all", "must be a list"),
        ({"any": []}, "condition.any", "needs at least one condition"),
        ({"all": [{"any": []}]}, "condition.all[0].any", "needs at least one condition"),
        ({"any": [KIND, 5]}, "condition.any[1]", "must be an object"),
        ({"op": "is"}, "condition.field", "is not a field that conditions know"),
        ({**KIND, "field": "colour"}, "condition.field", "is not a field that conditions know"),
        ({**KIND, "field": "fields."}, "condition.field", "is not a field that conditions know"),
        ({**KIND, "field": ["kind"]}, "condition.field", "is not a field that conditions know"),
        ({**KIND, "why": 1}, "condition.why", "is unknown here"),
        (
            {**KIND, "op": "gt"},
            "condition.op",
            "must be one of is, is_not, in, not_in, is_set, is_not_set",
        ),
        ({"field": "kind", "op": "is"}, "condition.value", "is required"),
        ({**KIND, "op": "is_set"}, "condition.value", "must be absent with is_set"),
        (
            {**KIND, "value": "order"},
            "condition.value",
            "must be one of inquiry, complaint, repair, suggestion, internal",
        ),
        ({**KIND, "op": "in"}, "condition.value", "must be a list"),
        ({**KIND, "op": "in", "value": []}, "condition.value", "needs at least one value"),
        (
            {**KIND, "op": "in", "value": ["repair", 5]},
            "condition.value[1]",
            "must be one of inquiry, complaint, repair, suggestion, internal",
        ),
        (
            {"field": "tags", "op": "has_any", "value": [f"{n}" for n in range(101)]},
            "condition.value",
            "must have at most 100 values",
        ),
        ({"field": "group_id", "op": "is", "value": "A组"}, "condition.value", "must be a UUID"),
        ({"field": "subject", "op": "is", "value": " "}, "condition.value", "must not be empty"),
        ({"field": "subject", "op": "is", "value": 5}, "condition.value", "must be text"),
        (
            {"field": "subject", "op": "is", "value": "a" * 201},
            "condition.value",
            "must be at most 200 characters",
        ),
        (
            {"field": "subject", "op": "contains", "value": "a\x00"},
            "condition.value",
            "holds characters that cannot be stored",
        ),
        ({"field": "weekday", "op": "is", "value": True}, "condition.value", "must be a number"),
        (
            {"field": "fields.n", "op": "gt", "value": float("nan")},
            "condition.value",
            "must be a number",
        ),
        (
            {"field": "fields.n", "op": "gt", "value": 10**16},
            "condition.value",
            "must be between -9007199254740992 and 9007199254740992",
        ),
        (
            {"field": "fields.n", "op": "between", "value": [5, 3]},
            "condition.value",
            "must not end before it begins",
        ),
        (
            {"field": "urgency", "op": "between", "value": ["critical", "normal"]},
            "condition.value",
            "must not end before it begins",
        ),
        (
            {"field": "weekday", "op": "between", "value": [1]},
            "condition.value",
            "must be a list of two values, from and to",
        ),
        (
            {"field": "created_at", "op": "gt", "value": "2026-01-31T09:00:00"},
            "condition.value",
            "must name its time zone, such as 2026-01-31T09:00:00+08:00",
        ),
        (
            {"field": "created_at", "op": "gt", "value": "0001-01-01T00:00:00+08:00"},
            "condition.value",
            "must be an instant such as 2026-01-31T09:00:00+08:00",
        ),
        (
            {"field": "fields.n", "op": "is", "value": {"a": 1}},
            "condition.value",
            "must be text, a number, true or false",
        ),
    ],
)
def test_a_fault_is_named_by_its_path(raw, path, message):
    assert errors(raw) == {path: [message]}
    moved = path.replace("condition", "rules[2].condition.all[1]", 1)
    assert errors({"all": [{}, raw]}, where="rules[2].condition") == {moved: [message]}


def test_all_faults_are_named_at_once():
    raw = {"all": [{**KIND, "value": "x"}, {"any": [{**KIND, "op": "x"}, {**KIND, "field": "x"}]}]}
    assert list(errors(raw)) == [
        "condition.all[0].value",
        "condition.all[1].any[0].op",
        "condition.all[1].any[1].field",
    ]


@pytest.mark.parametrize(
    ("field", "source"),
    [("group_id", "groups"), ("region_id", "regions"), ("assignee_id", "people")],
)
def test_an_id_must_be_known_where_somebody_knows(field, source):
    here = {"field": field, "op": "in", "value": [str(uuid4())]}
    assert errors(here, known=Nobody()) == {"condition.value[0]": [f"is not among the {source}"]}
    assert parse_condition(here)
    assert parse_condition({**here, "field": "customer_id"}, known=Nobody())


def test_depth_and_size_are_limited():
    raw: Any = KIND
    for _ in range(5):
        raw = {"all": [raw]}
    assert parse_condition(raw)
    assert list(errors({"all": [raw]}).values()) == [["must be at most 5 groups deep"]]
    assert parse_condition({"all": [KIND] * 100})
    many = {"all": [{"all": [KIND] * 51}, {"all": [KIND] * 50}]}
    assert errors(many) == {"condition": ["must have at most 100 comparisons"]}
    empty: Any = {"all": [{"all": [{"all": [{} for _ in range(99)]} for _ in range(99)]}]}
    assert errors(empty) == {"condition": ["must have at most 100 groups"]}


def test_values_are_kept_in_one_form_and_without_repeats():
    group = uuid4()
    for raw, value in (
        ({"field": "group_id", "op": "is", "value": str(group).upper()}, str(group)),
        ({"field": "tags", "op": "has_any", "value": ["a", "b", "a"]}, ["a", "b"]),
        ({"field": "fields.n", "op": "in", "value": [1, True, 1]}, [1, True]),
        (
            {"field": "created_at", "op": "gt", "value": "2026-01-31T17:00:00+08:00"},
            "2026-01-31T09:00:00Z",
        ),
    ):
        assert parse_condition(raw).as_json() == {**raw, "value": value}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["all", "any", "none", "field", "op", "value", "x"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)
WORDS = st.sampled_from(["kind", "tags", "fields.x", "created_at", "is", "between", "has_any"])


@given(JSON, WORDS, WORDS)
def test_whatever_is_sent_is_a_condition_or_refused(raw, field, op):
    for sent in (raw, {"field": field, "op": op, "value": raw}):
        with suppress(InvalidInput):
            assert parse_condition(sent).holds({}) in (True, False)
