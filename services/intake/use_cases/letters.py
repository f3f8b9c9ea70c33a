"""A message on its way from the door to a ticket."""

import logging
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from libs.common.blobs import Blobs, sniff_media_type
from libs.common.errors import Unsupported
from libs.common.ids import uuid7
from services.intake.domain.form import read_form
from services.intake.domain.inbound import InboundFile, InboundMessage
from services.intake.domain.mail.html import relink_images
from services.intake.domain.mail.reading import read_mail
from services.intake.storage.accounts import Account
from services.intake.storage.receipts import Claimed, RawMessage
from services.intake.use_cases.rooms import FilingRoom

_log = logging.getLogger(__name__)

_LARGE = 16 * 1024  # bytes; even a hostile one of this size takes well below a second
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(eq=False)
class Letter:
    """A claimed receipt, what its message says, and its files in the blob store."""

    receipt: Claimed
    account: Account
    message: InboundMessage
    attachments: list[dict[str, Any]] = field(default_factory=list)
    html: str | None = None
    message_id: UUID = field(default_factory=uuid7)


def open_letter(room: FilingRoom, receipt: Claimed, account: Account, raw: RawMessage) -> Letter:
    """Read the message and store its files; what is stored and not filed is swept later."""
    read = _read_form if raw.media_type == "application/json" else read_mail
    content = raw.content
    message = room.offload(read, content) if len(content) > _LARGE else read(content)
    letter = Letter(receipt, account, message, html=message.html)
    names: dict[str, str] = {}
    for file in message.files:
        attachment = store_file(room.blobs, file)
        letter.attachments.append(attachment)
        if file.content_id:
            names[file.content_id] = str(attachment["attachment_id"])
    if letter.html:
        letter.html = relink_images(letter.html, names)
    return letter


def _read_form(content: bytes) -> InboundMessage:
    return read_form(orjson.loads(content))


def store_file(blobs: Blobs, file: InboundFile) -> dict[str, Any]:
    """Put a file into the blob store; the form in which events carry it."""
    name = file.name
    try:
        media_type = sniff_media_type(file.content, name)
    except Unsupported:
        # A program that calls itself a picture: kept as evidence, under a name that opens nothing.
        name, media_type = f"{name}.bin", _UNKNOWN_TYPE
    if media_type in (_UNKNOWN_TYPE, "text/plain") and file.media_type == "message/rfc822":
        media_type = file.media_type
    blob = blobs.put("intake", file.content, max_size=len(file.content))
    return {
        "attachment_id": uuid7(),
        "blob_key": blob.key,
        "name": name,
        "media_type": media_type,
        "size": blob.size,
        "sha256": blob.sha256,
    }
