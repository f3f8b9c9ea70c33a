"""Texts of one's own: what they may say is checked before they are kept.

A text is linear: variables, conditions, a few filters. There are no loops, calls, attributes or
arithmetic in it, so that it can neither reach anything nor take long.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.notify.domain.happenings import CUSTOMER, STAFF, Audience
from services.notify.domain.occasions import Occasion

TEMPLATE_CHANNELS = ("mail", "sms", "in_app", "dingtalk", "wecom")
LANGUAGES = ("zh", "en")
LIMITS: Mapping[str, int] = {"subject": 300, "body": 20_000, "html": 60_000}  # characters

# Which texts the channel of a delivery uses.
TEMPLATE_OF: Mapping[str, str] = {
    "mail": "mail",
    "sms": "sms",
    "in_app": "in_app",
    "wecom_app": "wecom",
    "wecom_robot": "wecom",
    "dingtalk_robot": "dingtalk",
}


TextKey = tuple[str, str, str]  # key, channel of the text, language


@dataclass(frozen=True)
class Source:
    """A text before it is rendered. `provider_params` are names of variables, in their order."""

    body: str
    subject: str | None = None
    html: str | None = None
    provider_code: str | None = None
    provider_params: Sequence[str] = ()
    template_id: UUID | None = field(default=None, compare=False)

    def fields(self) -> list[tuple[str, str]]:
        """The parts that hold text, by name."""
        parts = (("subject", self.subject), ("body", self.body), ("html", self.html))
        return [(name, text) for name, text in parts if text]


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a text, and where: a field and its line."""

    field: str
    line: int
    message: str

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "line": self.line, "message": self.message}


def other_language(language: str) -> str:
    """Where a text is looked for next."""
    return LANGUAGES[1 - LANGUAGES.index(language)]


def default_key(occasion: Occasion, audience: Audience) -> str:
    """The key of the texts that replace the shipped ones of an occasion for an audience."""
    is_second = audience == STAFF and CUSTOMER in occasion.audiences
    return f"{occasion.key}_staff" if is_second else occasion.key
