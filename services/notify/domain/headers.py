"""Header fields of a mail: nothing can be injected, everything beyond ASCII is encoded.

Written by hand because the standard library's folding turns Message-IDs of our length into
encoded words, which no mailer threads by.
"""

import base64
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

MAX_SUBJECT = 150
MAX_NAME = 60

_FOLD = "\r\n "
_WIDTH = 70
_WORD_BYTES = 45  # 60 letters in base64: an encoded word may have 75 (RFC 2047, 2)
_PREFIX = re.compile(r"\s*((re|fwd?|aw|回复|答复|转发)\s*[:：]|\[G\d{9,}\])\s*", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:@\"]{1,64}@[^\s<>()\[\]\\,;:@\"]{1,255}", re.ASCII)


@dataclass(frozen=True)
class Mailbox:
    """A name and an address; raises ValueError for an address that no header can hold.

    Addresses beyond ASCII are refused: hardly a server takes them, and domains come in IDNA form.
    """

    name: str
    address: str

    def __post_init__(self) -> None:
        if not self.address.isascii() or not _ADDRESS.fullmatch(self.address):
            raise ValueError("not a mail address that can be written to")

    @classmethod
    def parse(cls, text: str) -> "Mailbox":
        """`Name <address>` as configured."""
        return cls(*parseaddr(text))

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]

    def encoded(self) -> str:
        """The header's form."""
        name = one_line(self.name, MAX_NAME)
        if not name:
            return self.address
        if _is_plain(name):
            name = '"{}"'.format(re.sub(r'(["\\])', r"\\\1", name))
            return f"{name}{_FOLD if len(name) > _WIDTH / 2 else ' '}<{self.address}>"
        return f"{_encoded_words(name)}{_FOLD}<{self.address}>"


def one_line(text: str, limit: int) -> str:
    """No line breaks, no control characters, not endless."""
    line = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def subject_line(number: str, subject: str) -> str:
    """`[G20261121001] 主题…`; what mailers and earlier mails put in front is taken off."""
    bare = one_line(subject, 10 * MAX_SUBJECT)
    while prefix := _PREFIX.match(bare):
        bare = bare[prefix.end() :]
    return f"[{number}] {one_line(bare, MAX_SUBJECT)}".rstrip()


def encode_text(text: str) -> str:
    """Free text for a header. A word in front that is plain stays so: people search for numbers."""
    line = one_line(text, 10 * MAX_SUBJECT)
    if _is_plain(line):
        return _FOLD.join(textwrap.wrap(line, _WIDTH, break_on_hyphens=False))
    first, space, rest = line.partition(" ")
    if space and _is_plain(first) and len(first) <= _WIDTH:
        return f"{first}{_FOLD}{_encoded_words(rest)}"
    return _encoded_words(line)


def encode_ids(ids: Sequence[str]) -> str:
    """Message-IDs, one a line, never encoded."""
    return _FOLD.join(ids)


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _encoded_words(text: str) -> str:
    words = (base64.b64encode(piece).decode() for piece in _pieces(text))
    return _FOLD.join(f"=?utf-8?b?{word}?=" for word in words)


def _pieces(text: str) -> Iterator[bytes]:
    """Whole characters only: each encoded word must decode by itself."""
    piece = b""
    for letter in text:
        encoded = letter.encode()
        if len(piece) + len(encoded) > _WORD_BYTES:
            yield piece
            piece = b""
        piece += encoded
    yield piece
