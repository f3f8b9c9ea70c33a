"""Texts cut into words, and PostgreSQL's literals of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.text import (
    Segmenter,
    all_of,
    any_of,
    edition_of,
    fold,
    phrase_of,
    segmenter_of,
    vector_of,
)
from libs.common.text.vectors import MAX_PLACE
from libs.common.text.words import stem

PLAIN = segmenter_of(())


def words(text: str, segmenter: Segmenter = PLAIN) -> list[str]:
    return [token.word for token in segmenter.tokens(text)]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("怎么申请退款?", ["申请", "退款"]),
        ("冰箱不制冷", ["冰箱", "不", "制冷"]),
        ("申請退款,聯繫客服", ["申请", "退款", "联系", "客服"]),
        ("订单A2023-1001的物流", ["订单", "a2023-1001", "物流"]),
        ("Where is my REFUND?", ["refund"]),
        ("5G套餐", ["5g", "套餐"]),
        ("ABC退款", ["abc", "退款"]),
        ("的 了 the of", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_the_words_that_tell_something(text: str, cut: list[str]) -> None:
    assert words(text) == cut


def test_a_number_is_found_whole_and_by_its_parts() -> None:
    [token] = PLAIN.tokens("G-2023/1001")
    assert (token.word, token.parts) == ("g-2023/1001", ("g", "2023", "1001"))


def test_a_long_word_is_found_by_the_words_within() -> None:
    [token] = PLAIN.tokens("国务院办公厅")
    assert {"国务院", "办公厅"} <= set(token.parts)


def test_places_count_what_is_left_out() -> None:
    places = {token.word: token.place for token in PLAIN.tokens("退款的到账")}
    assert places == {"退款": 1, "到账": 3}


def test_words_of_the_company_stay_whole() -> None:
    assert "小潮管家" not in words("绑定小潮管家")
    own = Segmenter(["小潮管家"])
    assert "小潮管家" in words("绑定小潮管家", own)
    assert own.edition != PLAIN.edition
    assert edition_of(["小潮管家"]) == own.edition


@pytest.mark.parametrize(
    "alike",
    [
        ("refund", "refunds", "refunded", "refunding"),
        ("charge", "charges", "charged", "charging"),
        ("ship", "shipped", "shipping", "ships"),
        ("policy", "policies"),
        ("bill", "billing", "bills"),
    ],
)
def test_english_words_lose_their_endings(alike: tuple[str, ...]) -> None:
    assert len({stem(word) for word in alike}) == 1


@pytest.mark.parametrize("word", ["glass", "a1s", "is", "退款s"])
def test_what_is_no_plain_word_keeps_them(word: str) -> None:
    assert stem(word).startswith(word[:3])


def test_a_vector_names_places_and_weights() -> None:
    title, body = PLAIN.tokens("退款"), PLAIN.tokens("退款 到账")
    assert vector_of([("A", title), ("C", body)]) == "'退款':1A,12C '到账':13C"


def test_quotes_and_backslashes_cannot_leave_a_lexeme() -> None:
    token = PLAIN.tokens("o'neil")[0]
    assert vector_of([("A", [token])]).startswith("'o''neil':1A")
    assert all_of(PLAIN.terms("o'neil 退款", 5)) == "('o''neil' | ('o' & 'neil')) & '退款'"


def test_queries_are_made_of_terms() -> None:
    terms = PLAIN.terms("退款 到账 退款", 8)
    assert all_of(terms) == "'退款' & '到账'"
    assert any_of(terms, {"退款": ("返款",)}) == "('退款' | '返款') | '到账'"
    assert phrase_of(PLAIN.tokens("退款的到账")) == "'退款' <2> '到账'"
    assert phrase_of(PLAIN.tokens("退款")) is None


def test_a_text_beyond_all_bounds_still_makes_a_vector() -> None:
    tokens = PLAIN.tokens("退款 到账 " * 40_000)
    vector = vector_of([("C", tokens)])
    assert len(vector.encode()) < 1_000_000
    assert max(int(place) for place in re.findall(r"(\d+)C", vector)) <= MAX_PLACE


@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=200))
def test_pieces_are_the_whole_text(text: str) -> None:
    assert "".join(PLAIN.pieces(text)) == text


@given(st.text(alphabet="退款到账申请abcXYZ019 -_./'的", max_size=60))
def test_whatever_is_written_is_found_by_itself(text: str) -> None:
    looked_for = {term.word for term in PLAIN.terms(text, 100)}
    assert looked_for == {token.word for token in PLAIN.tokens(text)}
