"""Pieces of a text with what was looked for in <mark>: safe HTML, everything else escaped."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from libs.common.text.normalising import fold

_AROUND = 40  # characters before the first hit
_SENTENCE = re.compile(r"[。!?!?;;\n]")
Span = tuple[int, int]


def highlight(text: str, words: Iterable[str], *, longest: int | None = None) -> str:
    """The text, or the `longest` characters of it with most hits, with hits in <mark>.

    Latin words are found by their beginnings: they were looked for without their endings.
    """
    spans = find_words(text, words)
    start, end = (0, len(text)) if longest is None else _window(text, spans, longest)
    marked = _marked(text, [span for span in spans if start <= span[0] and span[1] <= end], start)
    cut = "".join((*marked, escape(text[_last(spans, start, end) : end])))
    return f"{'…' if start else ''}{cut}{'…' if end < len(text) else ''}"


def find_words(text: str, words: Iterable[str]) -> list[Span]:
    """Where the words stand, in order, none over another."""
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return []
    pattern = "|".join(_pattern(word) for word in wanted)
    return [match.span() for match in re.finditer(pattern, fold(text))]


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


def _marked(text: str, spans: Sequence[Span], start: int) -> list[str]:
    pieces, at = [], start
    for begin, end in spans:
        pieces += [escape(text[at:begin]), "<mark>", escape(text[begin:end]), "</mark>"]
        at = end
    return pieces


def _last(spans: Sequence[Span], start: int, end: int) -> int:
    return max((span[1] for span in spans if start <= span[0] and span[1] <= end), default=start)
