"""What a web form calls things, by the keys of a template."""

from typing import Any

import pytest

from libs.common.errors import InvalidInput
from services.intake.domain.form import read_form
from services.intake.domain.form_names import FormNames, read_form_names, stored_form_names


def test_fields_get_the_templates_keys_and_others_keep_their_names():
    names = FormNames("repair", {"报修物品": "item"})
    assert names.keyed({"报修物品": "空调", "台数": "2"}) == {"item": "空调", "台数": "2"}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_for_one_key_none_is_lost(order: int):
    names = FormNames(None, {"物品": "item"})
    given = dict([("物品", "空调"), ("item", "冰箱")][::order])
    assert names.keyed(given) == {"物品": "空调", "item": "冰箱"}
    both = FormNames(None, {"a": "item", "b": "item"})
    assert both.keyed({"a": "1", "b": "2"}) == {"item": "1", "b": "2"}


def test_what_is_read_is_kept_the_same():
    raw = {"template_key": " repair ", "fields": {"报修物品": "item"}}
    names = read_form_names(raw)
    assert names == FormNames("repair", {"报修物品": "item"})
    assert stored_form_names({"form": names.as_json()}) == names
    raw = {"category_field": " 问题类型 "}
    names = read_form_names(raw)
    assert names == FormNames(category_field="问题类型")
    assert stored_form_names({"form": names.as_json()}) == names
    # As it was kept before there were categories.
    kept = {"template_key": "repair", "fields": {}}
    assert stored_form_names({"form": kept}) == FormNames("repair")
    assert stored_form_names({}) == stored_form_names({"form": None}) == FormNames()
    assert read_form_names(None) is None
    assert read_form_names({"fields": {}}) is None


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ("repair", "form"),
        ({"names": {}}, "form"),
        ({"template_key": " "}, "form.template_key"),
        ({"template_key": 7}, "form.template_key"),
        ({"fields": ["item"]}, "form.fields"),
        ({"fields": {str(one): "x" for one in range(61)}}, "form.fields"),
        ({"fields": {"a": ""}}, "form.fields.a"),
        ({"category_field": " "}, "form.category_field"),
        ({"category_field": ["a"]}, "form.category_field"),
        ({"category_field": "a", "fields": {"a": "item"}}, "form.category_field"),
    ],
)
def test_what_is_wrong_is_named(raw: Any, named: str):
    with pytest.raises(InvalidInput) as refusal:
        read_form_names(raw)
    assert list(refusal.value.details["errors"]) == [named]


def test_a_form_names_its_template_and_sends_several_values():
    form = {"name": "王五", "phone": "13800138000", "description": "坏了", "template": " repair "}
    message = read_form({**form, "fields": {"parts": ["屏幕", 2, True, None]}})
    assert message.template_key == "repair"
    assert message.form_fields == {"parts": "屏幕、2、是、"}
    assert read_form({**form, "template": None}).template_key is None


def test_a_form_names_a_category_itself_or_by_a_field_of_its_own():
    names = FormNames("repair", {"物品": "item"}, "问题类型")
    given = {"问题类型": "售后/维修", "物品": "空调"}
    assert names.read(None, given) == ("售后/维修", {"item": "空调"})
    # What it says by itself counts; nothing is lost of the other.
    assert names.read("订单", given) == ("订单", {"问题类型": "售后/维修", "item": "空调"})
    assert names.read(None, {"问题类型": "", "物品": "空调"}) == (None, {"item": "空调"})
    assert names.read(None, {}) == (None, {})
    assert FormNames().read(None, given) == (None, given)
    form = {"name": "王五", "phone": "13800138000", "description": "坏了"}
    assert read_form({**form, "category": " 售后 › 维修 "}).category == "售后 › 维修"
    assert read_form({**form, "category": None}).category is None
