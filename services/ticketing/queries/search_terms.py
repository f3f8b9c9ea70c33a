"""What is searched for, as PostgreSQL takes it: a tsquery, and the words to be marked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from libs.common.text import Segmenter, Term, Token, fold, one_of, phrase_of, quoted
from services.ticketing.domain.searched import Piece
from services.ticketing.storage.ticket_words import name_of

_MOST_TERMS = 12
# Ticket and order numbers are found by their beginnings, if these are long enough to tell.
_NUMBER = re.compile(r"g?\d{8,}", re.ASCII)

# With more characters, two of them say nothing of what was meant.
_SHORT = 4

_Literal = Callable[[str], str]


@dataclass(frozen=True)
class Terms:
    """`query` is for tickets with all that is wanted; of several words `any` and `phrase` rank.

    `is_bounded`: the index can find what fits. It cannot where something must be missing and
    nothing must be there.
    """

    query: str | None
    any: str | None
    phrase: str | None
    marked: list[str]
    is_bounded: bool


def terms_of(pieces: Sequence[Piece], segmenter: Segmenter) -> Terms:
    """Words that are in every text are not looked for."""
    wanted, unwanted, ranked, marked = [], [], [], []
    plain: list[Token] = []
    for piece in pieces:
        tokens = segmenter.tokens(piece.text)[:_MOST_TERMS]
        query = _query(piece, tokens)
        if query is None:
            continue
        if piece.is_negated:
            unwanted.append(f"!({query})")
            continue
        wanted.append(f"({query})")
        ranked += [one_of(Term(one.word, one.parts)) for one in tokens]
        marked += _marked(piece, tokens)
        plain += _behind(plain, tokens)
    return Terms(
        query=" & ".join(wanted + unwanted) or None,
        any=" | ".join(ranked) or None,
        phrase=phrase_of(plain[:_MOST_TERMS]),
        marked=marked,
        is_bounded=bool(wanted),
    )


def has_long_number(text: str) -> bool:
    """Of which nobody types the middle: its beginning is among the words, if it is anywhere."""
    return any(_NUMBER.fullmatch(word) for word in fold(text).split())


def pairs_of(pieces: Sequence[Piece]) -> Terms | None:
    """For short words that were cut otherwise: 开发票 as 开 and 发票. None: there are none such.

    Any two neighbouring characters of each word, all words together.
    """
    groups = [_pairs(piece.text) for piece in pieces]
    # Without the words that have no pairs, what none of them meant would be found.
    if not groups or not all(groups):
        return None
    each = [" | ".join(quoted(pair) for pair in pairs) for pairs in groups]
    return Terms(
        query=" & ".join(f"({one})" for one in each),
        any=" | ".join(each),
        phrase=None,
        marked=[pair for pairs in groups for pair in pairs],
        is_bounded=True,
    )


def _pairs(text: str) -> list[str]:
    neighbours = pairwise(fold(text)) if len(text) <= _SHORT else ()
    return [a + b for a, b in neighbours if min(a, b) >= "一" and max(a, b) <= "鿿"]


def _query(piece: Piece, tokens: Sequence[Token]) -> str | None:
    if piece.field == "tag":
        return quoted(name_of("tag", piece.text.strip()))
    if not tokens:
        return None
    literal = _literal(piece.field)
    if piece.is_phrase and (phrase := phrase_of(tokens, literal)):
        return phrase
    return " & ".join(one_of(Term(one.word, one.parts), None, literal) for one in tokens)


def _literal(field: str | None) -> _Literal:
    """How a word stands in the query: anywhere, in the subject, or as a word of its field."""
    if field is None:
        return lambda word: f"{quoted(word)}:*" if _NUMBER.fullmatch(word) else quoted(word)
    if field == "subject":
        return lambda word: f"{quoted(word)}:A"
    return lambda word: quoted(name_of(field, word))


def _marked(piece: Piece, tokens: Sequence[Token]) -> list[str]:
    if piece.is_phrase or not tokens:
        return [fold(piece.text).strip()]
    return [word for one in tokens for word in (one.word, *one.parts)]


def _behind(before: Sequence[Token], tokens: Sequence[Token]) -> list[Token]:
    """The next piece's words stand behind those of the one before, as they were typed."""
    start = before[-1].place if before else 0
    return [Token(one.word, one.place + start, one.parts) for one in tokens]
