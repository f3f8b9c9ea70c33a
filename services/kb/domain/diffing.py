"""What has changed between two versions, word by word; Chinese too has words.

The work is bounded: lines are compared first, and words only within lines that differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from libs.common.text import Segmenter
from services.kb.domain.content import Content

_MOST_LINES = 2_000
# Words of both sides of one change; beyond it, it is shown as a whole.
_MOST_WORDS = 3_000
_FIELDS = ("title", "summary", "body_text", "steps", "cautions")


@dataclass(frozen=True)
class Segment:
    """`op`: equal, insert or delete."""

    op: str
    text: str


def compare(before: Content, after: Content, segmenter: Segmenter) -> dict[str, list[Segment]]:
    """The fields with a text in either version, each as segments in order."""
    found = {}
    for name in _FIELDS:
        old, new = _text(before, name), _text(after, name)
        if old or new:
            found[name] = compare_texts(old, new, segmenter)
    return found


def compare_texts(old: str, new: str, segmenter: Segmenter) -> list[Segment]:
    """What to leave, to take out and to put in, so that `old` becomes `new`."""
    lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if max(map(len, lines)) > _MOST_LINES:
        return _whole(old, new)
    segments: list[Segment] = []
    for op, a, b, c, d in SequenceMatcher(None, *lines, autojunk=False).get_opcodes():
        gone, come = "".join(lines[0][a:b]), "".join(lines[1][c:d])
        if op == "replace":
            segments += _words(gone, come, segmenter)
        else:
            segments += _whole(gone, come) if op != "equal" else [Segment("equal", gone)]
    return _joined(segments)


def _words(old: str, new: str, segmenter: Segmenter) -> list[Segment]:
    words = segmenter.pieces(old), segmenter.pieces(new)
    if sum(map(len, words)) > _MOST_WORDS:
        return _whole(old, new)
    segments = []
    for op, a, b, c, d in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        gone, come = "".join(words[0][a:b]), "".join(words[1][c:d])
        segments += [Segment("equal", gone)] if op == "equal" else _whole(gone, come)
    return segments


def _whole(old: str, new: str) -> list[Segment]:
    found = (Segment("delete", old), Segment("insert", new))
    return [segment for segment in found if segment.text]


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for segment in segments:
        if joined and joined[-1].op == segment.op:
            joined[-1] = Segment(segment.op, joined[-1].text + segment.text)
        else:
            joined.append(segment)
    return joined


def _text(content: Content, name: str) -> str:
    value = getattr(content, name)
    return value if isinstance(value, str) else "\n".join(value)
