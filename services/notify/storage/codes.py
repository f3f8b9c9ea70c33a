"""One-time codes on their way: sealed, claimed by one process at a time, settled under a lease."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context
from services.notify.domain.codes import Channel, CodeOrder, CodeStatus, Purpose
from services.notify.storage.leases import Lease
from services.notify.storage.tables import CodeRow

_UNFINISHED = [CodeStatus.WAITING, CodeStatus.SENDING]
_WITHOUT_LEASE = {"lease_owner": None, "leased_until": None}
_AT_REST = {**_WITHOUT_LEASE, "next_at": None}


@dataclass(frozen=True)
class Code:
    """A code that is due; address and code stay sealed until it is handed over."""

    code_id: UUID
    channel: Channel
    purpose: Purpose
    language: str
    sealed_address: bytes = field(repr=False)
    sealed_code: bytes = field(repr=False)
    status: CodeStatus
    attempts: int
    created_at: datetime
    expires_at: datetime

    def address(self, keys: KeyRing) -> str:
        """Raises Undecryptable."""
        return keys.decrypt_text(self.sealed_address, address_context(self.code_id))

    def code(self, keys: KeyRing) -> str:
        """Raises Undecryptable."""
        return keys.decrypt_text(self.sealed_code, code_context(self.code_id))


def add_code(
    session: Session,
    keys: KeyRing,
    code_id: UUID,
    order: CodeOrder,
    now: datetime,
    status: CodeStatus,
) -> None:
    """What waits is due at once."""
    row = {
        "code_id": code_id,
        "channel": order.channel,
        "purpose": order.purpose,
        "language": order.language,
        "address_encrypted": keys.encrypt_text(order.address, address_context(code_id)),
        "code_encrypted": keys.encrypt_text(order.code, code_context(code_id)),
        "status": status,
        "attempts": 0,
        "created_at": now,
        "expires_at": now + order.valid,
        "next_at": now if status is CodeStatus.WAITING else None,
    }
    session.execute(insert(CodeRow).values(row))


def lock_due(
    session: Session, channels: Collection[Channel], now: datetime, limit: int
) -> list[Code]:
    """The longest due, locked until the commit; what another replica has locked is left to it."""
    due_at = func.coalesce(CodeRow.leased_until, CodeRow.next_at)
    rows = session.scalars(
        select(CodeRow)
        .where(CodeRow.status.in_(_UNFINISHED), due_at <= now)
        .where(CodeRow.channel.in_(channels))
        .order_by(due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_code(row) for row in rows]


def lease(session: Session, codes: Sequence[Code], owner: UUID, until: datetime) -> None:
    """They are the owner's to send until then; counts the attempt."""
    session.execute(
        _these(codes).values(
            status=CodeStatus.SENDING,
            lease_owner=owner,
            leased_until=until,
            attempts=CodeRow.attempts + 1,
        )
    )


def end_untried(session: Session, code: Code, status: CodeStatus) -> None:
    """Over without another attempt."""
    session.execute(_these([code]).values(status=status, **_AT_REST))


def mark_sent(session: Session, leases: Sequence[Lease], now: datetime) -> None:
    """Those that are still under the lease under which they were sent."""
    values = {"status": CodeStatus.SENT, "sent_at": now, "error": None, **_AT_REST}
    session.execute(_leased(leases).values(values))


def mark_delayed(session: Session, lease: Lease, reason: str, until: datetime) -> None:
    """To be tried again then."""
    values = {"status": CodeStatus.WAITING, "error": reason, "next_at": until, **_WITHOUT_LEASE}
    session.execute(_leased([lease]).values(values))


def mark_failed(session: Session, lease: Lease, reason: str) -> None:
    """Given up."""
    values = {"status": CodeStatus.FAILED, "error": reason, **_AT_REST}
    session.execute(_leased([lease]).values(values))


def mark_unknown(session: Session, lease: Lease, reason: str) -> None:
    """It may have been sent: not again."""
    values = {"status": CodeStatus.UNKNOWN, "error": reason, **_AT_REST}
    session.execute(_leased([lease]).values(values))


def expire_codes(session: Session, now: datetime) -> None:
    """Those that nobody could even try to send in time."""
    session.execute(
        _plain(
            update(CodeRow)
            .where(CodeRow.status == CodeStatus.WAITING, CodeRow.expires_at <= now)
            .values(status=CodeStatus.EXPIRED, **_AT_REST)
        )
    )


def drop_codes(session: Session, before: datetime, limit: int) -> int:
    """Delete some that are older; returns how many."""
    old = select(CodeRow.code_id).where(CodeRow.created_at < before).limit(limit)
    gone = delete(CodeRow).where(CodeRow.code_id.in_(old)).returning(CodeRow.code_id)
    return len(session.scalars(_plain(gone)).all())


def address_context(code_id: UUID) -> str:
    """What a sealed address is bound to."""
    return field_context("codes", "address", code_id)


def code_context(code_id: UUID) -> str:
    """What a sealed code is bound to."""
    return field_context("codes", "code", code_id)


def _code(row: CodeRow) -> Code:
    return Code(
        row.code_id,
        Channel(row.channel),
        Purpose(row.purpose),
        row.language,
        row.address_encrypted,
        row.code_encrypted,
        CodeStatus(row.status),
        row.attempts,
        row.created_at,
        row.expires_at,
    )


def _these(codes: Sequence[Code]) -> Any:
    return _plain(update(CodeRow).where(CodeRow.code_id.in_([one.code_id for one in codes])))


def _leased(leases: Sequence[Lease]) -> Any:
    pairs = [(one.leased_id, one.owner) for one in leases]
    held = tuple_(CodeRow.code_id, CodeRow.lease_owner).in_(pairs)
    return _plain(update(CodeRow).where(held, CodeRow.status == CodeStatus.SENDING))


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
