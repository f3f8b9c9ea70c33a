"""Receipts on their way: claimed by one process at a time, then filed, ignored or postponed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.orm import Session

from libs.common.blobs import Blobs
from libs.common.crypto import KeyRing, field_context
from services.intake.storage.tables import RawMessageRow, ReceiptRow

BATCH_BYTES = 16 * 1024 * 1024
MAX_ATTEMPTS = 8
_FIRST_DELAY = 10  # seconds; three times as long after each attempt: three hours in all


@dataclass(frozen=True)
class Claimed:
    """A receipt that this transaction has locked."""

    receipt_id: UUID
    account_id: UUID
    external_id: str
    size: int
    received_at: datetime
    attempts: int


@dataclass(frozen=True)
class RawMessage:
    """A message as it came."""

    media_type: str
    content: bytes


@dataclass(frozen=True)
class Filed:
    """Where a message was put."""

    receipt_id: UUID
    conversation_id: UUID
    ticket_id: UUID
    number: str | None


def raw_context(receipt_id: UUID) -> str:
    """What the sealed body of a raw message is bound to."""
    return field_context("raw_messages", "body", receipt_id)


def claim_waiting(session: Session, now: datetime, limit: int) -> list[Claimed]:
    """The oldest that are due, locked; other replicas take others. At most BATCH_BYTES together."""
    row = ReceiptRow
    statement = (
        select(row.receipt_id, row.account_id, row.external_id, row.size, row.received_at,
               row.attempts)
        .where(row.state == "accepted", row.next_at <= now)
        .order_by(row.received_at, row.receipt_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    claimed: list[Claimed] = []
    total = 0
    for found in session.execute(statement):
        total += found.size
        if claimed and total > BATCH_BYTES:
            break
        claimed.append(Claimed(*found))
    return claimed


class RawMessages:
    """Raw messages, opened."""

    def __init__(self, keys: KeyRing, blobs: Blobs) -> None:
        self._keys = keys
        self._blobs = blobs

    def find(self, session: Session, receipts: Sequence[Claimed]) -> dict[UUID, RawMessageRow]:
        """The rows of these receipts, still sealed."""
        row = RawMessageRow
        times = [receipt.received_at for receipt in receipts]
        statement = select(row).where(
            row.receipt_id.in_([receipt.receipt_id for receipt in receipts]),
            # Says which partitions to look into.
            row.received_at.between(min(times), max(times)),
        )
        return {found.receipt_id: found for found in session.scalars(statement)}

    def open(self, row: RawMessageRow) -> RawMessage:
        """Raises Undecryptable, NotFound (`blob.missing`) or Unavailable."""
        if row.blob_key:
            return RawMessage(row.media_type, self._blobs.read(row.blob_key))
        content = self._keys.decrypt(bytes(row.body or b""), raw_context(row.receipt_id))
        return RawMessage(row.media_type, content)


_FILE = text(
    "UPDATE receipts SET state = 'filed', conversation_id = f.conversation_id, "
    "  ticket_id = f.ticket_id, number = f.number, error = NULL "
    "FROM unnest(CAST(:receipts AS uuid[]), CAST(:conversations AS uuid[]), "
    "  CAST(:tickets AS uuid[]), CAST(:numbers AS text[])) "
    "  AS f (receipt_id, conversation_id, ticket_id, number) "
    "WHERE receipts.receipt_id = f.receipt_id"
)


def mark_filed(session: Session, filed: Sequence[Filed]) -> None:
    """These belong to a conversation now."""
    if filed:
        columns = {
            "receipts": [str(one.receipt_id) for one in filed],
            "conversations": [str(one.conversation_id) for one in filed],
            "tickets": [str(one.ticket_id) for one in filed],
            "numbers": [one.number for one in filed],
        }
        session.execute(_FILE, columns)


def mark_ignored(session: Session, reasons: Iterable[tuple[UUID, str]]) -> None:
    """These make no ticket, and why."""
    for receipt_id, reason in reasons:
        _change(session, receipt_id, state="ignored", error=reason)


def postpone(session: Session, receipt: Claimed, error: str, now: datetime) -> None:
    """Count a failed attempt; after the last one, give up until an operator asks again."""
    attempts = receipt.attempts + 1
    delay = timedelta(seconds=_FIRST_DELAY * 3**receipt.attempts)
    state = "failed" if attempts >= MAX_ATTEMPTS else "accepted"
    _change(
        session, receipt.receipt_id,
        state=state, attempts=attempts, error=error, next_at=now + delay,
    )  # fmt: skip


def defer(session: Session, receipt_ids: Iterable[UUID], until: datetime) -> None:
    """Look at these again then; no attempt is counted."""
    for receipt_id in receipt_ids:
        _change(session, receipt_id, next_at=until)


def refile(session: Session, receipt_id: UUID, now: datetime) -> bool:
    """Try a failed one again, with a full count of attempts; whether there was one."""
    row = ReceiptRow
    statement = (
        update(row)
        .where(row.receipt_id == receipt_id, row.state == "failed")
        .values(state="accepted", attempts=0, next_at=now)
        .returning(row.receipt_id)
    )
    return session.execute(statement).first() is not None


def find_state(session: Session, receipt_id: UUID) -> str | None:
    """What has become of a message; None if there is none with this receipt."""
    row = ReceiptRow
    return session.scalar(select(row.state).where(row.receipt_id == receipt_id))


def _change(session: Session, receipt_id: UUID, **values: Any) -> None:
    row = ReceiptRow
    session.execute(update(row).where(row.receipt_id == receipt_id).values(values))


def find_untouched(session: Session, ids: Iterable[tuple[UUID, str]]) -> dict[str, datetime]:
    """Messages, by account and external id, that wait for their first attempt: when they came."""
    row = ReceiptRow
    wanted = sorted(ids)
    if not wanted:
        return {}
    statement = select(row.external_id, func.min(row.received_at)).where(
        tuple_(row.account_id, row.external_id).in_(wanted),
        row.state == "accepted",
        row.attempts == 0,
    )
    found = session.execute(statement.group_by(row.external_id))
    return {one[0]: one[1] for one in found}
