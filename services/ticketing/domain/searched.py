"""Reads what somebody typed into the search box. Nothing is wrong there: at worst it is a word.

退款 "到账 失败" -打印机 subject:发票 客户:王芳 tag:vip status:open assignee:me field.order_no:123
"""

import re
from dataclasses import dataclass, field

MAX_QUERY = 200  # characters
_MOST_PIECES = 12

# Fields of words, and columns; in Chinese as well.
_ALIASES = {
    "主题": "subject",
    "标题": "subject",
    "客户": "customer",
    "标签": "tag",
    "状态": "status",
    "受理人": "assignee",
    "处理人": "assignee",
    "组": "group",
    "渠道": "channel",
    "紧急程度": "urgency",
    "编号": "number",
    "分类": "category",
    "工单分类": "category",
    "字段": "field",
}
WORD_FIELDS = ("subject", "customer", "tag")
COLUMNS = ("status", "assignee", "group", "channel", "urgency", "kind", "category", "number")
_QUOTES = str.maketrans("“”„‟«»「」『』＂", '"' * 11)
_PIECE = re.compile(
    r"(?P<minus>[-－](?=\S))?"
    r'(?:(?P<field>[^\s":：\-－][^\s":：]{0,80})[:：](?=[^\s:：]))?'
    r'(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))'
)


@dataclass(frozen=True)
class Piece:
    """Words that a ticket must have (or must not), one after another if it is a phrase.

    `field` is subject, customer, tag, or `field.<key>`; None: anywhere.
    """

    text: str
    field: str | None = None
    is_phrase: bool = False
    is_negated: bool = False


@dataclass(frozen=True)
class Column:
    """What a ticket must be (or must not): status:open."""

    name: str
    value: str
    is_negated: bool = False

    @property
    def as_piece(self) -> Piece:
        """The same as words, for where there is no such status or urgency."""
        return Piece(f"{self.name}:{self.value}", is_negated=self.is_negated)


@dataclass(frozen=True)
class Searched:
    """What was asked for. `text` is all of it, cleaned."""

    text: str
    pieces: list[Piece] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Just words, without any syntax."""
        pieces = self.pieces
        return not self.columns and not any(
            one.field or one.is_phrase or one.is_negated for one in pieces
        )


def read_searched(text: str) -> Searched:
    """The first MAX_QUERY characters of it, taken apart."""
    cleaned = text.replace("\x00", "").translate(_QUOTES)[:MAX_QUERY].strip()
    pieces: list[Piece] = []
    columns: list[Column] = []
    for found in _PIECE.finditer(cleaned):
        if len(pieces) + len(columns) == _MOST_PIECES:
            break
        read = _read(found)
        if isinstance(read, Piece) and read.text.strip():
            pieces.append(read)
        elif isinstance(read, Column) and read.value:
            columns.append(read)
    return Searched(cleaned, pieces, columns)


def _read(found: re.Match[str]) -> Piece | Column:
    is_phrase = found["quoted"] is not None
    value = found["quoted"] if is_phrase else found["bare"]
    name, is_negated = _name(found["field"]), bool(found["minus"])
    if name in COLUMNS:
        return Column(name, value.strip(), is_negated)
    if found["field"] and name is None:
        value = f"{found['field']}:{value}"
    return Piece(value, name, is_phrase, is_negated)


def _name(given: str | None) -> str | None:
    """The field that is meant, or None where there is none of this name."""
    first, dot, rest = (given or "").partition(".")
    known = _ALIASES.get(first, first.lower())
    if known == "field":
        return f"field.{rest}" if rest else None
    return known if not dot and (known in WORD_FIELDS or known in COLUMNS) else None
