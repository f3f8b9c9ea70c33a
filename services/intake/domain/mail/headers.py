"""Header fields as people mean them: encoded words, raw 8-bit, broken addresses."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from services.intake.domain.mail.charsets import decode

MAX_VALUE = 65_536

_WORD = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?]*)\?=")
_GAP = re.compile(r"[ \t\r\n]*")
_ANGLE = re.compile(r"<\s*([^<>\s@]{1,128}@[^<>\s@]{1,255})\s*>")
_BARE = re.compile(r"[^\s<>()\[\],;:\"@]{1,128}@[^\s<>()\[\],;:\"@]{1,255}")
_COMMENT = re.compile(r"\(([^()]*)\)")
# Nothing that a database could not be asked for: NUL, halves of characters, raw 8-bit bytes.
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f\ud800-\udfff]{3,900}>")


class Headers:
    """The fields of a message or part, by lower-case name, undecoded until asked for."""

    def __init__(self, pairs: Iterable[tuple[str, object]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(str(name).lower(), []).append(str(value)[:MAX_VALUE])

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> str:
        """The first such field, unfolded, surrogates for 8-bit bytes; empty if there is none."""
        values = self._values.get(name, ("",))
        return values[0].replace("\r", "").replace("\n", "").strip()

    def word(self, name: str) -> str:
        """The field up to its first parameter or comment, in lower case: a keyword."""
        return re.split(r"[;\s(]", self.raw(name), maxsplit=1)[0].lower()

    def text(self, name: str) -> str:
        """The field for people to read."""
        return decode_words(self.raw(name))

    def message_ids(self, *names: str) -> list[str]:
        """All `<…>` of the fields, in order."""
        return [found for name in names for found in find_message_ids(self.raw(name))]


def find_message_ids(text: str) -> list[str]:
    """All `<…>` in a field's text. Python's own mailer hides long ones in encoded words."""
    return _MESSAGE_ID.findall(decode_words(text) if "=?" in text else text)


def decode_words(value: str) -> str:
    """RFC 2047, and what mailers make of it: a letter cut in two between adjacent words, missing
    padding, blanks inside, raw bytes beside."""
    pieces: list[str] = []
    waiting, charset, end = b"", "", 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        adjacent = bool(waiting) and _GAP.fullmatch(between) is not None
        if waiting and not (adjacent and match[1].lower() == charset):
            pieces.append(decode(waiting, charset.partition("*")[0]))
            waiting = b""
        if not adjacent:
            pieces.append(_decode_raw(between))
        waiting += _bytes_of(match[2], match[3])
        charset, end = match[1].lower(), match.end()
    if waiting:
        pieces.append(decode(waiting, charset.partition("*")[0]))
    return "".join([*pieces, _decode_raw(value[end:])])


def _bytes_of(encoding: str, content: str) -> bytes:
    encoded = content.encode("ascii", "ignore")
    if encoding in "qQ":
        return quopri.decodestring(encoded.replace(b" ", b"_"), header=True)
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", encoded)
    # One letter too many cannot be completed: drop it rather than the whole subject.
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return encoded


def _decode_raw(text: str) -> str:
    return text if text.isascii() else decode(text.encode("utf-8", "surrogateescape"))


def read_address(value: str) -> tuple[str, str]:
    """Name and address of the first mailbox; both may be empty. Takes what getaddresses refuses."""
    if "@" not in value:  # some mailers encode the whole field, address and all
        value = decode_words(value)
    if found := _ANGLE.search(value):
        name = decode_words(value[: found.start()])
        return name.strip(" \t,;\"'\\"), found[1]
    if found := _BARE.search(value):
        comment = _COMMENT.search(value)
        return (decode_words(comment[1]).strip() if comment else ""), found[0]
    return decode_words(value).strip(" \t\"'<>"), ""


def read_date(value: str) -> datetime | None:
    """The instant of a Date field in UTC; None for nonsense."""
    try:
        instant = parsedate_to_datetime(value[:200])
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
        return instant.astimezone(UTC) if 1990 <= instant.year <= 2200 else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
