"""What authors write: what is kept of their HTML, what is refused, how it reads as an answer."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import InvalidInput
from services.kb.domain.content import NAMES, changed_names, read_content
from services.kb.domain.html import sanitise, text_of


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>好<script>alert(1)</script></p>", "<p>好</p>"),
        ('<p onclick="x()" style="x">好</p>', "<p>好</p>"),
        ("<h1>大</h1><h2>中</h2>", "大<h2>中</h2>"),
        ('<a href="javascript:x()">a</a>', '<a rel="noopener noreferrer nofollow">a</a>'),
        (
            '<a href="https://a.example/" target="_blank">a</a>',
            '<a href="https://a.example/" rel="noopener noreferrer nofollow">a</a>',
        ),
        (
            '<img src="https://a.example/x.png" onerror="x()">',
            '<img src="https://a.example/x.png">',
        ),
        ('<img src="http://a.example/x.png">', "<img>"),
        ('<img src="data:image/png;base64,x">', "<img>"),
        ('<img src="/api/v1/../../etc">', "<img>"),
        ('<iframe src="https://a.example"></iframe>', ""),
        ('<td colspan="2">a</td>', "a"),
        (
            '<table><tbody><tr><td colspan="99999">a</td></tr></tbody></table>',
            "<table><tbody><tr><td>a</td></tr></tbody></table>",
        ),
    ],
)
def test_only_what_is_harmless_is_kept(html: str, kept: str) -> None:
    assert sanitise(html) == kept


@given(st.text(alphabet=st.sampled_from("<>/\"'=& scriptonhrefjava:im g退款"), max_size=150))
def test_nothing_that_is_kept_runs(html: str) -> None:
    kept = sanitise(html).lower()
    assert "<script" not in kept
    assert not re.search(r"<[^>]*\son\w+\s*=", kept)
    assert not re.search(r"<[^>]*javascript:", kept)
    assert sanitise(sanitise(html)) == sanitise(html)


def test_the_text_has_a_line_for_each_block() -> None:
    html = "<h2>标题</h2><p>第一段 <b>粗体</b><br>换行</p><ul><li>甲</li><li>乙 &amp; 丙</li></ul>"
    assert text_of(html) == "标题\n第一段 粗体\n换行\n甲\n乙 & 丙"


def test_a_solution_reads_as_one_answer() -> None:
    content = read_content(
        {
            "title": "冰箱不制冷",
            "kind": "solution",
            "body_html": "<p>适用 T 系列</p>",
            "steps": ["检查<电源>", "调温控"],
            "cautions": ["先断电"],
            "videos": [{"url": "https://v.example/1", "title": "演示"}],
        }
    )
    assert content.answer_html() == (
        "<p>适用 T 系列</p><h3>操作步骤</h3><ol><li>检查&lt;电源&gt;</li><li>调温控</li></ol>"
        "<h3>注意事项</h3><ul><li>先断电</li></ul><h3>操作视频</h3><ul><li>"
        '<a href="https://v.example/1" rel="noopener noreferrer nofollow">演示</a></li></ul>'
    )
    assert content.answer_text().splitlines() == [
        "适用 T 系列",
        "操作步骤:",
        "1. 检查<电源>",
        "2. 调温控",
        "注意事项:",
        "- 先断电",
        "操作视频:",
        "- 演示 https://v.example/1",
    ]


def test_changes_leave_the_rest_as_it_was() -> None:
    before = read_content({"title": "退款", "tags": ["售后", "售后"], "summary": "摘要"})
    after = read_content({"title": "退款说明"}, before)
    assert changed_names(before, after) == ["title"]
    assert (after.tags, after.summary) == (("售后",), "摘要")


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_content({"kind": "poem", "language": "fr", "tags": "x", "colour": 1})
    assert set(refusal.value.details["errors"]) == {"title", "kind", "language", "tags", "colour"}


ODD = st.none() | st.integers() | st.text() | st.lists(st.text())


@given(st.dictionaries(st.sampled_from(NAMES), ODD))
def test_whatever_is_sent_is_read_or_refused(raw: dict) -> None:
    with suppress(InvalidInput):
        assert read_content(raw).title
