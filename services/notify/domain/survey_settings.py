"""Settings of surveys: whether, when and about what customers are asked, and in which words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from libs.common.errors import InvalidInput, field_error
from services.notify.domain.surveys import INTERNAL, Solving

LANGUAGES = ("zh", "en")
# As ticketing has them.
KINDS = ("inquiry", "complaint", "repair", "suggestion", INTERNAL)
TAG_USES = ("low", "high", "all")

_TAG_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAGS_MOST = 30
_BOUNDS = {"delay_seconds": (0, 30 * 86_400), "valid_days": (1, 90), "low_score": (1, 3)}
_FLAGS = ("is_active", "asks_nps", "is_sent_for_internal")
# What a survey says, and how long it may be, in characters.
_TEXTS: Mapping[str, int] = {"title": 60, "question": 200, "thanks": 300}
_LABEL_LIMIT = 40

_SHIPPED_TEXTS = {
    "zh": {
        "title": "满意度调查",
        "question": "您对本次服务满意吗？",
        "thanks": "感谢您的评价！如仍有问题，我们会继续跟进。",
    },
    "en": {
        "title": "How did we do?",
        "question": "How satisfied are you with the service you got?",
        "thanks": "Thank you! If anything is still open, we will follow it up.",
    },
}
_SHIPPED_TAGS = (
    {"key": "slow", "zh": "处理太慢", "en": "Too slow", "for": "low"},
    {"key": "unsolved", "zh": "问题未解决", "en": "Not solved", "for": "low"},
    {"key": "attitude", "zh": "服务态度不好", "en": "Unfriendly", "for": "low"},
    {"key": "unclear", "zh": "解释不清楚", "en": "Unclear answers", "for": "low"},
    {"key": "fast", "zh": "响应迅速", "en": "Fast", "for": "high"},
    {"key": "professional", "zh": "专业", "en": "Knows the subject", "for": "high"},
    {"key": "friendly", "zh": "态度友好", "en": "Friendly", "for": "high"},
)


@dataclass(frozen=True)
class SurveySettings:
    """`kinds` None: tickets of all kinds. `low_score` and below reopens the ticket.

    A tag has {key, zh, en, for}: whether it is offered for low scores, high ones or all.
    """

    is_active: bool = True
    delay_seconds: int = 0
    valid_days: int = 14
    low_score: int = 2
    asks_nps: bool = True
    is_sent_for_internal: bool = True
    kinds: tuple[str, ...] | None = None
    tags: tuple[Mapping[str, str], ...] = _SHIPPED_TAGS
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _SHIPPED_TEXTS)
    version: int = 1

    @property
    def delay(self) -> timedelta:
        return timedelta(seconds=self.delay_seconds)

    @property
    def valid(self) -> timedelta:
        """How long a link is good, from when it is due to be sent."""
        return timedelta(days=self.valid_days)

    @property
    def tag_keys(self) -> frozenset[str]:
        return frozenset(tag["key"] for tag in self.tags)

    def asks_about(self, solving: Solving) -> bool:
        """Whether the requester is asked (R105: after internal repairs too)."""
        if not self.is_active or (solving.is_internal and not self.is_sent_for_internal):
            return False
        return self.kinds is None or solving.kind in self.kinds

    def as_json(self) -> dict[str, Any]:
        """As REST shows them and the database keeps them."""
        shown = asdict(self)
        shown["kinds"] = None if self.kinds is None else list(self.kinds)
        return shown | {"tags": [dict(tag) for tag in self.tags]}


def changed(settings: SurveySettings, changes: Mapping[str, Any]) -> SurveySettings:
    """The settings with what is given; raises InvalidInput naming what cannot stand."""
    unknown = {name: ["is no setting"] for name in changes if name not in _READ}
    if unknown:
        raise InvalidInput("field.unknown", "unknown settings", {"errors": unknown})
    read: dict[str, Any] = {name: _READ[name](name, value) for name, value in changes.items()}
    return replace(settings, **read)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise field_error(name, "must be true or false")
    return value


def _whole(name: str, value: object) -> int:
    least, most = _BOUNDS[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise field_error(name, f"must be a whole number, {least} to {most}")
    return value


def _kinds(name: str, value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or any(one not in KINDS for one in value):
        raise field_error(name, f"must be null or some of {', '.join(KINDS)}")
    return tuple(one for one in KINDS if one in value)


def _tags(name: str, value: object) -> tuple[Mapping[str, str], ...]:
    if not isinstance(value, list) or len(value) > _TAGS_MOST:
        raise field_error(name, f"must be a list of at most {_TAGS_MOST}")
    tags = tuple(_tag(f"{name}.{place}", one) for place, one in enumerate(value))
    if len({tag["key"] for tag in tags}) < len(tags):
        raise field_error(name, "two tags have the same key")
    return tags


def _tag(path: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or set(value) != {"key", *LANGUAGES, "for"}:
        raise field_error(path, "must have key, zh, en and for, and nothing else")
    if not isinstance(value["key"], str) or not _TAG_KEY.fullmatch(value["key"]):
        raise field_error(f"{path}.key", "must be lower-case letters, digits and _, at most 40")
    if value["for"] not in TAG_USES:
        raise field_error(f"{path}.for", f"must be one of {', '.join(TAG_USES)}")
    labels = {name: _wording(f"{path}.{name}", value[name], _LABEL_LIMIT) for name in LANGUAGES}
    return {"key": value["key"], **labels, "for": str(value["for"])}


def _texts(name: str, value: object) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(value, Mapping) or set(value) != set(LANGUAGES):
        raise field_error(name, f"must have {' and '.join(LANGUAGES)}")
    return {language: _words(f"{name}.{language}", value[language]) for language in LANGUAGES}


def _words(path: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or set(value) != set(_TEXTS):
        raise field_error(path, f"must have {', '.join(_TEXTS)}, and nothing else")
    return {name: _wording(f"{path}.{name}", value[name], most) for name, most in _TEXTS.items()}


def _wording(path: str, value: object, most: int) -> str:
    text = value.replace("\0", "").strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= most:
        raise field_error(path, f"must be text of 1 to {most} characters")
    return text


_READ: Mapping[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(_FLAGS, _flag),
    **dict.fromkeys(_BOUNDS, _whole),
    "kinds": _kinds,
    "tags": _tags,
    "texts": _texts,
}
