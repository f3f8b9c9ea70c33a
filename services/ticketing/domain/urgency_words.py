"""The words in which an installation speaks of urgency, and those of customers that hint at one.

A scale (特急 紧急 一般, P1 to P4) names the product's urgencies; how soon something has to
be done is the SLA's. A hint never raises anything: it proposes.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from libs.common.errors import field_error
from services.ticketing.domain import checks
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.vocabulary import KINDS, URGENCIES

MOST_SCALES, MOST_WORDS, MOST_HINTS = 20, 10, 300
LABEL_LIMIT, KEY_LIMIT, HINT_LIMIT = 30, 40, 40
# Of a message that is longer, what comes later hints at nothing.
_LOOKED_AT = 20_000
_KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Word:
    """A word of a scale; its key is the only one of its kind in the installation."""

    key: str
    label_zh: str
    label_en: str
    urgency: str


@dataclass(frozen=True)
class Scale:
    """Words from the most urgent down; `kinds` of request that are judged by it."""

    key: str
    name_zh: str
    name_en: str
    kinds: tuple[str, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Hint:
    """What customers write when it is urgent."""

    word: str
    urgency: str


@dataclass(frozen=True)
class UrgencyWords:
    """All scales, the usual one first, and all hints."""

    scales: tuple[Scale, ...]
    hints: tuple[Hint, ...]

    def find(self, key: object) -> Word:
        """The word of this key; raises InvalidInput naming `urgency_word`."""
        for scale in self.scales:
            for word in scale.words:
                if word.key == key:
                    return word
        raise field_error("urgency_word", "is no word of any scale", "urgency_word.unknown")

    def as_json(self) -> dict[str, Any]:
        """As it is kept and shown."""
        scales = [
            {**asdict(one), "kinds": list(one.kinds), "words": [asdict(word) for word in one.words]}
            for one in self.scales
        ]
        return {"scales": scales, "hints": [asdict(hint) for hint in self.hints]}

    def changed(self, changes: Mapping[str, Any]) -> "UrgencyWords":
        """With these scales or hints in place of the old; raises InvalidInput naming the wrong."""
        wrong = Gathering()
        for name in changes:
            if name not in ("scales", "hints"):
                wrong.add(name, "is not known here", "field.unknown")
        scales, hints = self.scales, self.hints
        if "scales" in changes:
            scales = wrong.read("scales", _read_scales, changes["scales"]) or ()
        if "hints" in changes:
            hints = wrong.read("hints", _read_hints, changes["hints"]) or ()
        wrong.demand()
        return UrgencyWords(scales, hints)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "UrgencyWords":
        """What was kept; what was not has its default."""
        return SHIPPED.changed({name: kept[name] for name in ("scales", "hints") if name in kept})


@dataclass(frozen=True)
class Proposal:
    """An urgency that a message hints at, and the words that were found."""

    urgency: str
    words: tuple[str, ...]


def heard(text: str, hints: tuple[Hint, ...]) -> Proposal | None:
    """The highest urgency that a text hints at. Latin words count as whole words only."""
    lowered = text[:_LOOKED_AT].lower()
    found = [hint for hint in hints if _is_in(hint.word.lower(), lowered)]
    if not found:
        return None
    highest = max((hint.urgency for hint in found), key=URGENCIES.index)
    words = tuple(dict.fromkeys(hint.word for hint in found if hint.urgency == highest))
    return Proposal(highest, words)


def is_higher(urgency: str, than: str) -> bool:
    """Whether it is more urgent."""
    return URGENCIES.index(urgency) > URGENCIES.index(than)


def _is_in(word: str, text: str) -> bool:
    """By places where the word begins: linear in the text, whatever the word holds."""
    start = text.find(word)
    while start >= 0:
        before, after = text[start - 1 : start] if start else "", text[start + len(word) :][:1]
        if not (_joins(word[0], before) or _joins(word[-1], after)):
            return True
        start = text.find(word, start + 1)
    return False


def _joins(sign: str, other: str) -> bool:
    """Whether both are letters or digits of one Latin word."""
    return bool(other) and all(one.isascii() and one.isalnum() for one in (sign, other))


def _read_scales(value: object) -> tuple[Scale, ...]:
    rows = _rows("scales", value, MOST_SCALES)
    wrong = Gathering()
    scales = [
        wrong.read(f"scales[{place}]", _read_scale, f"scales[{place}]", row)
        for place, row in enumerate(rows)
    ]
    wrong.demand()
    _refuse_twice("scales", [one.key for one in scales])
    _refuse_twice("scales", [word.key for one in scales for word in one.words])
    _refuse_twice("scales", [kind for one in scales for kind in one.kinds])
    return tuple(scales)


def _read_scale(where: str, row: Mapping[str, Any]) -> Scale:
    wrong = Gathering()
    named = _read_named(wrong, where, row, "name")
    kinds = row.get("kinds") or []
    if not isinstance(kinds, list | tuple):
        wrong.add(f"{where}.kinds", "must be a list")
        kinds = []
    for kind in kinds:
        wrong.read(f"{where}.kinds", checks.one_of, f"{where}.kinds", kind, KINDS)
    words = wrong.read(f"{where}.words", _read_words, f"{where}.words", row.get("words"))
    wrong.demand()
    return Scale(kinds=tuple(dict.fromkeys(kinds)), words=words, **named)


def _read_words(where: str, value: object) -> tuple[Word, ...]:
    wrong, words = Gathering(), []
    for place, row in enumerate(_rows(where, value, MOST_WORDS)):
        here = f"{where}[{place}]"
        named = _read_named(wrong, here, row, "label")
        urgency = row.get("urgency")
        wrong.read(f"{here}.urgency", checks.one_of, f"{here}.urgency", urgency, URGENCIES)
        words.append((named, urgency))
    wrong.demand()
    return tuple(Word(urgency=str(urgency), **named) for named, urgency in words)


def _read_named(wrong: Gathering, where: str, row: Mapping[str, Any], name: str) -> dict[str, Any]:
    key = wrong.read(f"{where}.key", _read_key, f"{where}.key", row.get("key"))
    labels = {
        one: wrong.read(
            f"{where}.{one}", checks.required_text, f"{where}.{one}", row.get(one), LABEL_LIMIT
        )
        for one in (f"{name}_zh", f"{name}_en")
    }
    return {"key": key, **labels}


def _read_key(where: str, value: object) -> str:
    key = checks.required_text(where, value, KEY_LIMIT)
    if not _KEY.fullmatch(key):
        raise field_error(where, "must be small letters, digits and underscores")
    return key


def _read_hints(value: object) -> tuple[Hint, ...]:
    wrong, hints = Gathering(), {}
    for place, row in enumerate(_rows("hints", value, MOST_HINTS, least=0)):
        where = f"hints[{place}]"
        word = wrong.read(
            f"{where}.word", checks.required_text, f"{where}.word", row.get("word"), HINT_LIMIT
        )
        urgency = wrong.read(
            f"{where}.urgency",
            checks.one_of,
            f"{where}.urgency",
            row.get("urgency"),
            URGENCIES[1:],
        )
        hints[str(word).lower()] = (word, urgency)
    wrong.demand()
    return tuple(Hint(word, urgency) for word, urgency in hints.values())


def _rows(where: str, value: object, most: int, least: int = 1) -> list[Mapping[str, Any]]:
    is_list = isinstance(value, list | tuple) and all(isinstance(one, Mapping) for one in value)
    if not is_list or not least <= len(value) <= most:  # type: ignore[arg-type]
        raise field_error(where, f"must be a list of {least} to {most} objects")
    return list(value)  # type: ignore[call-overload]


def _refuse_twice(where: str, keys: list[str]) -> None:
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise field_error(where, f"there is more than one {twice[0]}", "field.not_unique")


def _words(*rows: tuple[str, str, str, str]) -> tuple[Word, ...]:
    return tuple(Word(*row) for row in rows)


SHIPPED = UrgencyWords(
    scales=(
        Scale(
            "general",
            "通用",
            "General",
            (),
            _words(
                ("critical", "特急", "Critical", "critical"),
                ("urgent", "紧急", "Urgent", "urgent"),
                ("normal", "一般", "Normal", "normal"),
            ),
        ),
        Scale(
            "it",
            "IT 故障",
            "IT faults",
            (),
            _words(
                ("p1", "P1", "P1", "critical"),
                ("p2", "P2", "P2", "urgent"),
                ("p3", "P3", "P3", "normal"),
                ("p4", "P4", "P4", "normal"),
            ),
        ),
        Scale(
            "complaint",
            "投诉",
            "Complaints",
            ("complaint",),
            _words(
                ("complaint_urgent", "紧急投诉", "Urgent complaint", "critical"),
                ("complaint_serious", "严重投诉", "Serious complaint", "urgent"),
                ("complaint_normal", "一般投诉", "Ordinary complaint", "normal"),
            ),
        ),
    ),
    hints=tuple(
        Hint(word, urgency)
        for urgency, words in (
            ("critical", ("特急", "起火", "冒烟", "漏电", "受伤", "瘫痪", "server down", "outage")),
            ("urgent", ("紧急", "加急", "马上", "立刻", "投诉", "urgent", "asap", "emergency")),
        )
        for word in words
    ),
)
