"""Pieces of a text with what was looked for marked; as HTML safe, everything else escaped."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from libs.common.text.normalising import fold

_AROUND = 40  # characters before the first hit
_SENTENCE = re.compile(r"[。!?!?;;\n]")
Span = tuple[int, int]


def highlight(text: str, words: Iterable[str], *, longest: int | None = None) -> str:
    """The text, or the `longest` characters of it with most hits, with hits in <mark>.

    Latin words are found by their beginnings: they were looked for without their endings.
    """
    return "".join(
        f"<mark>{escape(piece)}</mark>" if is_hit else escape(piece)
        for piece, is_hit in marked_pieces(text, words, longest=longest)
    )


def marked_pieces(
    text: str, words: Iterable[str], *, longest: int | None = None
) -> list[tuple[str, bool]]:
    """The same as pieces of plain text, and whether each is a hit; none is empty."""
    spans = find_words(text, words)
    start, end = (0, len(text)) if longest is None else _window(text, spans, longest)
    pieces = [("…", False)] if start else []
    at = start
    for begin, until in spans:
        if start <= begin and until <= end:
            pieces += [(text[at:begin], False), (text[begin:until], True)]
            at = until
    pieces += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return [(piece, is_hit) for piece, is_hit in pieces if piece]


def find_words(text: str, words: Iterable[str]) -> list[Span]:
    """Where the words stand, in order, none over another."""
    pattern = _any_of(frozenset(words))
    return [match.span() for match in pattern.finditer(fold(text))] if pattern else []


@lru_cache(maxsize=64)
def _any_of(words: frozenset[str]) -> re.Pattern[str] | None:
    """For the texts of a page it is built once; the longest word that fits is found."""
    wanted = sorted(filter(None, words), key=len, reverse=True)
    return re.compile("|".join(map(_pattern, wanted))) if wanted else None


def _pattern(word: str) -> str:
    if word[0].isascii() and word.isalpha():
        return rf"(?<![a-z0-9]){re.escape(word)}[a-z]*"
    if word[0].isascii():
        return rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])"
    return re.escape(word)


def _window(text: str, spans: Sequence[Span], longest: int) -> Span:
    if len(text) <= longest:
        return 0, len(text)
    best, most = 0, -1
    for start, _ in spans[:200]:
        count = sum(1 for one in spans if start <= one[0] and one[1] <= start + longest - _AROUND)
        if count > most:
            best, most = start, count
    start = max(min(best - _AROUND, len(text) - longest), 0)
    # From a sentence's beginning, if one is near.
    breaks = [found.end() for found in _SENTENCE.finditer(text, start, max(best, start))]
    start = breaks[-1] if breaks and start else start
    return start, min(start + longest, len(text))
