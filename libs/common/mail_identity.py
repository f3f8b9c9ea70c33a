"""Message-IDs that say which ticket a mail belongs to, and prove that we wrote them.

An answer carries them in In-Reply-To and References, so it threads without any look-up by subject.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from uuid import UUID

_MAC_SIZE = 8  # 64 bits: forging takes 2⁶³ mails, and the whole stays within 64 characters
_PURPOSE = b"tidedesk message-id v1\0"

# Base32: letters' case may be changed on the way (some mailers do), and 40 bytes need no padding.
_TOKEN = re.compile(r"(?<![a-z0-9])[a-z2-7]{64}(?=@)", re.IGNORECASE | re.ASCII)
MAX_TEXT = 65_536  # longer header values are cut; References of honest mail are far shorter


def make_message_id(ticket_id: UUID, delivery_id: UUID, domain: str, key: bytes) -> str:
    """`<64 characters@domain>`; the same arguments give the same id, so a retry repeats it."""
    body = ticket_id.bytes + delivery_id.bytes
    token = base64.b32encode(body + _mac(body, key)).decode().lower()
    return f"<{token}@{domain}>"


def read_message_id(text: object, keys: Sequence[bytes]) -> tuple[UUID, UUID] | None:
    """Ticket and delivery of the last of our Message-IDs in a header's text, or None.

    `keys` are all that ever signed (rotation). The domain is not checked: it may have changed.
    Never raises, whatever the text is.
    """
    if not isinstance(text, str):
        return None
    ours = (ids for token in _tokens(text) for key in keys if (ids := _verify(token, key)))
    return next(ours, None)


def _tokens(text: str) -> Iterator[bytes]:
    """Candidates, newest first: References lists a conversation from its beginning."""
    found = _TOKEN.findall(text[-MAX_TEXT:])
    return (base64.b32decode(token.upper()) for token in reversed(found))


def _verify(token: bytes, key: bytes) -> tuple[UUID, UUID] | None:
    body, mac = token[:-_MAC_SIZE], token[-_MAC_SIZE:]
    if not hmac.compare_digest(mac, _mac(body, key)):
        return None
    return UUID(bytes=body[:16]), UUID(bytes=body[16:])


def _mac(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + body, hashlib.sha256)[:_MAC_SIZE]
