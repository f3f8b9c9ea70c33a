"""A mail as bytes: text and HTML alternatives, files in pieces.

Everything is a function of the letter, boundaries included, so a mail sent again is the same mail.
"""

import base64
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Protocol
from uuid import UUID

from services.notify.domain.headers import (
    MAX_SUBJECT,
    Mailbox,
    encode_ids,
    encode_text,
    one_line,
)

LOOP_HEADER = "X-Tidedesk-Loop"

# What a person wrote is no automatic mail (RFC 3834); the first releases call it reply.
_BY_HAND = ("replied", "reply")
_ANSWERS = ("receipt",)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_LINE = 57  # bytes that make a line of 76 letters in base64


class Content(Protocol):
    """A file's bytes in pieces; closed also if the mail is broken off."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Attachment:
    """A file that goes along; `size` in bytes."""

    blob_key: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Letter:
    """All that a mail says, before it has a form."""

    delivery_id: UUID
    occasion: str
    message_id: str
    references: Sequence[str]
    sender: Mailbox
    recipient: Mailbox
    subject: str
    text: str
    html: str
    written_at: datetime
    attachments: Sequence[Attachment] = ()


def write_mail(letter: Letter, open_blob: Callable[[str], Content]) -> Generator[bytes]:
    """The mail in pieces of whole lines; files are read only when their turn comes."""
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(letter))
    texts = _alternatives(letter)
    if not letter.attachments:
        yield head.encode() + texts
        return
    boundary = f"=_files_{letter.delivery_id.hex}"
    head += f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'
    yield head.encode() + texts
    for attachment in letter.attachments:
        yield f"--{boundary}\r\n".encode() + _file_headers(attachment)
        with closing(open_blob(attachment.blob_key)) as content:
            yield from _base64_lines(content)
    yield f"--{boundary}--\r\n".encode()


def _headers(letter: Letter) -> Iterator[tuple[str, str]]:
    yield "From", letter.sender.encoded()
    yield "To", letter.recipient.encoded()
    yield "Reply-To", letter.sender.encoded()
    yield "Subject", encode_text(letter.subject)
    yield "Date", format_datetime(letter.written_at)
    yield "Message-ID", letter.message_id
    if letter.references:
        yield "In-Reply-To", letter.references[-1]
        yield "References", encode_ids(letter.references)
    if letter.occasion not in _BY_HAND:
        is_answer = letter.occasion in _ANSWERS
        yield "Auto-Submitted", "auto-replied" if is_answer else "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
        yield LOOP_HEADER, letter.sender.domain
    yield "MIME-Version", "1.0"


def _alternatives(letter: Letter) -> bytes:
    """The multipart with its own header, worst form first."""
    boundary = f"=_texts_{letter.delivery_id.hex}"
    parts = (("plain", letter.text), ("html", letter.html))
    written = "".join(f"--{boundary}\r\n{_text_part(kind, text)}" for kind, text in parts)
    header = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    return f"{header}{written}--{boundary}--\r\n".encode()


def _text_part(kind: str, text: str) -> str:
    header = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n'
    content = "\r\n".join(text.splitlines()).encode("utf-8", "replace") + b"\r\n"
    return f"{header}\r\n{_encoded(content).decode()}"


def _file_headers(attachment: Attachment) -> bytes:
    part: Any = MIMEPart(SMTP)
    media_type = attachment.media_type.lower()
    # What claims to be a message or a multipart must not be sent in base64 (RFC 2046, 5.2.1).
    is_plain = _MEDIA_TYPE.fullmatch(media_type) and not media_type.startswith(("message", "multi"))
    part["Content-Type"] = media_type if is_plain else "application/octet-stream"
    part["Content-Transfer-Encoding"] = "base64"
    name = one_line(attachment.name, MAX_SUBJECT) or "file"
    part.add_header("Content-Disposition", "attachment", filename=name)
    written: bytes = part.as_bytes()
    return written


def _base64_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        rest += piece
        whole = len(rest) - len(rest) % _LINE
        if whole:
            yield _encoded(rest[:whole])
            rest = rest[whole:]
    if rest:
        yield _encoded(rest)


def _encoded(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
