"""A mail taken apart for people to read; damaged ones are shown as far as they go.

With the old email API: the new one raises all kinds of errors over damaged headers.
"""

from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from typing import Any


@dataclass(frozen=True)
class File:
    """An attachment."""

    name: str
    media_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


class Mail:
    """A view of the raw bytes: `headers` in their order, the first text of each kind, the files."""

    def __init__(self, raw: bytes) -> None:
        message = message_from_bytes(raw)
        self.headers = [(name, decode(value)) for name, value in message.items()]
        self.text = self.html = ""
        self.files: list[File] = []
        for part in message.walk():
            if not part.is_multipart():
                self._sort(part)

    def header(self, name: str) -> str:
        """The first of that name in one line, empty if there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def _sort(self, part: Message) -> None:
        kind = part.get_content_type()
        content: Any = part.get_payload(decode=True)
        is_file = part.get_content_disposition() == "attachment"
        if kind == "text/plain" and not is_file and not self.text:
            self.text = _text(content, part.get_content_charset())
        elif kind == "text/html" and not is_file and not self.html:
            self.html = _text(content, part.get_content_charset())
        else:
            self.files.append(File(decode(part.get_filename("附件")), kind, content))


def decode(value: object) -> str:
    """A header in one line; left as it is where it cannot be decoded."""
    raw = " ".join(str(value).split())
    try:
        return str(make_header(decode_header(raw)))
    except (LookupError, ValueError):
        return raw


def _text(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
