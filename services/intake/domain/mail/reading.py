"""A raw mail (RFC 5322) as an inbound message. Never raises: what cannot be read is attached."""

import email
from email.message import Message
from email.policy import Compat32
from typing import Any

from libs.common.crypto.contacts import normalise_email
from libs.common.errors import InvalidInput
from services.intake.domain import texts
from services.intake.domain.inbound import InboundFile, InboundMessage, Sender
from services.intake.domain.mail import automatic
from services.intake.domain.mail.headers import Headers, read_address, read_date
from services.intake.domain.mail.html import (
    MAX_SOURCE,
    escape_text,
    sanitise,
    strip_tags,
    text_of,
)
from services.intake.domain.mail.parts import MAX_FILE, MAX_FILES, Content, read_parts
from services.intake.domain.mail.quotes import cut_quotes

UNREADABLE = "(无法解析的邮件)"
NO_TEXT = "(邮件没有正文)"
UNKNOWN_SENDER = "(未知发件人)"

# The standard parser compares every line with every open boundary.
_MAX_BOUNDARIES = 300
_MAX_PARTS = 2_000  # a boundary takes four bytes, a part thousands
_MAX_FIELDS = 50_000
_MAX_PARAMETERS = 4_096  # characters of a Content-* field
_MAX_EFFORT = 16 * _MAX_PARAMETERS**2  # parameters are parsed in quadratic time


class _Limits:
    """What one mail has asked of the standard parser so far; raises ValueError past all reason."""

    def __init__(self) -> None:
        self._parts = self._fields = self._effort = 0

    def make_part(self, **options: Any) -> Message:
        """Counted."""
        self._parts += 1
        self._check()
        return Message(**options)

    def cut(self, name: str, value: str) -> str:
        """A field's value, as long as it may be."""
        self._fields += 1
        if name.lower().startswith("content-"):
            value = value[:_MAX_PARAMETERS]
            self._effort += len(value) ** 2
        self._check()
        return value

    def _check(self) -> None:
        if self._parts > _MAX_PARTS or self._fields > _MAX_FIELDS or self._effort > _MAX_EFFORT:
            raise ValueError("a mail of too many parts or fields")


class _RawFields(Compat32):
    """Fields as they came: the default replaces 8-bit bytes before we can guess their charset."""

    limits = _Limits()

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Name and value, within the limits."""
        name, value = super().header_source_parse(sourcelines)
        return name, self.limits.cut(name, value)

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The stored value, surrogates and all."""
        return value


def read_mail(raw: bytes) -> InboundMessage:
    """Understand a mail as well as possible."""
    if raw.lower().count(b"boundary") > _MAX_BOUNDARIES:
        return _unreadable(raw)
    try:
        limits = _Limits()
        policy = _RawFields(limits=limits)  # type: ignore[call-arg]  # not in the type stubs
        message: Message = email.message_from_bytes(raw, limits.make_part, policy=policy)
        headers = Headers(message.raw_items())
        return _understand(message, headers, raw)
    except Exception:
        # A last resort: no mail may stop the others, and nothing of it is lost.
        return _unreadable(raw)


def _understand(message: Message, headers: Headers, raw: bytes) -> InboundMessage:
    content = read_parts(message)
    subject = texts.clean_line(headers.text("subject"), texts.MAX_SUBJECT)
    full, html = _texts(content)
    text = cut_quotes(full, subject)
    files = [file for file in content.files if len(file.content) <= MAX_FILE][:MAX_FILES]
    dropped = len(content.files) - len(files)
    if len(text.encode()) > texts.MAX_TEXT:
        files.append(InboundFile("全文.txt", "text/plain", text.encode()))
        text = texts.shorten(text, texts.MAX_TEXT - 100) + "\n\n(正文过长,全文见附件)"
    if not text:
        text = NO_TEXT if files or subject else UNREADABLE
        files += [] if files or subject else [_original(raw)]
    if dropped:
        text += f"\n\n(另有 {dropped} 个附件因数量或大小超限未保存)"
    name, address = _author(headers)
    kind = message.get_content_type()
    is_bounce = automatic.is_bounce(headers, kind, address)
    return InboundMessage(
        sender=Sender(
            name=texts.clean_name(name or address) or UNKNOWN_SENDER,
            email=_normal(address),
            language=texts.language_of(text),
        ),
        subject=subject or texts.subject_from(text),
        text=text,
        html=html if html and len(html.encode()) <= texts.MAX_HTML else None,
        files=tuple(files),
        message_id=next(iter(headers.message_ids("message-id")), None),
        references=_references(headers, content, is_bounce),
        sent_at=read_date(headers.raw("date")),
        is_auto_reply=automatic.is_automatic(headers, kind, address),
        is_bounce=is_bounce,
        has_loop_mark=automatic.has_loop_mark(headers),
    )


def _texts(content: Content) -> tuple[str, str | None]:
    """The whole text, and the HTML if any part has some."""
    size = sum(len(html or "") for _, html in content.segments)
    read = text_of if size <= MAX_SOURCE else strip_tags
    plains = [plain if plain is not None else read(html or "")
              for plain, html in content.segments]  # fmt: skip
    text = texts.clean_text("\n".join(plains)) or texts.clean_text(content.inner_text or "")
    if not any(html for _, html in content.segments):
        return text, None
    htmls = [html or escape_text(plain or "") for plain, html in content.segments]
    return text, sanitise("<br>".join(htmls))


def _author(headers: Headers) -> tuple[str, str]:
    """Name and address; the first header that has an address."""
    found = [read_address(headers.raw(name)) for name in ("from", "sender", "reply-to")]
    found.append(("", read_address(headers.raw("return-path"))[1]))
    return next((pair for pair in found if pair[1]), found[0])


def _normal(address: str) -> str | None:
    try:
        return normalise_email(address)
    except InvalidInput:
        # Hosts of the house have no dot in their names; such mail is answered all the same.
        plain = address.isascii() and address.isprintable() and "@" in address[1:-1]
        return address.lower() if plain and len(address) <= 254 else None


def _references(headers: Headers, content: Content, is_bounce: bool) -> str:
    """References in their order, then In-Reply-To, which says most."""
    ids = headers.message_ids("references", "in-reply-to")
    returned = content.returned_ids if is_bounce or not ids else []
    return " ".join([*ids[-100:], *returned[:5]])


def _original(raw: bytes) -> InboundFile:
    return InboundFile("original.eml", "message/rfc822", raw)


def _unreadable(raw: bytes) -> InboundMessage:
    """What can be told from the first lines alone, and the mail itself as a file."""
    head = raw[:65_536].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    lines = (line.partition(b":") for line in head.split(b"\n") if b":" in line)
    headers = Headers(
        (name.decode("latin-1"), value.decode("ascii", "surrogateescape"))
        for name, _, value in lines
    )
    name, address = _author(headers)
    return InboundMessage(
        sender=Sender(
            name=texts.clean_name(name or address) or UNKNOWN_SENDER,
            email=_normal(address),
        ),
        subject=texts.clean_line(headers.text("subject"), texts.MAX_SUBJECT) or UNREADABLE,
        text=UNREADABLE,
        files=(_original(raw),) if raw else (),
        message_id=next(iter(headers.message_ids("message-id")), None),
        references=" ".join(headers.message_ids("references", "in-reply-to")),
        has_loop_mark=automatic.has_loop_mark(headers),
        is_auto_reply=automatic.is_automatic(headers, "", address),
    )
