"""Marked hits: what is marked, and that nothing else is HTML."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.text import highlight

MARK = re.compile(r"</?mark>")


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("如何申请退款", ["退款"], "如何申请<mark>退款</mark>"),
        ("申請退款", ["申请"], "<mark>申請</mark>退款"),
        ("Refunds and REFUNDING", ["refund"], "<mark>Refunds</mark> and <mark>REFUNDING</mark>"),
        ("a start of art", ["art"], "a start of <mark>art</mark>"),
        ("code E5-203.", ["e5-203", "e5", "203"], "code <mark>E5-203</mark>."),
        ("<b>退款</b> & 更多", ["退款"], "&lt;b&gt;<mark>退款</mark>&lt;/b&gt; &amp; 更多"),
        ("没有", ["退款"], "没有"),
        ("没有", [], "没有"),
    ],
)
def test_hits_are_marked(text: str, words: list[str], marked: str) -> None:
    assert highlight(text, words) == marked


def test_a_long_text_is_cut_where_most_hits_are() -> None:
    text = "开头。" + "无关的话" * 100 + "。这里说退款多久到账。" + "后面" * 100
    found = highlight(text, ["退款", "到账"], longest=60)
    assert "<mark>退款</mark>多久<mark>到账</mark>" in found
    assert found.startswith("…")
    assert found.endswith("…")
    assert len(MARK.sub("", found)) <= 62


@given(
    st.text(alphabet=st.sampled_from("<>&\"'/markscript 退款aB\n"), max_size=120),
    st.lists(st.text(alphabet=st.sampled_from("<>&mark退款a"), max_size=6), max_size=4),
    st.one_of(st.none(), st.integers(min_value=1, max_value=80)),
)
def test_nothing_but_marks_is_ever_html(text: str, words: list[str], longest: int | None) -> None:
    made = highlight(text, words, longest=longest)
    rest = MARK.sub("", made)
    assert not re.search(r"[<>\"']", rest)
    assert made.count("<mark>") == made.count("</mark>")
    assert unescape(rest).strip("…") in text or longest is not None
    if longest is None:
        assert unescape(rest) == text
