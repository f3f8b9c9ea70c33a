"""Receipts as operators see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import field_error
from services.intake.storage.tables import AccountRow, ReceiptRow

STATES = ("accepted", "filed", "ignored", "failed")
MAX_RECEIPTS = 200


def list_receipts(
    session: Session, state: str, limit: int, cursor: str | None = None
) -> dict[str, Any]:
    """{items, next_cursor}: the newest of a state, with the reason if ignored or failed."""
    if state not in STATES:
        raise field_error("state", f"must be one of {', '.join(STATES)}")
    row = ReceiptRow
    wanted = row.state == state
    if cursor:
        place = decode_cursor(cursor, 2, datetime, UUID)
        wanted &= tuple_(row.received_at, row.receipt_id) < tuple_(*place)
    limit = max(1, min(limit, MAX_RECEIPTS))
    statement = (
        select(row, AccountRow.name)
        .join(AccountRow, AccountRow.account_id == row.account_id, isouter=True)
        .where(wanted)
        .order_by(row.received_at.desc(), row.receipt_id.desc())
        .limit(limit + 1)
    )
    found = session.execute(statement).all()
    return {
        "items": [_show(receipt, name) for receipt, name in found[:limit]],
        "next_cursor": _place(found[limit - 1][0]) if len(found) > limit else None,
    }


def _place(row: ReceiptRow) -> str:
    return encode_cursor([row.received_at, row.receipt_id])


def _show(row: ReceiptRow, account_name: str | None) -> dict[str, Any]:
    return {
        "receipt_id": str(row.receipt_id),
        "account": account_name,
        "external_id": row.external_id,
        "state": row.state,
        "number": row.number,
        "size": row.size,
        "received_at": row.received_at.isoformat(),
        "attempts": row.attempts,
        "next_at": row.next_at.isoformat() if row.state == "accepted" else None,
        "error": row.error,
    }
