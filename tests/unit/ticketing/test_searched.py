"""What people type into the search box is read leniently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.searched import MAX_QUERY, Column, Piece, read_searched


@pytest.mark.parametrize(
    ("text", "pieces", "columns"),
    [
        ("退款 到账", [Piece("退款"), Piece("到账")], []),
        ('"退款 到账"', [Piece("退款 到账", is_phrase=True)], []),
        ("“退款到账”", [Piece("退款到账", is_phrase=True)], []),
        ("「退款」", [Piece("退款", is_phrase=True)], []),
        ('"没有关上', [Piece("没有关上", is_phrase=True)], []),
        ("退款 -打印机", [Piece("退款"), Piece("打印机", is_negated=True)], []),
        ('-"a b"', [Piece("a b", is_phrase=True, is_negated=True)], []),
        ("- a-b", [Piece("-"), Piece("a-b")], []),
        ("subject:发票", [Piece("发票", "subject")], []),
        ("主题：发票", [Piece("发票", "subject")], []),
        ('客户:"王 芳"', [Piece("王 芳", "customer", is_phrase=True)], []),
        ("-tag:vip", [Piece("vip", "tag", is_negated=True)], []),
        ("field.order_no:123", [Piece("123", "field.order_no")], []),
        ("字段.订单号:123", [Piece("123", "field.订单号")], []),
        ("Status:open", [], [Column("status", "open")]),
        ("-状态:已解决", [], [Column("status", "已解决", is_negated=True)]),
        ("assignee:me 退款", [Piece("退款")], [Column("assignee", "me")]),
        ("-分类:售后/产品维修", [], [Column("category", "售后/产品维修", is_negated=True)]),
        ('category:"A / B" x', [Piece("x")], [Column("category", "A / B")]),
        ("https://example.com/a", [Piece("https://example.com/a")], []),
        ("12:30", [Piece("12:30")], []),
        ("status: open", [Piece("status:"), Piece("open")], []),
        ("field.:x", [Piece("field.:x")], []),
        ('""', [], []),
        ('status:""', [], []),
    ],
)
def test_syntax(text: str, pieces: list[Piece], columns: list[Column]) -> None:
    read = read_searched(text)
    assert read.pieces == pieces
    assert read.columns == columns


@given(st.text(max_size=400))
def test_nothing_is_wrong(text: str) -> None:
    read = read_searched(text)
    assert len(read.text) <= MAX_QUERY
    assert all(piece.text.strip() for piece in read.pieces)


def test_a_column_that_names_nothing_is_words_again() -> None:
    assert Column("status", "abc", is_negated=True).as_piece == Piece("status:abc", is_negated=True)
