"""Which column of a file is which, by the words of its first row."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from libs.common.errors import InvalidInput

# The first word of each language is the template's.
_WORDS = {
    "login": (
        *("登录名", "用户名", "登录账号", "账号", "工号"),
        *("login", "username", "user name", "account"),
    ),
    "name": ("姓名", "名字", "员工姓名", "name", "full name"),
    "role": ("角色", "role"),
    "department": ("部门", "所属部门", "department"),
    "region": ("区域", "地区", "大区", "所属区域", "region"),
    "groups": ("组", "小组", "组别", "客服组", "班组", "groups", "group"),
    "extension": ("分机", "分机号", "内线", "extension", "ext"),
    "email": ("邮箱", "电子邮箱", "邮件", "邮箱地址", "email", "e-mail", "mail"),
    "phone": ("手机", "手机号", "手机号码", "电话", "联系电话", "phone", "mobile"),
    "title": ("职务", "职位", "岗位", "title", "job title"),
    "language": ("语言", "language"),
}
COLUMNS = tuple(_WORDS)
_COLUMN_OF = {word: column for column, words in _WORDS.items() for word in words}
_REMARK = re.compile(r"[(\[【].*$|\*")


@dataclass(frozen=True)
class Columns:
    """Where each column stands, and the heads that nobody knows."""

    places: dict[str, int]
    ignored: list[str]


def find_columns(head: Sequence[str]) -> Columns:
    """Raises InvalidInput if the login's is missing, or one is there twice."""
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, text in enumerate(head):
        column = _COLUMN_OF.get(_plain(text))
        if column is None:
            ignored += [text] if text else []
        elif column in places:
            raise _wrong_head("columns.repeated", f"two columns hold the {column}", column)
        else:
            places[column] = place
    if "login" not in places:
        raise _wrong_head("columns.missing", "no column holds the login (登录名)", "login")
    return Columns(places, ignored)


def heads(language: str) -> list[str]:
    """The template's first row."""
    return [_first(words, is_chinese=language == "zh") for words in _WORDS.values()]


def _first(words: Sequence[str], *, is_chinese: bool) -> str:
    return next(word for word in words if word.isascii() != is_chinese)


def _plain(text: str) -> str:
    """`登录名（必填）*` → 登录名"""
    narrow = unicodedata.normalize("NFKC", text).lower()
    return " ".join(_REMARK.sub("", narrow).split())


def _wrong_head(code: str, message: str, column: str) -> InvalidInput:
    return InvalidInput(code, message, {"errors": {"file": [message]}, "column": column})
