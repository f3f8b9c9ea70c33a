"""Channel accounts and their keys as administrators see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.errors import NotFound
from services.intake.storage import account_keys as keys
from services.intake.storage import accounts
from services.intake.storage.tables import AccountKeyRow, AccountRow


def list_accounts(session: Session, now: datetime) -> list[dict[str, Any]]:
    """All accounts, each with the number of keys that open it."""
    counts = keys.count_good_keys(session, now)
    rows = accounts.list_accounts(session)
    return [show_account(row, counts.get(row.account_id, 0)) for row in rows]


def list_keys(session: Session, account_id: UUID) -> list[dict[str, Any]]:
    """An account's keys, never the tokens; raises NotFound."""
    if session.get(AccountRow, account_id) is None:
        raise NotFound("channel_account.unknown", "there is no such channel account")
    return [show_key(row) for row in keys.list_keys(session, account_id)]


def show_account(row: AccountRow, good_keys: int) -> dict[str, Any]:
    """The shape of REST."""
    return {
        "account_id": str(row.account_id),
        "channel": row.channel,
        "name": row.name,
        "address": row.address,
        "is_active": row.is_active,
        "form": row.settings.get("form"),
        "key_count": good_keys,
        "created_at": row.created_at.isoformat(),
        "version": row.version,
    }


def show_key(row: AccountKeyRow) -> dict[str, Any]:
    """The shape of REST."""
    author = {"person_id": str(row.created_by), "name": row.created_by_name}
    return {
        "key_id": str(row.key_id),
        "name": row.name,
        "allowed_networks": list(row.allowed_networks),
        "created_at": row.created_at.isoformat(),
        "created_by": author if row.created_by else None,
        "expires_at": _instant(row.expires_at),
        "last_used_at": _instant(row.last_used_at),
        "revoked_at": _instant(row.revoked_at),
    }


def count_keys(session: Session, account_id: UUID, now: datetime) -> int:
    """How many keys open the account."""
    return keys.count_good_keys(session, now).get(account_id, 0)


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
