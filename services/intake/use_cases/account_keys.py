"""Gives channel accounts further keys, and takes keys away."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor
from libs.common.crypto import hash_token, new_token
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.ids import uuid7
from services.intake.domain.account_keys import MAX_KEYS, PREFIXES, read_networks
from services.intake.domain.texts import MAX_NAME, required_line
from services.intake.storage import account_keys as keys
from services.intake.storage.accounts import hide_from_old_release, show_old_release
from services.intake.storage.tables import AccountKeyRow, AccountRow
from services.intake.use_cases.change_accounts import find_locked


def create_key(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    account_id: UUID,
    name: str,
    expires_at: datetime | None = None,
    allowed_networks: Sequence[str] = (),
) -> tuple[AccountKeyRow, str]:
    """A new key and its token, which cannot be read again.

    A form has one key, which stands in public pages: its new one replaces the one before.
    """
    account = find_locked(uow.session, account_id)
    token = new_token(PREFIXES[account.channel])
    if expires_at is not None and expires_at <= now:
        raise field_error("expires_at", "must be in the future")
    key_id = uuid7()
    values = {
        "key_id": key_id,
        "account_id": account_id,
        "name": required_line("name", name, MAX_NAME),
        "key_hash": hash_token(token),
        "allowed_networks": [str(one) for one in read_networks(allowed_networks)],
        "created_at": now,
        "created_by": actor.subject,
        "created_by_name": actor.name,
        "expires_at": expires_at,
    }
    _make_room(uow, account, now)
    keys.insert_key(uow.session, values)
    if account.channel == "web_form":
        show_old_release(uow.session, account_id, hash_token(token))
    return _find(uow, account_id, key_id), token


def revoke_key(uow: UnitOfWork, now: datetime, *, account_id: UUID, key_id: UUID) -> AccountKeyRow:
    """The key opens nothing any more; revoking it again changes nothing. Raises NotFound."""
    row = _find(uow, account_id, key_id)
    _revoke(uow, [row], now)
    uow.session.refresh(row)
    return row


def _make_room(uow: UnitOfWork, account: AccountRow, now: datetime) -> None:
    present = keys.find_good_keys(uow.session, account.account_id, now)
    if account.channel == "web_form":
        _revoke(uow, present, now)
    elif len(present) >= MAX_KEYS:
        raise Conflict("account_key.too_many", f"an account has at most {MAX_KEYS} keys")


def _revoke(uow: UnitOfWork, rows: Sequence[AccountKeyRow], now: datetime) -> None:
    keys.revoke_keys(uow.session, [row.key_id for row in rows], now)
    for row in rows:
        hide_from_old_release(uow.session, row.account_id, bytes(row.key_hash))


def _find(uow: UnitOfWork, account_id: UUID, key_id: UUID) -> AccountKeyRow:
    row = keys.find_key(uow.session, account_id, key_id)
    if row is None:
        raise NotFound("account_key.unknown", "the account has no such key")
    return row
