"""What is looked for where no ticket has the words as they were cut."""

import pytest

from services.ticketing.domain.searched import Piece
from services.ticketing.queries.search_terms import has_long_number, pairs_of


def test_short_words_are_looked_for_by_their_neighbouring_characters():
    terms = pairs_of([Piece("开发票"), Piece("退款")])
    assert terms is not None
    assert terms.marked == ["开发", "发票", "退款"]
    assert terms.query is not None
    assert terms.query.count("&") == 1


@pytest.mark.parametrize("other", ["129878311496", "iphone", "空气净化器"])
def test_of_several_words_none_is_passed_over(other: str):
    assert pairs_of([Piece("退款"), Piece(other)]) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("12987831", True),
        (" 129878311496 ", True),
        ("G20261123001", True),
        ("1298783", False),
        ("SF12987831", False),
        ("129878311496 退款", True),
        ("iphone 15 退款", False),
    ],
)
def test_long_numbers_are_told_apart(text: str, is_one: bool):
    assert has_long_number(text) is is_one
