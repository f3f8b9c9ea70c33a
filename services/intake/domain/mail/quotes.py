"""Cuts the quoted conversation off an answer, so that the timeline shows what is new.

When in doubt it keeps: the text is for people, who can skip a quotation but not guess a loss.
"""

import re

OUR_MARK = "请在此行上方回复"
OUR_MARK_EN = "Please reply above this line"

_LOOK = 5  # lines that a block of headers or a broken attribution may span
_WIDTH = 400  # characters of a line that are looked at
_MAX_TEXT = 200_000  # characters; a longer text is a log or a listing, and is kept as it is

_SEPARATOR = re.compile(
    r"^[>\s]*[-_=*—]{2,}\s*"
    r"(原始邮件|原始消息|原邮件|回复的?原邮件|回复的原邮件|Original\s+(Message|email|mail)|"
    r"Ursprüngliche Nachricht|Message d'origine|元のメッセージ)"
    r"\s*[-_=*—]{2,}\s*$",
    re.IGNORECASE,
)
_ATTRIBUTION_END = re.compile(r"(写道|写到|写信|wrote|schrieb|a écrit)\s*[:：]\s*$", re.IGNORECASE)
_ATTRIBUTION_START = re.compile(
    r"^[>\s]*+(在|于|On\s|At\s|Am\s|Le\s|[12][0-9]{3}\s*[-年/.]|\S.{0,80}[<〈(（]\S+@|"
    r".{1,60}于\s*[12][0-9]{3})",
    re.IGNORECASE,
)
_HAS_DATE_OR_ADDRESS = re.compile(r"[0-9]{1,4}\s*[-年/.月:,]|@")
_FIELDS = re.compile(
    r"^[>\s*]*(发件人|寄件者|寄件人|发送时间|发送日期|寄件日期|收件人|收件者|主题|主旨|日期|时间|抄送|副本|"
    r"From|Sent|To|Subject|Date|Cc)\s*\*?\s*[:：]",
    re.IGNORECASE,
)
_FIRST_FIELD = re.compile(r"^[>\s*]*(发件人|寄件者|寄件人|From)\s*\*?\s*[:：]", re.IGNORECASE)
_RULE = re.compile(r"^\s*[-_=—*]{3,}(&nbsp;|\s)*$")
_QUOTED = re.compile(r"^\s{0,2}>")
_FORWARD = re.compile(r"^\s*(转发|轉寄|Fwd?)\s*[:：]", re.IGNORECASE)


def cut_quotes(text: str, subject: str = "") -> str:
    """The part the sender wrote now; the whole text if nothing would be left of it.

    A forwarded mail is not cut below its separators: what is forwarded is the message.
    """
    if len(text) > _MAX_TEXT:
        return text.strip()
    lines = text.split("\n")
    if below := _text_below_quote(lines):
        return cut_quotes(below, subject)
    end = _end_of_answer(lines, is_forward=bool(_FORWARD.match(subject)))
    answer = "\n".join(_without_trailing_quotes(lines[:end])).strip()
    return answer or text.strip()


def _end_of_answer(lines: list[str], *, is_forward: bool) -> int:
    """Index of the first line that is not the sender's own."""
    for index, line in enumerate(lines):
        if OUR_MARK in line or OUR_MARK_EN in line:
            return _before_attribution(lines, index)
        if is_forward:
            continue
        if _SEPARATOR.match(line[:_WIDTH]) or _starts_header_block(lines, index):
            return _before_rule(lines, index)
        if _attribution_length(lines, index) and not _is_answered_below(lines, index):
            return _before_rule(lines, index)
    return len(lines)


def _starts_header_block(lines: list[str], index: int) -> bool:
    """`发件人:` followed by two more such fields, as Outlook and its kin write."""
    if not _FIRST_FIELD.match(lines[index][:_WIDTH]):
        return False
    following = [line for line in lines[index + 1 : index + 3 * _LOOK] if line.strip()]
    return sum(bool(_FIELDS.match(line[:_WIDTH])) for line in following[:_LOOK]) >= 2


def _attribution_length(lines: list[str], index: int) -> int:
    """How many lines a `在 … 写道:` beginning here takes; 0 if none does."""
    if not _ATTRIBUTION_START.match(lines[index][:_WIDTH]):
        return 0
    for length in range(1, 4):
        if index + length > len(lines) or not lines[index + length - 1].strip(" >"):
            return 0
        joined = " ".join(line.strip("> ") for line in lines[index : index + length])
        if len(joined) > _WIDTH:
            return 0
        if _ATTRIBUTION_END.search(joined):
            return length if _HAS_DATE_OR_ADDRESS.search(joined) else 0
    return 0


def _is_answered_below(lines: list[str], index: int) -> bool:
    """Quoted with `>` and answered between or below the quotations."""
    rest = lines[index + _attribution_length(lines, index) :]
    first = next((line for line in rest if line.strip()), "")
    return bool(_QUOTED.match(first)) and any(
        line.strip() and not _QUOTED.match(line) and not _RULE.match(line) for line in rest
    )


def _before_attribution(lines: list[str], index: int) -> int:
    """Our mark stands in a quotation: what announces it goes as well."""
    for start in range(max(index - 2 * _LOOK, 0), index):
        if (
            _attribution_length(lines, start)
            or _SEPARATOR.match(lines[start][:_WIDTH])
            or _starts_header_block(lines, start)
        ):
            return _before_rule(lines, start)
    return _before_rule(lines, index)


def _before_rule(lines: list[str], index: int) -> int:
    """A line of dashes above a quotation belongs to it."""
    start = index
    while start and not lines[start - 1].strip():
        start -= 1
    return start - 1 if start and _RULE.match(lines[start - 1]) else index


def _without_trailing_quotes(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or _QUOTED.match(lines[end - 1])):
        end -= 1
    return lines[:end]


def _text_below_quote(lines: list[str]) -> str:
    """The answer of somebody who writes below: a quotation, then text without any."""
    start = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    start += _attribution_length(lines, start) if start < len(lines) else 0
    end = start
    while end < len(lines) and (not lines[end].strip() or _QUOTED.match(lines[end])):
        end += 1
    has_quote = any(_QUOTED.match(line) for line in lines[start:end])
    has_more = any(_QUOTED.match(line) for line in lines[end:])
    return "\n".join(lines[end:]).strip() if has_quote and not has_more else ""
