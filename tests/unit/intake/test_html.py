"""HTML of strangers: what is kept, and its text."""

import pytest

from services.intake.domain.mail.html import relink_images, sanitise, text_of


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        "<svg><script>alert(1)</script></svg>",
        '<iframe src="https://evil.example"></iframe>',
        '<math><mi//xlink:href="data:x,<script>alert(4)</script>">',
        '<div style="background:url(https://evil.example/x)">x</div>',
        '<form action="https://evil.example"><input name=q></form>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    ],
)
def test_nothing_runs_and_nothing_is_fetched(evil: str) -> None:
    kept = sanitise(f"<p>hello</p>{evil}") or ""
    for trace in ("alert", "evil.example", "onerror", "javascript", "<script", "<form"):
        assert trace not in kept
    assert "hello" in kept


def test_remote_images_lose_their_source_and_own_ones_keep_it() -> None:
    kept = sanitise('<img src="https://t.example/p.gif" alt="logo"><img src="cid:a@x">')
    assert kept == '<img alt="logo"><img src="cid:a@x">'


def test_own_images_are_linked_to_attachments_and_unknown_ones_to_nothing() -> None:
    html = '<p>cid:a@x</p><img alt="q" src="cid:a@x"><img src="cid:b&amp;c">'
    assert relink_images(html, {"a@x": "0190"}) == (
        '<p>cid:a@x</p><img alt="q" src="cid:0190"><img src="">'
    )


def test_text_has_lines_where_the_reader_sees_them() -> None:
    html = (
        "<html><head><title>no</title><style>p{}</style></head><body><div>您好</div><div><br></div>"
        "<p>订单&nbsp;123<br>没有收到</p><ul><li>一</li><li>二</li></ul>"
        "<table><tr><td>甲</td><td>乙</td></tr></table></body></html>"
    )
    text = text_of(html)
    assert "您好\n\n订单 123\n没有收到" in text
    assert "- 一" in text
    assert "甲 乙" in text
    assert "no" not in text
    assert "p{}" not in text


def test_quotations_become_lines_with_an_angle() -> None:
    assert "> 旧的\n> 内容" in text_of("新的<blockquote>旧的<br>内容</blockquote>")


@pytest.mark.parametrize(
    "source",
    ["<div>" * 60_000, "<b><i>" * 30_000, "<" * 300_000, "<script" * 40_000, "<!--" * 50_000,
     "<table><tr><td>" * 20_000, "<a href='" * 30_000, "&" * 300_000, "&" * 1_900_000,
     "<b " * 160_000],
)  # fmt: skip
@pytest.mark.timeout(120)  # quadratic time would be an hour
def test_hostile_trees_are_read_in_linear_time(source: str) -> None:
    assert text_of(source + "end") is not None


FONTS = "".join(f'<font color="#{number:03}">' for number in range(900))
FORMATS = "<b><b><b><i><i><i><u><u><u><s><s><s><tt><tt><tt><em><em><em><small><small><small>"


@pytest.mark.parametrize("opened", [FONTS, FORMATS, FONTS.replace("font ", "font\f")])
@pytest.mark.parametrize("paragraphs", [4_000, 20_000])
def test_no_letter_becomes_a_tree_many_times_its_size(opened: str, paragraphs: int) -> None:
    source = f"<p>{opened}" + "<p>x" * paragraphs
    assert len(sanitise(source) or "") < 60 * len(source)
    assert text_of(source).count("x") == paragraphs


def test_formatting_keeps_its_elements_and_loses_its_attributes() -> None:
    assert sanitise('<b class=x>a</b><font color="red">b</font>') == "<b>a</b><font>b</font>"
