"""The words of mails that are chosen by rule: language, labels, the promised time."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from services.notify.domain.codes import Purpose
from services.notify.domain.headers import MAX_NAME, MAX_SUBJECT, one_line
from services.notify.domain.occasions import OCCASIONS

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
_FOOTERS = {
    "zh": "工单编号 {}。如需补充，请直接回复本邮件，并保留主题中的编号。",
    "en": "Ticket {}. To add anything, just reply to this mail and keep the number in the subject.",
}
# As customers understand them, not as agents work.
_STATUSES = {
    "unassigned": {"zh": "已受理", "en": "received"},
    "assigned": {"zh": "已受理", "en": "received"},
    "in_progress": {"zh": "处理中", "en": "in progress"},
    "awaiting_approval": {"zh": "处理中", "en": "in progress"},
    "awaiting_customer": {"zh": "等待您的反馈", "en": "waiting for you"},
    "follow_up": {"zh": "跟进中", "en": "being followed up"},
    "solved": {"zh": "已解决", "en": "solved"},
    "closed": {"zh": "已关闭", "en": "closed"},
    "archived": {"zh": "已关闭", "en": "closed"},
}
_CHANNELS = {
    "web_form": {"zh": "网站表单", "en": "web form"},
    "mail": {"zh": "邮件", "en": "mail"},
    "manual": {"zh": "人工登记", "en": "entered by hand"},
    "phone": {"zh": "电话", "en": "phone"},
    "portal": {"zh": "客户门户", "en": "portal"},
    "internal": {"zh": "内部", "en": "internal"},
}
_TARGETS = {
    "first_reply": {"zh": "首次回复", "en": "first reply"},
    "next_reply": {"zh": "再次回复", "en": "next reply"},
    "update": {"zh": "进展更新", "en": "update"},
    "resolution": {"zh": "解决", "en": "resolution"},
    "accept": {"zh": "确认接收", "en": "confirmation"},
    "status": {"zh": "当前状态", "en": "present status"},
}
_FINDINGS = {
    "repeated_complaint": {"zh": "同一客户多次投诉", "en": "Repeated complaints of one customer"},
    "*": {"zh": "需要关注", "en": "To be looked at"},
}
_ALERTS = {
    "brute_force": {"zh": "疑似暴力破解登录密码", "en": "Passwords are being guessed"},
    "new_place": {"zh": "账号在新的地点登录", "en": "Sign-in from a new place"},
    "mass_reveal": {"zh": "短时间内大量查看联系方式", "en": "Many contacts revealed in short time"},
    "mass_export": {"zh": "短时间内大量导出数据", "en": "Much exported in short time"},
    "rights_raised": {"zh": "账号权限被提升", "en": "Rights of an account were raised"},
    "token_reused": {"zh": "登录令牌被重复使用", "en": "A token was used twice"},
    "*": {"zh": "安全告警", "en": "Security alert"},
}
_LABELS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "kind": {**_KINDS, "*": _OTHER_KIND},
    "urgency": {**_URGENCIES, "*": _URGENCIES["normal"]},
    "status": _STATUSES,
    "channel": _CHANNELS,
    "target": _TARGETS,
    "finding": _FINDINGS,
    "alert": _ALERTS,
    "told": {
        one.key: dict(zip(("zh", "en"), one.label, strict=True)) for one in OCCASIONS.values()
    },
}
_INSTANTS = ("created_at", "occurred_at", "due_at", "ends_at")
_NAMES = ("number", "customer", "company")


def choose_language(language: str) -> str:
    """Chinese for Chinese and for those of whom we know nothing, English for all others."""
    tag = language.strip().lower()
    return "zh" if not tag or tag.startswith("zh") else "en"


def variables_of(
    content: Mapping[str, Any], language: str, zone: tzinfo, **given: str
) -> dict[str, Any]:
    """What texts say: keys of our own as words, instants in local time, the rest as it is.

    `given`: number, customer, company, ticket_url, and what else is known only when it is sent.
    """
    said = dict(content)
    for name, labels in _LABELS.items():
        if said.get(name):
            said[name] = _label(labels, str(said[name]), language)
    # A company's own status has its own words for customers.
    if own := said.pop("status_text", None):
        said["status"] = own.get(language) or said.get("status")
    for name in _INSTANTS:
        said[name] = local_time(said.get(name), zone)
    said |= {name: one_line(text, MAX_NAME) for name, text in given.items() if name in _NAMES}
    said |= {name: text for name, text in given.items() if name not in _NAMES}
    said["promised_at"] = local_time(given.get("promised_at") or content.get("promised_at"), zone)
    said["kind"] = said.get("kind") or _OTHER_KIND[language]
    said["subject"] = one_line(said.get("subject") or "", MAX_SUBJECT)
    said["rich_text"] = content.get("html")
    text = content.get("text") or ""
    return said | {"excerpt": excerpt(text), "solution": text, "hours": _hours(content)}


def local_time(instant: Any, zone: tzinfo) -> str:
    """`2026-11-21 18:30` where the reader is; empty for none."""
    if not instant:
        return ""
    return f"{datetime.fromisoformat(str(instant)).astimezone(zone):%Y-%m-%d %H:%M}"


def footer(language: str, number: str, company: str, audience: str) -> str:
    """Below a mail: whom it is from, and how to answer."""
    if audience != "customer" or not number:
        return company
    return _FOOTERS[language].format(number)


def _hours(content: Mapping[str, Any]) -> int:
    """What is promised where no policy promises a time (R98)."""
    return _FIRST_RESPONSE_HOURS.get(str(content.get("urgency")), _FIRST_RESPONSE_HOURS["normal"])


def _label(labels: Mapping[str, Mapping[str, str]], key: str, language: str) -> str:
    found = labels.get(key) or labels.get("*")
    return found[language] if found else key


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
