"""Receipts as operators see them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.errors import field_error
from services.intake.storage.tables import AccountRow, ReceiptRow

STATES = ("accepted", "filed", "ignored", "failed")
MAX_RECEIPTS = 200


def list_receipts(session: Session, state: str, limit: int) -> list[dict[str, Any]]:
    """The newest of a state, with the reason of those that were ignored or failed."""
    if state not in STATES:
        raise field_error("state", f"must be one of {', '.join(STATES)}")
    row = ReceiptRow
    statement = (
        select(row, AccountRow.name)
        .join(AccountRow, AccountRow.account_id == row.account_id, isouter=True)
        .where(row.state == state)
        .order_by(row.received_at.desc(), row.receipt_id)
        .limit(max(1, min(limit, MAX_RECEIPTS)))
    )
    return [_show(receipt, name) for receipt, name in session.execute(statement)]


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
