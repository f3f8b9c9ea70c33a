"""The texts that come with the product, for each occasion, audience, channel and language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from services.notify.domain.happenings import STAFF, Audience
from services.notify.domain.texts import Source

FOLDER = Path(__file__).resolve().parents[1] / "templates"
# Mails that have files of their own, with an HTML form.
WITH_FILES = ("receipt", "replied", "solved")

_MARK = "{{ reply_mark }}\n\n"
_GREETING = {
    "zh": "{% if customer %}{{ customer }}，{% endif %}您好：",
    "en": 'Dear {{ customer or "customer" }},',
}
_SIGNED = {"zh": "【{{ company }}】", "en": "[{{ company }}] "}


@cache
def shipped(occasion: str, audience: Audience, channel: str, language: str) -> Source | None:
    """None where the audience is not told of the occasion on that channel."""
    told = _texts(language).get(occasion, {}).get(audience)
    if told is None:
        return None
    if audience == STAFF:
        return _for_staff(told, channel, language)
    return _for_customer(occasion, told, channel, language)


def _for_customer(occasion: str, told: str, channel: str, language: str) -> Source:
    if channel == "sms":
        return Source(f"{_SIGNED[language]}{told}")
    if occasion in WITH_FILES:
        body = (FOLDER / language / f"{occasion}.txt").read_text(encoding="utf-8")
        return Source(body.removeprefix(_MARK).rstrip("\n"), subject="{{ subject }}")
    body = f"{_GREETING[language]}\n\n{told}\n\n{{{{ company }}}}"
    return Source(body, subject="{{ subject }}")


def _for_staff(told: Mapping[str, str], channel: str, language: str) -> Source:
    title, text = told["title"], told["text"]
    if channel == "in_app":
        return Source(text, subject=title)
    if channel == "sms":
        return Source(f"{_SIGNED[language]}{title}")
    link = "{% if ticket_url %}\n\n{{ ticket_url }}{% endif %}"
    body = f"{title}\n\n{text}" if text else title
    return Source(f"{body}{link}", subject=title)


@cache
def _texts(language: str) -> Mapping[str, Mapping[Any, Any]]:
    raw = (FOLDER / language / "texts.toml").read_text(encoding="utf-8")
    return tomllib.loads(raw)
