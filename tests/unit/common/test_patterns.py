"""Expressions that users write: useful, limited, and never able to stop a process."""

import pytest

from libs.common.errors import InvalidInput
from libs.common.patterns import MAX_PATTERN, MAX_TEXT, compile_pattern


@pytest.mark.parametrize("source", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(a|a?)+$"])
def test_an_exploding_pattern_gives_its_answer(source: str) -> None:
    assert not compile_pattern(source).matches("a" * 30_000 + "!")


def test_an_order_number_is_found_in_chinese_text() -> None:
    pattern = compile_pattern(r"订单号[:：]\s*(?P<order>[A-Z]{2}\d{6})")
    assert pattern.find("您好，订单号：TB123456，谢谢") == (
        "订单号：TB123456",
        {"order": "TB123456"},
    )
    assert pattern.find("没有单号") is None


def test_the_whole_text_or_a_part_of_it_may_be_asked_for() -> None:
    pattern = compile_pattern("退款")
    assert pattern.find("我要退款！")
    assert not pattern.matches("我要退款！")
    assert pattern.matches("退款")


def test_case_counts_unless_said_otherwise() -> None:
    assert not compile_pattern("urgent").find("URGENT")
    assert compile_pattern("urgent", ignore_case=True).find("URGENT")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("(unclosed", "pattern.invalid"),
        (r"(a)\1", "pattern.invalid"),
        ("(?=ahead)", "pattern.invalid"),
        ("((a{1000}){1000}){1000}", "pattern.invalid"),
        ("(a?){900}(b?){900}(c?){900}", "pattern.too_large"),
        ("x" * (MAX_PATTERN + 1), "pattern.too_long"),
    ],
)
def test_a_pattern_that_is_wrong_or_too_big_names_the_field(source: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        compile_pattern(source, "rules[2].pattern")
    assert refusal.value.code == code
    assert list(refusal.value.details["errors"]) == ["rules[2].pattern"]


def test_badly_decoded_text_can_be_searched() -> None:
    assert compile_pattern("退款").find("\udcff退款\ud800")
    assert not compile_pattern("\ud800").find("退款")


def test_a_text_over_the_limit_is_searched_up_to_it() -> None:
    assert not compile_pattern("end").find("x" * MAX_TEXT + "end")
