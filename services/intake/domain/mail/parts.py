"""The parts of a mail: which are its text, which are files, which a mail that came back."""

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO

from services.intake.domain.inbound import InboundFile
from services.intake.domain.mail.charsets import decode
from services.intake.domain.mail.headers import Headers, decode_words, find_message_ids
from services.intake.domain.texts import clean_file_name

MAX_DEPTH = 20
MAX_FILES = 50
MAX_FILE = 25 * 1024 * 1024

_EXTENSIONS = {"image/jpeg": ".jpg", "text/plain": ".txt", "message/rfc822": ".eml"}
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")
_RETURNED_ID = re.compile(r"(?im)^[> \t]*message-id[ \t]{0,9}:\s{0,9}(<[^<>\s]{3,900}>)")


@dataclass
class Content:
    """What was found so far. A segment is the same text as (plain, HTML); either may be missing."""

    segments: list[tuple[str | None, str | None]] = field(default_factory=list)
    files: list[InboundFile] = field(default_factory=list)
    returned_ids: list[str] = field(default_factory=list)
    inner_text: str | None = None

    def add(self, other: "Content") -> None:
        """Append what another part has."""
        self.segments += other.segments
        self.add_beside_text(other)

    def add_beside_text(self, other: "Content") -> None:
        """Append its files and what else is not text."""
        self.files += other.files
        self.returned_ids += other.returned_ids
        self.inner_text = self.inner_text or other.inner_text


def read_parts(part: Message, depth: int = 0) -> Content:
    """Everything in a part. A part that cannot be read becomes a file of its raw content."""
    try:
        return _read(part, depth)
    except Exception:
        # The standard library raises nearly anything on parts that no standard foresaw.
        return Content(files=[_as_file(part, _raw(part))])


def _read(part: Message, depth: int) -> Content:
    kind = part.get_content_type()
    if depth > MAX_DEPTH:
        return Content(files=[_as_file(part, _raw(part))])
    if kind == "multipart/alternative" and part.is_multipart():
        return _read_alternative(part, depth)
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        content = Content()
        for child in _children(part):
            content.add(read_parts(child, depth + 1))
        return content
    if part.get_content_maintype() == "message":
        return _read_message(part, depth)
    return _read_leaf(part)


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    return (child for child in payload if isinstance(child, Message)) if payload else iter(())


def _read_alternative(part: Message, depth: int) -> Content:
    """The plainest text and the richest HTML of the choices; files of all of them."""
    choices = [read_parts(child, depth + 1) for child in _children(part)]
    plains = [_joined(choice, 0) for choice in choices]
    htmls = [_joined(choice, 1) for choice in choices]
    plain = next((text for text in plains if text and text.strip()), None)
    html = next((text for text in reversed(htmls) if text and text.strip()), None)
    content = Content(segments=[(plain, html)] if plain or html else [])
    for choice in choices:
        content.add_beside_text(choice)
    return content


def _joined(content: Content, index: int) -> str | None:
    found = [segment[index] for segment in content.segments]
    return "\n".join(text for text in found if text) or None


def _read_message(part: Message, depth: int) -> Content:
    """A mail within the mail: kept as a file; its text counts if the outer one has none."""
    if part.get_content_type() != "message/rfc822":
        content = Content(files=[_as_file(part, _raw(part))])
        content.returned_ids = _RETURNED_ID.findall(_raw(part)[:65_536].decode("latin-1"))
        return content
    inner = next(_children(part), None)
    if inner is None:
        return _read_leaf(part)
    headers = Headers(inner.raw_items())
    name = clean_file_name(_file_name(part) or f"{headers.text('subject') or 'message'}.eml")
    content = Content(files=[InboundFile(name, "message/rfc822", _raw(inner))])
    content.returned_ids = headers.message_ids("message-id")
    content.inner_text = _joined(read_parts(inner, depth + 1), 0)
    return content


def _read_leaf(part: Message) -> Content:
    payload = _payload(part)
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        ids = find_message_ids("".join(_RETURNED_ID.findall(payload[:65_536].decode("latin-1"))))
        return Content(files=[_as_file(part, payload)], returned_ids=ids)
    is_text = kind in ("text/plain", "text/html") or part.get_content_maintype() == "multipart"
    if not is_text or _is_attached(part):
        return Content(files=[_as_file(part, payload)]) if payload else Content()
    text = decode(payload, _charset(part))
    return Content(segments=[(None, text) if kind == "text/html" else (text, None)])


def _is_attached(part: Message) -> bool:
    disposition = Headers(part.raw_items()).word("content-disposition")
    return disposition == "attachment" or bool(_file_name(part))


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except Exception:  # e.g. parameters continued in ways that nobody defined
        return None


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else _raw(part)


def _raw(part: Message) -> bytes:
    """The part as it came, as nearly as can be told."""
    try:
        target = BytesIO()
        BytesGenerator(target, mangle_from_=False, maxheaderlen=0).flatten(part)
        return target.getvalue()
    except Exception:  # the generator insists on rules that such parts break
        return str(part.get_payload()).encode("utf-8", "surrogateescape")


def _file_name(part: Message) -> str:
    """From Content-Disposition or Content-Type, by RFC 2231 or with encoded words."""
    for parameter, header in (("filename", "content-disposition"), ("name", "content-type")):
        try:
            found = part.get_param(parameter, None, header)
        except Exception:  # numbers of continuations beyond all bounds
            continue
        if isinstance(found, tuple):
            content = found[2].encode("latin-1", "ignore")
            return decode(content, found[0]).strip()
        if found:
            return decode_words(found).strip()
    return ""


def _as_file(part: Message, content: bytes) -> InboundFile:
    declared = part.get_content_type().lower()
    media_type = declared if _MEDIA_TYPE.fullmatch(declared) else "application/octet-stream"
    extension = _EXTENSIONS.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"
    headers = Headers(part.raw_items())
    is_image = media_type.startswith("image/")
    name = _file_name(part) or f"{'image' if is_image else 'attachment'}{extension}"
    content_id = headers.raw("content-id").strip("<> ")[:255] or None
    return InboundFile(clean_file_name(name), media_type, content, content_id)
