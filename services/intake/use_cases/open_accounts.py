"""Opens channel accounts with the keys that an installation begins with."""

from datetime import datetime
from uuid import UUID

from libs.common.crypto import hash_token
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.intake.storage import account_keys as keys
from services.intake.storage.accounts import (
    find_account,
    hide_from_old_release,
    insert_account,
    show_old_release,
)

FIRST_KEY = "初始密钥"


def open_account(
    uow: UnitOfWork,
    now: datetime,
    channel: str,
    name: str,
    key: str,
    *,
    address: str | None,
    replaces: bool,
) -> bool:
    """The account of this channel and address (forms: name or key) with this first key.

    An account that exists gets the key only if it `replaces` the one before; whether the key is
    among the account's now. A key that was revoked stays so.
    """
    key_hash, new_id = hash_token(key), uuid7()
    account_id = _find(uow, channel, name, address, key_hash) or new_id
    if account_id == new_id:
        # Of two at the same time one stands.
        if not insert_account(uow.session, new_id, channel, name, address, key_hash):
            return False
    elif not replaces:
        return False
    found = keys.find_by_hash(uow.session, account_id, key_hash)
    if found is None:
        _replace_first(uow, now, account_id, key_hash)
    return found is None or found.revoked_at is None


def _find(
    uow: UnitOfWork, channel: str, name: str, address: str | None, key_hash: bytes
) -> UUID | None:
    found = find_account(uow.session, channel, name, address)
    is_renamed = found is None and channel == "web_form"
    return keys.find_form_of(uow.session, key_hash) if is_renamed else found


def _replace_first(uow: UnitOfWork, now: datetime, account_id: UUID, key_hash: bytes) -> None:
    for row in keys.find_good_keys(uow.session, account_id, now):
        if row.name == FIRST_KEY:
            keys.revoke_keys(uow.session, [row.key_id], now)
            hide_from_old_release(uow.session, account_id, bytes(row.key_hash))
    first = {"key_id": uuid7(), "account_id": account_id, "name": FIRST_KEY}
    keys.insert_key(uow.session, {**first, "key_hash": key_hash, "created_at": now})
    show_old_release(uow.session, account_id, key_hash)
