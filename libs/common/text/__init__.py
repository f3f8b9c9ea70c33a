"""Chinese, English and mixed text for search: words, PostgreSQL's vectors of them, marked hits.

Needs rjieba and opencc, which belong to the extras of the services that search.
"""

from libs.common.text.highlighting import highlight, marked_pieces
from libs.common.text.normalising import fold
from libs.common.text.vectors import all_of, any_of, one_of, phrase_of, quoted, vector_of
from libs.common.text.words import Segmenter, Term, Token, edition_of, segmenter_of

__all__ = [
    "Segmenter",
    "Term",
    "Token",
    "all_of",
    "any_of",
    "edition_of",
    "fold",
    "highlight",
    "marked_pieces",
    "one_of",
    "phrase_of",
    "quoted",
    "segmenter_of",
    "vector_of",
]
