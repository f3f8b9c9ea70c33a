"""Texts and file names that may safely be stored, sent on the bus and shown."""

import re
import unicodedata

from libs.common.errors import field_error
from services.intake.domain.masking import mask_name

MAX_TEXT = 48_000  # bytes in UTF-8: nothing over 256 KB goes on the bus
MAX_HTML = 64_000
MAX_SUBJECT = 300  # characters
MAX_NAME = 100
MAX_FILE_NAME = 150
NO_SUBJECT = "(无主题)"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
# They turn "gpj.exe" into "exe.jpg" before the reader's eyes.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANK_LINES = re.compile(r"\n[ \t\u3000]*\n(?:[ \t\u3000]*\n)+")
_UNSAFE_IN_NAMES = re.compile(r'[<>:"|?*/\\]')


def clean_text(text: str) -> str:
    """Without control characters (PostgreSQL refuses NUL) and lone surrogates; lines end in \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text).encode("utf-8", "replace").decode()
    lines = (line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def clean_line(text: str, limit: int) -> str:
    """One line of at most `limit` characters, without direction marks."""
    line = " ".join(_DIRECTION.sub("", clean_text(text)).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def required_line(field: str, value: object, limit: int) -> str:
    """A line that somebody typed; raises InvalidInput naming the field if nothing is in it."""
    line = clean_line(value, limit) if isinstance(value, str) else ""
    if not line:
        raise field_error(field, "must be a text with something in it", "field.required")
    return line


def clean_name(text: str) -> str:
    """A customer's name as everybody may see it: one line, without contact data."""
    return mask_name(clean_line(text, MAX_NAME))


def subject_from(text: str) -> str:
    """A subject for a message without one: the beginning of its text."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return clean_line(first, 60) or NO_SUBJECT


def shorten(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, never a part of a character."""
    encoded = text.encode()
    return text if len(encoded) <= limit else encoded[:limit].decode("utf-8", "ignore")


def clean_file_name(name: str) -> str:
    """A name without path, control or direction characters; keeps the extension when cutting."""
    line = clean_line(unicodedata.normalize("NFC", name), 1_000)
    line = _UNSAFE_IN_NAMES.sub("_", line.replace("\\", "/").rpartition("/")[2]).strip(". ")
    if len(line) <= MAX_FILE_NAME:
        return line or "attachment"
    stem, dot, extension = line.rpartition(".")
    if not dot or len(extension) > 10:
        return line[:MAX_FILE_NAME]
    return f"{stem[: MAX_FILE_NAME - len(extension) - 1]}.{extension}"


def language_of(text: str) -> str:
    """`en` for a text of Latin letters, else `zh`: the house's language when in doubt."""
    if re.search("[\u3400-\u9fff]", text):
        return "zh"
    return "en" if len(re.findall("[A-Za-z]", text[:2_000])) >= 20 else "zh"


def supported_language(tag: str | None) -> str:
    """Our language for a tag such as zh-CN; English for those who name one that we lack."""
    return "zh" if not tag or tag.lower().startswith("zh") else "en"
