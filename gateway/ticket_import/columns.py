"""Which column of a file is which, by the words of its first row."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from libs.common.errors import InvalidInput

# The first word of each language is the template's.
_WORDS = {
    "subject": ("主题", "标题", "工单主题", "subject", "title"),
    "text": ("描述", "问题描述", "内容", "需求描述", "description", "text", "content"),
    "customer_name": ("客户姓名", "客户", "客户名称", "姓名", "customer", "customer name", "name"),
    "phone": ("手机", "手机号", "电话", "联系电话", "phone", "mobile"),
    "email": ("邮箱", "电子邮箱", "邮件", "email", "e-mail", "mail"),
    "kind": ("类型", "工单类型", "请求类型", "type", "kind"),
    "urgency": ("紧急程度", "紧急度", "优先级", "urgency", "priority"),
    "category": ("分类", "工单分类", "category"),
    "channel": ("渠道", "来源", "channel", "source"),
}
COLUMNS = tuple(_WORDS)
REQUIRED = ("subject", "text", "customer_name")

_COLUMN_OF = {word: column for column, words in _WORDS.items() for word in words}
_FIELD = re.compile(r"(?:字段|field)\s*[:.]\s*(.+)", re.IGNORECASE)
_REMARK = re.compile(r"[(\[【].*$|\*")
_NAME_LIMIT = 64
_FIELDS_LIMIT = 30


@dataclass(frozen=True)
class Columns:
    """Where each column stands, custom fields by their names, and heads that nobody knows."""

    places: dict[str, int]
    fields: dict[str, int]
    ignored: list[str]


def find_columns(head: Sequence[str]) -> Columns:
    """Raises InvalidInput if a needed one is missing, or one is there twice."""
    found = Columns({}, {}, [])
    for place, text in enumerate(head):
        _sort_in(found, place, text)
    missing = [one for one in REQUIRED if one not in found.places]
    if missing:
        words = ", ".join(f"{_WORDS[one][0]} ({one})" for one in missing)
        raise _wrong_head("columns.missing", f"no column holds: {words}", missing)
    if not {"phone", "email"} & found.places.keys():
        message = "no column holds the phone (手机) or the mail address (邮箱) of the customer"
        raise _wrong_head("columns.missing", message, ["phone", "email"])
    return found


def heads(language: str) -> list[str]:
    """The template's first row."""
    return [_first(words, is_chinese=language == "zh") for words in _WORDS.values()]


def _sort_in(found: Columns, place: int, text: str) -> None:
    if custom := _FIELD.fullmatch(unicodedata.normalize("NFKC", text).strip()):
        name = custom.group(1).strip()[:_NAME_LIMIT]
        if name in found.fields:
            raise _wrong_head("columns.repeated", f"two columns hold the field {name}", [name])
        if len(found.fields) == _FIELDS_LIMIT:
            message = f"more than {_FIELDS_LIMIT} columns of fields"
            raise _wrong_head("columns.too_many", message, [name])
        found.fields[name] = place
        return
    column = _COLUMN_OF.get(_plain(text))
    if column is None:
        found.ignored.extend([text] if text else [])
    elif column in found.places:
        raise _wrong_head("columns.repeated", f"two columns hold the {column}", [column])
    else:
        found.places[column] = place


def _first(words: Sequence[str], *, is_chinese: bool) -> str:
    return next(word for word in words if word.isascii() != is_chinese)


def _plain(text: str) -> str:
    """`主题（必填）*` → 主题"""
    narrow = unicodedata.normalize("NFKC", text).lower()
    return " ".join(_REMARK.sub("", narrow).split())


def _wrong_head(code: str, message: str, columns: list[str]) -> InvalidInput:
    return InvalidInput(code, message, {"errors": {"file": [message]}, "columns": columns})
