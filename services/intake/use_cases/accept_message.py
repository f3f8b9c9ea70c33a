"""Accepts a message durably, whatever it says: understanding it is for later."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from prometheus_client import Counter

from libs.common.blobs import Blobs
from libs.common.clock import utc_now
from libs.common.crash_points import crash_point
from libs.common.crypto import KeyRing
from services.intake.domain.mail.headers import find_message_ids
from services.intake.storage.accounts import Account
from services.intake.storage.arrivals import Arrival, Arrivals, ReceiptStatus
from services.intake.storage.receipts import raw_context

FORM = "application/json"
MAIL = "message/rfc822"

_accepted = Counter("tidedesk_accepted_messages_total", "Messages taken", ("channel",))

_INLINE = 65_536  # bytes; larger bodies go to the blob store
_HEADER_BYTES = 262_144
_MAX_ID = 250
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_MESSAGE_ID = re.compile(r"(?im)^message-id[ \t]*:((?:[^\n]|\n[ \t]){0,2000})")


@dataclass(frozen=True)
class Doorkeeper:
    """Seals messages and hands them to the database. Returns only what is committed."""

    arrivals: Arrivals
    blobs: Blobs
    keys: KeyRing

    def accept(
        self,
        account: Account,
        external_id: str | None,
        media_type: str,
        body: bytes,
        remote_address: str | None = None,
    ) -> ReceiptStatus:
        """Take a message; the same external id at the same account gets the same receipt.

        Without an external id every message is a new one.
        """
        receipt_id = uuid4()  # random: it is all that one needs to ask for the status
        sealed, blob_key = self._seal(receipt_id, body)
        arrival = Arrival(
            receipt_id=receipt_id,
            account_id=account.account_id,
            external_id=external_id or f"receipt:{receipt_id}",
            received_at=utc_now(),
            media_type=media_type,
            size=len(body),
            body=sealed,
            blob_key=blob_key,
            remote_address=remote_address,
        )
        crash_point("after_accept_before_commit")
        status = self.arrivals.take(arrival)
        crash_point("after_accept_commit")
        _accepted.labels(account.channel).inc()
        return status

    def statuses(self, receipt_ids: Sequence[UUID]) -> list[ReceiptStatus]:
        """What became of these so far; unknown ones are left out."""
        return self.arrivals.statuses(receipt_ids)

    def _seal(self, receipt_id: UUID, body: bytes) -> tuple[bytes | None, str | None]:
        if len(body) <= _INLINE:
            return self.keys.encrypt(body, raw_context(receipt_id)), None
        # Durable before the row that names it; without the row it is an orphan and swept.
        blob = self.blobs.put("intake", body, max_size=len(body), encrypted=True)
        return None, blob.key


def mail_id(raw: bytes) -> str:
    """The id by which a mail is known when it comes again: its Message-ID, else its digest."""
    end = _END_OF_HEADERS.search(raw, 0, _HEADER_BYTES)
    head = raw[: end.start() if end else _HEADER_BYTES].replace(b"\r", b"").decode("latin-1")
    found = _MESSAGE_ID.search(head)
    ids = find_message_ids(found[1]) if found else []
    if ids and len(ids[0]) <= _MAX_ID and ids[0].isascii() and ids[0].isprintable():
        return ids[0]
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"
