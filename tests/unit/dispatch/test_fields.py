"""What people may set is read strictly, and all that is wrong is named at once."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import InvalidInput
from services.dispatch.use_cases.configuration import fields
from services.dispatch.use_cases.configuration.fields import Field, demand_fields, read_fields
from services.dispatch.use_cases.configuration.skill_levels import skill_levels

SKILL = SimpleNamespace(skill_id=uuid4(), is_active=True)
RETIRED = SimpleNamespace(skill_id=uuid4(), is_active=False)
LEVELS = skill_levels([SKILL, RETIRED])  # type: ignore[list-item]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
EVERY: dict[str, Field] = {
    "line": fields.line(20),
    "words": fields.words(20),
    "key": fields.key,
    "whole": fields.whole(0, 10),
    "optional": fields.optional(fields.whole(1, 2)),
    "flag": fields.flag,
    "choice": fields.choice("push", "grab"),
    "identity": fields.identity,
    "many": fields.many(fields.language, 3),
    "mapping": fields.mapping(fields.key, fields.whole(0, 9), 3),
    "levels": LEVELS,
}


def errors_of(field: Field, value: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refusal:
        field("x", value)
    errors: dict[str, list[str]] = refusal.value.details["errors"]
    return errors


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        (fields.line(5), " 售后 ", "售后"),
        (fields.words(9), "两\n行", "两\n行"),
        (fields.words(9), " ", None),
        (fields.key, "loans_2", "loans_2"),
        (fields.whole(0, 1000), 1000, 1000),
        (fields.optional(fields.whole(0, 1)), None, None),
        (fields.flag, False, False),
        (fields.choice("push"), "push", "push"),
        (fields.language, "zh-Hans-CN", "zh-Hans-CN"),
        (fields.many(fields.flag, 2), [], []),
        (fields.mapping(fields.key, fields.flag, 1), {"mail": True}, {"mail": True}),
        (LEVELS, [{"skill_id": str(SKILL.skill_id)}],
         [{"skill_id": str(SKILL.skill_id), "level": 1}]),
    ],
)  # fmt: skip
def test_a_value_is_kept_in_its_own_form(field: Field, value: Any, kept: Any):
    assert field("x", value) == kept


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        (fields.line(5), "六个字的名字", "x"),
        (fields.line(5), "a\x00b", "x"),
        (fields.words(3), "a\x00", "x"),
        (fields.key, "2loans", "x"),
        (fields.key, "ｌｏａｎｓ", "x"),
        (fields.whole(0, 9), 10, "x"),
        (fields.whole(0, 9), "1", "x"),
        (fields.whole(0, 9), 1.0, "x"),
        (fields.whole(0, 9), True, "x"),
        (fields.flag, 1, "x"),
        (fields.choice("push"), ["push"], "x"),
        (fields.identity, 7, "x"),
        (fields.many(fields.flag, 2), [True, 1], "x[1]"),
        (fields.many(fields.flag, 2), [True, True], "x[1]"),
        (fields.many(fields.flag, 2), [True, False, True], "x"),
        (fields.many(fields.flag, 2), "ab", "x"),
        (fields.mapping(fields.key, fields.flag, 2), {"mail": 1}, "x.mail"),
        (fields.mapping(fields.key, fields.flag, 2), {"Mail": True}, "x.Mail"),
        (LEVELS, [{"skill_id": str(RETIRED.skill_id)}], "x[0].skill_id"),
        (LEVELS, [{"skill_id": str(SKILL.skill_id), "level": 6}], "x[0].level"),
        (LEVELS, [{"skill_id": str(SKILL.skill_id), "colour": 1}], "x[0].colour"),
    ],
)
def test_what_does_not_fit_is_named(field: Field, value: Any, named: str):
    assert named in errors_of(field, value)


def refused_places(field: Field, value: Any) -> list[str]:
    """None of them if it is kept."""
    try:
        field("x", value)
    except InvalidInput as refusal:
        return list(refusal.details["errors"])
    return []


@given(st.sampled_from(sorted(EVERY)), JSON)
def test_whatever_comes_is_kept_or_refused_by_its_field(name: str, value: Any):
    assert all(where.startswith("x") for where in refused_places(EVERY[name], value))


def test_all_that_is_wrong_is_named_at_once_with_where_it_stands():
    known = {"name": fields.line(9), "is_active": fields.flag}
    with pytest.raises(InvalidInput) as refusal:
        read_fields({"name": "", "is_active": 7, "colour": "red"}, known, where="rules[2]")
    assert set(refusal.value.details["errors"]) == {
        "rules[2].name",
        "rules[2].is_active",
        "rules[2].colour",
    }


def test_what_is_not_given_is_not_read():
    assert read_fields({}, {"name": fields.line(9)}) == {}


def test_what_is_needed_and_missing_is_named():
    with pytest.raises(InvalidInput) as refusal:
        demand_fields({"name": None, "zone": "UTC"}, "name", "zone", "weekly")
    assert set(refusal.value.details["errors"]) == {"name", "weekly"}


def test_an_identity_may_be_one_already():
    one: UUID = uuid4()
    assert fields.identity("x", one) == fields.identity("x", str(one)) == one
