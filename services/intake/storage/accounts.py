"""Channel accounts as rows: found, opened, changed."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.crypto.contacts import normalise_email
from libs.common.errors import InvalidInput
from services.intake.storage.tables import AccountRow

MAX_LISTED = 500


@dataclass(frozen=True)
class Account:
    """A form or mailbox that takes messages."""

    account_id: UUID
    channel: str
    name: str
    address: str | None
    is_active: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)


def load_accounts(connection: Connection) -> list[Account]:
    """All accounts, inactive ones as well."""
    row = AccountRow
    columns = (row.account_id, row.channel, row.name, row.address, row.is_active, row.settings)
    return [Account(*found) for found in connection.execute(select(*columns))]


def mailbox_name(address: str) -> str:
    """One spelling for an address of ours; hosts of the house need no dot in their names."""
    try:
        return normalise_email(address)
    except InvalidInput:
        return address.strip().lower()


def list_accounts(session: Session) -> Sequence[AccountRow]:
    """In the order of their making."""
    row = AccountRow
    statement = select(row).order_by(row.created_at, row.account_id).limit(MAX_LISTED)
    return session.scalars(statement).all()


def find_account(session: Session, channel: str, name: str, address: str | None) -> UUID | None:
    """The account of a mail address, or of a form's name."""
    row = AccountRow
    mark = row.name == name if address is None else row.address == address
    return session.scalars(select(row.account_id).where(row.channel == channel, mark)).first()


def lock_account(session: Session, account_id: UUID) -> AccountRow | None:
    """The account, until the commit nobody else's to change."""
    row = AccountRow
    statement = select(row).where(row.account_id == account_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def insert_account(
    session: Session,
    account_id: UUID,
    channel: str,
    name: str,
    address: str | None,
    key_hash: bytes | None = None,
) -> bool:
    """A new account; False if there is one of this address (forms: with this key) already."""
    values = {
        "account_id": account_id,
        "channel": channel,
        "name": name,
        "address": address,
        "key_hash": key_hash or _nobodys_key(),
    }
    statement = insert(AccountRow).values(values).on_conflict_do_nothing()
    return session.execute(statement.returning(AccountRow.account_id)).first() is not None


def show_old_release(session: Session, account_id: UUID, key_hash: bytes) -> None:
    """Let the release before account_keys take this key."""
    _set_hash(session, key_hash, AccountRow.account_id == account_id)


def hide_from_old_release(session: Session, account_id: UUID, key_hash: bytes) -> None:
    """Let the release before account_keys refuse this key."""
    row = AccountRow
    _set_hash(session, _nobodys_key(), row.account_id == account_id, row.key_hash == key_hash)


def _set_hash(session: Session, key_hash: bytes, *conditions: Any) -> None:
    session.execute(update(AccountRow).where(*conditions).values(key_hash=key_hash))


def _nobodys_key() -> bytes:
    return secrets.token_bytes(32)
