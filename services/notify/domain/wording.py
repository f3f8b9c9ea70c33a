"""The words of mails that are chosen by rule: language, labels, the promised time."""

from collections.abc import Mapping
from typing import Any

from services.notify.domain.codes import Purpose

# Intake cuts answers here, so it stands first in every mail, in both languages.
REPLY_MARK = "请在此行上方回复 / Please reply above this line"

_MAX_EXCERPT = 500
_FIRST_RESPONSE_HOURS = {"normal": 24, "urgent": 4, "critical": 2}
_KINDS = {
    "inquiry": {"zh": "咨询", "en": "inquiry"},
    "complaint": {"zh": "投诉", "en": "complaint"},
    "repair": {"zh": "报修", "en": "repair request"},
    "suggestion": {"zh": "建议", "en": "suggestion"},
    "internal": {"zh": "内部申请", "en": "internal request"},
}
_URGENCIES = {
    "normal": {"zh": "一般", "en": "normal"},
    "urgent": {"zh": "紧急", "en": "urgent"},
    "critical": {"zh": "特急", "en": "critical"},
}
_PURPOSES = {
    Purpose.LOGIN: {"zh": "登录", "en": "sign in"},
    Purpose.PHONE: {"zh": "绑定手机号", "en": "confirm your phone number"},
    Purpose.PORTAL: {"zh": "查询工单", "en": "see your tickets"},
}
_CODE_SUBJECTS = {"zh": "{}验证码", "en": "Your code to {}"}
_OTHER_KIND = {"zh": "来信", "en": "message"}


def choose_language(language: str) -> str:
    """Chinese for Chinese and for those of whom we know nothing, English for all others."""
    tag = language.strip().lower()
    return "zh" if not tag or tag.startswith("zh") else "en"


def describe_ticket(content: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What a receipt repeats of the ticket, and the time it promises (R98)."""
    urgency = content["urgency"] if content["urgency"] in _URGENCIES else "normal"
    return {
        "kind": _KINDS.get(content["kind"], _OTHER_KIND)[language],
        "urgency": _URGENCIES[urgency][language],
        "hours": _FIRST_RESPONSE_HOURS[urgency],
        "excerpt": excerpt(content["text"]),
    }


def name_purpose(purpose: Purpose, language: str) -> str:
    """What a code is for, as a verb; `language` is one of `choose_language`."""
    return _PURPOSES[purpose][language]


def code_subject(purpose: Purpose, language: str) -> str:
    """Without the code: subjects stand on locked screens and in mail servers' logs."""
    return _CODE_SUBJECTS[language].format(name_purpose(purpose, language))


def excerpt(text: str) -> str:
    """The beginning: a receipt goes to an address that anybody may have typed into a form."""
    bare = text.strip()
    return bare if len(bare) <= _MAX_EXCERPT else bare[: _MAX_EXCERPT - 1].rstrip() + "…"
